package import Audit
package import Foundation
package import Mail

extension LedgerPeriod {
  /// The days from `first` to `last`, both included, from midnight to midnight in a time zone; nil if they are reversed,
  /// or more than `mostDays`.
  ///
  /// A day has 23 or 25 hours where the clocks are changed. It is divided into days, or if it is longer than two months
  /// into weeks, or if it is longer than a year into months.
  package init?(from first: CalendarDate, to last: CalendarDate, timeZone: TimeZone) {
    let begin = first.daysSince1970
    let days = last.daysSince1970 - begin + 1
    guard 1...Self.mostDays ~= days else { return nil }
    let part: Part = days <= 62 ? .day : days <= 371 ? .week : .month
    let starts =
      switch part {
      case .day: Array(begin..<begin + days)
      case .week: Array(stride(from: begin, to: begin + days, by: 7))
      case .month: (begin..<begin + days).filter { $0 == begin || CalendarDate(daysSince1970: $0).day == 1 }
      }
    let end = Self.start(ofDay: begin + days, in: timeZone)
    self.init(
      from: first.description, to: last.description, timeZone: timeZone.identifier,
      seconds: Self.start(ofDay: begin, in: timeZone)..<end, part: part,
      parts: starts.map { Self.start(ofDay: $0, in: timeZone) })
  }

  /// Ten years: no plot is legible that shows more months.
  package static let mostDays: Int64 = 3660

  /// The calendar month before the one that `now` lies in.
  package static func lastMonth(before now: Timestamp, timeZone: TimeZone) -> (from: CalendarDate, to: CalendarDate) {
    let today = today(at: now, timeZone: timeZone)
    let last = CalendarDate(daysSince1970: today.daysSince1970 - Int64(today.day))
    return (CalendarDate(daysSince1970: last.daysSince1970 - Int64(last.day) + 1), last)
  }

  /// The day that `now` lies in.
  package static func today(at now: Timestamp, timeZone: TimeZone) -> CalendarDate {
    CalendarDate(of: now, in: timeZone)
  }

  /// The first second of a day, also where the clocks are changed at midnight.
  private static func start(ofDay wanted: Int64, in zone: TimeZone) -> Int64 {
    // No zone is a day and a half away from UTC.
    var range = (wanted * 86_400 - 129_600)..<(wanted * 86_400 + 129_600)
    while !range.isEmpty {
      let middle = range.lowerBound + (range.upperBound - range.lowerBound) / 2
      let day = CalendarDate(of: Timestamp(seconds: middle), in: zone).daysSince1970
      range = day < wanted ? (middle + 1)..<range.upperBound : range.lowerBound..<middle
    }
    return range.lowerBound
  }
}
