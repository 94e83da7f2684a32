/// A span of days, as the seconds of the ledger: inclusive days on somebody's calendar, and what they are divided into.
package struct LedgerPeriod: Hashable, Sendable {
  /// What the parts of a period are.
  package enum Part: String, Sendable {
    case day, week, month
  }

  /// The first and the last day, `yyyy-MM-dd`.
  package let from: String
  package let to: String
  /// Whose midnight counts: an IANA name.
  package let timeZone: String
  /// From the first second of the first day to the first one after the last day.
  package let seconds: Range<Int64>
  package let part: Part
  /// The first second of each part; the first is that of the period.
  package let parts: [Int64]

  /// A period; `parts` ascend and begin where it begins.
  package init(
    from: String, to: String, timeZone: String, seconds: Range<Int64>, part: Part = .day, parts: [Int64]
  ) {
    self.from = from
    self.to = to
    self.timeZone = timeZone
    self.seconds = seconds
    self.part = part
    self.parts = parts
  }

  /// Which part a second lies in; nil if outside.
  package func index(of second: Int64) -> Int? {
    guard seconds.contains(second) else { return nil }
    var range = 0..<parts.count
    while range.count > 1 {
      let middle = range.lowerBound + range.count / 2
      range = parts[middle] <= second ? middle..<range.upperBound : range.lowerBound..<middle
    }
    return range.first
  }
}
