/// In which numbers one policy does better or worse than another, in one sentence.
package struct SimulationVerdict: Sendable, Hashable {
  /// One number of both.
  package struct Difference: Sendable, Hashable {
    package let what: String
    package let before: String
    package let after: String
    package let better: Bool
  }

  /// The numbers that differ by more than chance would explain, weightiest first.
  package let differences: [Difference]

  /// - Parameters:
  ///   - report: of the policy in question.
  ///   - other: of the policy it is held against, with the same mails.
  package init(of report: SimulationReport, against other: SimulationReport) {
    let (mine, theirs) = (report.all, other.all)
    var found: [Difference] = []
    func compare(
      _ what: String, _ mine: Double, _ theirs: Double, higherIsBetter: Bool = false, margin: Double,
      _ text: (Double) -> String
    ) {
      guard abs(mine - theirs) > margin else { return }
      found.append(
        Difference(
          what: what, before: text(theirs), after: text(mine), better: (mine > theirs) == higherIsBetter))
    }
    compare(
      "share delivered", mine.share(.delivered), theirs.share(.delivered), higherIsBetter: true, margin: 0.0005,
      Wording.percent)
    for (name, share) in [("p95 of delivery", 0.95), ("p99 of delivery", 0.99)] {
      guard let mine = mine.time(share), let theirs = theirs.time(share) else { continue }
      compare(
        name, Double(mine), Double(theirs), margin: max(30, 0.02 * Double(theirs))
      ) { Wording.span(Int64($0)) }
    }
    compare(
      "attempts a mail", mine.meanAttempts, theirs.meanAttempts, margin: 0.01 * theirs.meanAttempts, Wording.two)
    compare(
      "attempts in the busiest hour", Double(report.load.peak), Double(other.load.peak),
      margin: max(1, 0.03 * Double(other.load.peak))
    ) { "\(Int($0))" }
    differences = found
  }

  /// - Parameters:
  ///   - name: what the policy in question is called.
  ///   - other: what the other is called.
  package func sentence(_ name: String, against other: String) -> String {
    let better = differences.filter(\.better)
    let worse = differences.filter { !$0.better }
    func list(_ differences: [Difference]) -> String {
      let parts = differences.map { "\($0.what) (\($0.after) instead of \($0.before))" }
      return parts.count < 2
        ? parts.joined() : parts.dropLast().joined(separator: ", ") + " and " + (parts.last ?? "")
    }
    switch (better.isEmpty, worse.isEmpty) {
    case (true, true): return "\(name) does as well as \(other): no number differs by more than chance."
    case (false, true): return "\(name) is better than \(other) in \(list(better)), and worse in nothing."
    case (true, false): return "\(name) is worse than \(other) in \(list(worse)), and better in nothing."
    case (false, false):
      return "\(name) is better than \(other) in \(list(better)), but worse in \(list(worse))."
    }
  }
}

/// How numbers of a simulation are written.
package enum Wording {
  /// "97.3 %"; three digits, more where all but everything is meant.
  package static func percent(_ share: Double) -> String {
    let tenths = Int((share * 10_000).rounded())
    return tenths % 10 == 0 && (tenths == 10_000 || tenths == 0)
      ? "\(tenths / 100) %" : "\(tenths / 100).\(Self.padded(tenths % 100)) %"
  }

  /// "1.08".
  package static func two(_ number: Double) -> String {
    let hundredths = Int((number * 100).rounded())
    return "\(hundredths / 100).\(padded(hundredths % 100))"
  }

  /// The two largest units of a span of seconds: "45s", "12m", "1h30m", "2d4h".
  package static func span(_ seconds: Int64) -> String {
    let units: [(Int64, String)] = [(86_400, "d"), (3600, "h"), (60, "m"), (1, "s")]
    guard let index = units.firstIndex(where: { seconds >= $0.0 }) else { return "0s" }
    let (unit, letter) = units[index]
    let rest = seconds % unit
    guard index + 1 < units.count, rest >= units[index + 1].0 else { return "\(seconds / unit)\(letter)" }
    return "\(seconds / unit)\(letter)\(rest / units[index + 1].0)\(units[index + 1].1)"
  }

  private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
