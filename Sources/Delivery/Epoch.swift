package import Mail

/// A quarter of a year, in UTC: the time for which one lookup key makes tags.
///
/// Tags of the same address in one quarter are equal, and tell nothing to whoever lacks the key; across quarters they
/// have nothing in common.
package struct Epoch: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The quarters since the beginning of the year 0.
  private let number: Int

  package init(of time: Timestamp) {
    let date = time.date
    number = date.year * 4 + (date.month - 1) / 3
  }

  /// From the text that `description` gives.
  package init?(_ text: String) {
    let parts = text.split(separator: "Q", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == 4, let year = Int(parts[0]), let quarter = Int(parts[1]),
      1...4 ~= quarter, year >= 0
    else { return nil }
    number = year * 4 + quarter - 1
    guard description == text else { return nil }
  }

  /// Such as `2026Q4`.
  package var description: String { "\(number / 4)Q\(number % 4 + 1)" }

  /// The first second after it.
  package var end: Timestamp {
    let next = number + 1
    let days = CalendarDate(year: next / 4, month: next % 4 * 3 + 1, day: 1)?.daysSince1970 ?? 0
    return Timestamp(seconds: days * 86_400)
  }

  package static func < (left: Epoch, right: Epoch) -> Bool { left.number < right.number }
}
