package import Audit
import Foundation

extension OutcomeMix {
  /// A mix read from a ledger, with sentences on what it could not tell.
  package struct Recorded: Sendable, Hashable {
    package var mix: OutcomeMix
    /// Cases with at least one outcome.
    package var cases: Int
    /// What was assumed instead of read, and why.
    package var remarks: [String]
  }

  /// Fewer cases than this make no mix.
  package static let fewestCases = 30
  /// Fewer cases of a class whose end is known than this make no time.
  package static let fewestEnds = 5

  /// Derives the mix from the entries of a ledger, oldest first.
  ///
  /// The first outcome of each case gives the shares; the time from the first deferral to acceptance gives how long trouble
  /// lasts. That time is what was *observed*: trouble may have passed some while before the attempt that found out. Cases
  /// still under way count for the shares only. What is recorded too rarely is taken from `standard`, and said.
  package static func recorded(in entries: some Sequence<Entry>, standard: OutcomeMix = .standard) -> Recorded {
    var stories: [String: Story] = [:]
    for entry in entries {
      guard let id = entry.case else { continue }
      stories[id, default: Story()].take(entry)
    }
    let told = stories.values.filter { $0.first != nil }
    guard told.count >= fewestCases, let begin = told.map(\.begun).min(), let end = told.map(\.begun).max() else {
      let count = told.count == 1 ? "1 case" : "\(told.count) cases"
      return Recorded(
        mix: standard, cases: told.count,
        remarks: [
          "The ledger tells of \(count) with an outcome, and at least \(fewestCases) are needed: the built-in mix was used."
        ])
    }
    let all = Double(told.count)
    var mix = OutcomeMix(
      accepted: Double(told.count { $0.first == .accepted }) / all,
      refused: Double(told.count { $0.first == .refused }) / all, troubles: [:], arrivals: standard.arrivals)
    mix.arrivals.mailsPerDay = max(1, Int((all * 86_400 / Double(max(86_400, end - begin))).rounded()))
    var assumed: [String] = []
    for name in OutcomeClass.allCases {
      let mine = told.filter { $0.first == .trouble(name) }
      guard !mine.isEmpty else { continue }
      var trouble = standard.troubles[name] ?? Trouble(share: 0, clearsAfter: 1800, spread: 3, never: 0.1)
      trouble.share = Double(mine.count) / all
      let times = mine.compactMap(\.cleared)
      let never = mine.count(where: \.failed)
      if times.count + never >= fewestEnds { trouble.never = Double(never) / Double(times.count + never) }
      if times.count >= fewestEnds {
        (trouble.clearsAfter, trouble.spread) = spread(of: times)
      } else {
        assumed.append("\(name.rawValue) (\(times.count))")
      }
      mix.troubles[name] = trouble
    }
    let remark =
      "Fewer than \(fewestEnds) cases tell how long trouble lasts, so the built-in times were used, for: "
      + assumed.joined(separator: ", ") + "."
    return Recorded(mix: mix, cases: told.count, remarks: assumed.isEmpty ? [] : [remark])
  }

  /// The median of times, and the factor of one deviation of their logarithms.
  private static func spread(of times: [Int64]) -> (median: Int64, spread: Double) {
    let logarithms = times.map { log(Double(max(1, $0))) }
    let mean = logarithms.reduce(0, +) / Double(times.count)
    let variance = logarithms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(times.count)
    return (max(1, times.sorted()[times.count / 2]), (exp(variance.squareRoot()) * 1000).rounded() / 1000)
  }
}

/// What the ledger tells of one case's attempts.
private struct Story {
  enum First: Hashable { case accepted, refused, trouble(OutcomeClass) }

  private(set) var first: First?
  private(set) var begun: Int64 = 0
  /// When the trouble was first seen: for what bounced, when that was reported.
  private var troubled: Int64 = 0
  /// Seconds from the beginning of the trouble to acceptance.
  private(set) var cleared: Int64?
  private(set) var failed = false

  mutating func take(_ entry: Entry) {
    let name = entry.fields["class"]?.string.flatMap(OutcomeClass.init(rawValue:))
    guard first != nil else {
      switch entry.event {
      case .sent: first = .accepted
      case .deferred: first = .trouble(name ?? .system)
      case .unknown: first = .trouble(.unknown)
      // Without a class nobody refused it: it ended before it was sent.
      case .fail where name != nil: first = .refused
      default: return
      }
      (begun, troubled) = (entry.seconds, entry.seconds)
      return
    }
    if entry.event == .bounced, name == .bouncedSoft, first == .accepted || first == .trouble(.bouncedSoft) {
      // Accepted, and reported as failed later. What was accepted again and failed again is not over.
      if first == .accepted { (first, troubled) = (.trouble(.bouncedSoft), entry.seconds) }
      cleared = nil
      return
    }
    guard case .trouble = first, cleared == nil else { return }
    switch entry.event {
    case .sent, .confirm:
      (cleared, failed) = (max(1, entry.seconds - troubled), false)
    case .fail, .expire:
      failed = true
    case .hold where entry.fields["why"]?.string == HoldReason.retriesEnded.rawValue:
      failed = true
    default: return
    }
  }
}
