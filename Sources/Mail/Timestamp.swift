/// A moment in UTC, in whole seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
package struct Timestamp: Sendable, Hashable, Comparable, Codable {
  package var seconds: Int64

  package init(seconds: Int64) { self.seconds = seconds }

  package static func < (left: Timestamp, right: Timestamp) -> Bool { left.seconds < right.seconds }
  package static func + (left: Timestamp, right: Int64) -> Timestamp { Timestamp(seconds: left.seconds + right) }
  package static func - (left: Timestamp, right: Timestamp) -> Int64 { left.seconds - right.seconds }

  /// The day and the second of the day.
  private var split: (day: Int64, second: Int64) {
    let (day, second) = seconds.quotientAndRemainder(dividingBy: 86_400)
    return second < 0 ? (day - 1, second + 86_400) : (day, second)
  }

  /// The calendar day in UTC.
  package var date: CalendarDate { CalendarDate(daysSince1970: split.day) }

  /// "2026-11-23T18:15:00Z" (RFC 3339).
  package var iso8601: String { "\(date)T\(clock)Z" }

  /// "Mon, 23 Nov 2026 18:15:00 +0000" (RFC 5322 §3.3).
  package var rfc5322: String {
    let date = date
    let weekday = Self.weekdays[Int((split.day % 7 + 11) % 7)]
    return "\(weekday), \(date.day) \(Self.months[date.month - 1]) \(date.year) \(clock) +0000"
  }

  /// Reads what `iso8601` writes, and nothing else.
  package init?(iso8601 text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 20, bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"),
      bytes[16] == UInt8(ascii: ":"), bytes[19] == UInt8(ascii: "Z"),
      let date = CalendarDate(machine: String(decoding: bytes[..<10], as: UTF8.self)),
      let hour = Digits.number(bytes[11..<13]), hour < 24, let minute = Digits.number(bytes[14..<16]), minute < 60,
      let second = Digits.number(bytes[17..<19]), second < 60
    else { return nil }
    seconds = date.daysSince1970 * 86_400 + Int64(hour * 3600 + minute * 60 + second)
  }

  private var clock: String {
    let second = Int(split.second)
    return "\(Digits.two(second / 3600)):\(Digits.two(second / 60 % 60)):\(Digits.two(second % 60))"
  }

  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}

/// Decimal digits of fixed width.
enum Digits {
  static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

  /// The number that `bytes` write in ASCII digits; nil for anything else.
  static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard !bytes.isEmpty, bytes.count <= 9 else { return nil }
    var value = 0
    for byte in bytes {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
  }
}
