import Mail

/// A moment as the calendar of UTC shows it, in the spellings a reference needs.
struct UTCTime: Hashable, Sendable {
  let year: Int
  let month: Int
  let day: Int
  let hour: Int
  let minute: Int
  let second: Int

  /// The moment of a time stamp between the years 1970 and 9999; others are moved to the nearer end.
  init(_ time: Timestamp) {
    let seconds = min(max(time.seconds, 0), 253_402_300_799)
    let days = Int(seconds / 86_400)
    let rest = Int(seconds % 86_400)
    (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
    // Days are counted from 1 March of year 0, in eras of 400 years, so that the leap day comes last.
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// `2026-09-30`.
  var date: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }
  /// RFC 3339: `2026-09-30T12:00:00Z`.
  var rfc3339: String { "\(date)T\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))Z" }
  /// A PDF date (ISO 32000-1 §7.9.4): `D:20260930120000Z`.
  var pdf: String {
    "D:" + [month, day, hour, minute, second].reduce(padded(year, 4)) { $0 + padded($1, 2) } + "Z"
  }

  private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension Timestamp {
  /// Reads `UTCTime.rfc3339`'s spelling and nothing else; nil for a moment that does not exist.
  init?(rfc3339 text: String) {
    let units = Array(text.utf8)
    guard units.count == 20 else { return nil }
    func number(_ range: Range<Int>) -> Int64? {
      var value: Int64 = 0
      for unit in units[range] {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(unit) else { return nil }
        value = value * 10 + Int64(unit - UInt8(ascii: "0"))
      }
      return value
    }
    guard
      let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
      let minute = number(14..<16), let second = number(17..<19), (1...12).contains(month), year >= 1970
    else { return nil }
    let march = (month + 9) % 12
    let years = month <= 2 ? year - 1 : year
    let days = years * 365 + years / 4 - years / 100 + years / 400 + (march * 153 + 2) / 5 + day - 1 - 719_468
    let time = Timestamp(seconds: days * 86_400 + hour * 3600 + minute * 60 + second)
    guard time.seconds >= 0, UTCTime(time).rfc3339 == text else { return nil }
    self = time
  }
}
