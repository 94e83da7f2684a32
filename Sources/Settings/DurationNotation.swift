/// How the configuration writes a span of time: a whole number with one unit, as in `20s`, `5m`, `72h`, `14d`.
package enum DurationNotation {
  private static let units: [(suffix: Character, seconds: Int64)] = [
    ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
  ]

  /// The longest span that makes sense here, in seconds: ten years.
  static let longest: Int64 = 3650 * 86_400

  /// The span in seconds; nil unless it is written as above and at most ten years.
  package static func seconds(of text: String) -> Int64? {
    guard let suffix = text.last, let unit = units.first(where: { $0.suffix == suffix }) else { return nil }
    let digits = text.dropLast()
    guard !digits.isEmpty, digits.count <= 9, digits.allSatisfy({ ("0"..."9").contains($0) }),
      let number = Int64(digits), number * unit.seconds <= longest
    else { return nil }
    return number * unit.seconds
  }

  /// Writes `seconds` (≥ 0) with the largest unit that divides them; days only from two days on, as people say `24h`.
  package static func text(_ seconds: Int64) -> String {
    for unit in units where seconds % unit.seconds == 0 && seconds >= unit.seconds {
      if unit.suffix == "d" && seconds < 2 * unit.seconds { continue }
      return "\(seconds / unit.seconds)\(unit.suffix)"
    }
    return "0s"
  }
}
