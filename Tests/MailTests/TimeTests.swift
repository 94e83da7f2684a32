import Foundation
import Mail
import Testing

@Suite("Moments and days")
struct TimeTests {
  static let moments: [(Int64, String, String)] = [
    (0, "1970-01-01T00:00:00Z", "Thu, 1 Jan 1970 00:00:00 +0000"),
    (951_782_400, "2000-02-29T00:00:00Z", "Tue, 29 Feb 2000 00:00:00 +0000"),
    (1_790_000_000, "2026-09-21T14:13:20Z", "Mon, 21 Sep 2026 14:13:20 +0000"),
    (-1, "1969-12-31T23:59:59Z", "Wed, 31 Dec 1969 23:59:59 +0000"),
    (4_102_444_799, "2099-12-31T23:59:59Z", "Thu, 31 Dec 2099 23:59:59 +0000"),
    (-2_208_988_800, "1900-01-01T00:00:00Z", "Mon, 1 Jan 1900 00:00:00 +0000"),
  ]

  @Test("a moment is written by RFC 3339 and RFC 5322, and read back", arguments: moments)
  func written(seconds: Int64, iso: String, rfc: String) {
    let moment = Timestamp(seconds: seconds)
    #expect(moment.iso8601 == iso)
    #expect(moment.rfc5322 == rfc)
    #expect(Timestamp(iso8601: iso) == moment)
  }

  @Test(
    "the weekday is right, on either side of 1970",
    arguments: [
      (1582, 10, 15, "Fri"), (1815, 6, 18, "Sun"), (1900, 2, 28, "Wed"), (1969, 7, 20, "Sun"), (1969, 12, 31, "Wed"),
      (1970, 1, 1, "Thu"), (2000, 1, 1, "Sat"), (2000, 2, 29, "Tue"), (2024, 2, 29, "Thu"), (2026, 11, 23, "Mon"),
      (2100, 3, 1, "Mon"),
    ])
  func weekday(year: Int, month: Int, day: Int, name: String) throws {
    let date = try #require(CalendarDate(year: year, month: month, day: day))
    for second in [0, 86_399] as [Int64] {
      let moment = Timestamp(seconds: date.daysSince1970 * 86_400 + second)
      #expect(moment.rfc5322.hasPrefix("\(name), \(day) ") && moment.date == date)
    }
  }

  @Test("no moment is too far away to be written", arguments: [Int64.min, Int64.min + 86_399, Int64.max])
  func extremes(seconds: Int64) {
    #expect(Timestamp(seconds: seconds).iso8601.hasSuffix("Z"))
    #expect(Timestamp(seconds: seconds).rfc5322.hasSuffix(" +0000"))
  }

  @Test("moments and days are kept as they are, and a day that is none is not read")
  func kept() throws {
    let day = try #require(CalendarDate(machine: "2024-02-29"))
    let moment = Timestamp(seconds: -1)
    #expect(try String(decoding: JSONEncoder().encode([day]), as: UTF8.self) == "[\"2024-02-29\"]")
    #expect(try JSONDecoder().decode([CalendarDate].self, from: JSONEncoder().encode([day])) == [day])
    #expect(try JSONDecoder().decode(Timestamp.self, from: JSONEncoder().encode(moment)) == moment)
    for text in ["2023-02-29", "29.02.2024", ""] {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode([CalendarDate].self, from: Data("[\"\(text)\"]".utf8))
      }
    }
  }

  @Test("moments are counted in seconds and put in order")
  func order() {
    let moment = Timestamp(seconds: 100)
    #expect(moment + 5 == Timestamp(seconds: 105) && (moment + 5) - moment == 5)
    #expect(Timestamp(seconds: -1) < Timestamp(seconds: 0) && !(moment < moment))
  }

  @Test(
    "anything else is no moment",
    arguments: [
      "", "2026-09-21", "2026-09-21 14:13:20Z", "2026-09-21T14:13:20", "2026-09-21T14:13:20+00:00",
      "2026-09-21T24:00:00Z",
      "2026-09-21T14:60:00Z", "2026-09-21T14:13:60Z", "2026-02-29T14:13:20Z", "2026-09-21T14:13:2OZ",
      "2026-09-21t14:13:20z",
    ])
  func notRead(text: String) { #expect(Timestamp(iso8601: text) == nil) }

  @Test(
    "a machine date is exactly yyyy-MM-dd and a real day",
    arguments: [
      ("2026-09-30", true), ("2024-02-29", true), ("2000-02-29", true), ("1900-02-29", false), ("2023-02-29", false),
      ("2026-04-31", false), ("2026-13-01", false), ("2026-00-10", false), ("2026-01-00", false), ("0000-01-01", false),
      ("30/09/2026", false), ("09/30/2026", false), ("2026-9-30", false), ("2026-09-30T00:00:00", false),
      ("20260930", false),
      (" 2026-09-30", false), ("2026-09-3０", false), ("", false), ("9999-12-31", true),
    ])
  func machineDate(text: String, isDate: Bool) {
    #expect((CalendarDate(machine: text) != nil) == isDate)
    if isDate { #expect(CalendarDate(machine: text)?.description == text) }
  }

  @Test("every day of 900 years follows the one before, and counts back to its own number")
  func everyDay() throws {
    var previous = CalendarDate(daysSince1970: -150_001)
    for days in Int64(-150_000)...180_000 {
      let date = CalendarDate(daysSince1970: days)
      #expect(date.daysSince1970 == days)
      #expect(previous < date)
      if date.day != 1 { #expect((date.year, date.month) == (previous.year, previous.month)) }
      previous = date
    }
  }
}
