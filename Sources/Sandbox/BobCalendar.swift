import Foundation
import Mail

/// Days and time zones of the stand-in: a status changes at the midnight of the person's site.
struct BobCalendar: Sendable {
  /// IANA zones by the name of the site; who has none lives by UTC.
  var zones: [String: TimeZone] = [:]

  /// The day it is at a site, `yyyy-MM-dd`.
  func day(at moment: Int64, site: String?) -> String {
    let zone = site.flatMap { zones[$0] } ?? .gmt
    let offset = Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(moment))))
    return (Timestamp(seconds: moment) + offset).date.description
  }

  /// The day after a day; a text that is no day stays as it is.
  static func day(after day: String) -> String {
    CalendarDate(machine: day).map { CalendarDate(daysSince1970: $0.daysSince1970 + 1).description } ?? day
  }
}
