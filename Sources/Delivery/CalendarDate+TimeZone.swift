package import Foundation
package import Mail

extension CalendarDate {
  /// The day on the calendar of a time zone.
  package init(of time: Timestamp, in zone: TimeZone) {
    let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(time.seconds)))
    self = (time + Int64(offset)).date
  }
}
