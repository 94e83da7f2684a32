import Delivery
import Foundation
import Mail
import Testing

@Suite("Quiet hours: on the organisation's clock, across changes of the clocks")
struct QuietHoursTests {
  static let london = "Europe/London"
  static let week = Set(QuietHours.Weekday.allCases)

  static func hours(
    _ from: String, _ to: String, _ days: Set<QuietHours.Weekday> = week, in zone: String = london
  ) throws -> QuietHours? {
    QuietHours(
      from: try #require(.init(parsing: from)), to: try #require(.init(parsing: to)), days: days,
      timeZone: try #require(TimeZone(identifier: zone)))
  }

  /// Quiet from 22:00 to 06:00 every night; 2026-01-10 is a Saturday in winter time.
  @Test(
    "a night crosses midnight; its first second is quiet, its last moment is not",
    arguments: [
      ("2026-01-10T21:59:59Z", nil), ("2026-01-10T22:00:00Z", "2026-01-11T06:00:00Z"),
      ("2026-01-10T23:59:59Z", "2026-01-11T06:00:00Z"), ("2026-01-11T00:00:00Z", "2026-01-11T06:00:00Z"),
      ("2026-01-11T05:59:59Z", "2026-01-11T06:00:00Z"), ("2026-01-11T06:00:00Z", nil), ("2026-01-11T12:00:00Z", nil),
      // The same wall clock in summer is an hour earlier in UTC.
      ("2026-07-10T20:59:59Z", nil), ("2026-07-10T21:00:00Z", "2026-07-11T05:00:00Z"),
    ] as [(String, String?)])
  func night(at time: String, until end: String?) throws {
    let quiet = try #require(try Self.hours("22:00", "06:00"))
    #expect(quiet.end(at: try #require(Timestamp(iso8601: time)))?.iso8601 == end)
  }

  @Test(
    "a change of the clocks makes a night shorter or longer, and moves no time of day",
    arguments: [
      // London 2026-03-29: 01:00 becomes 02:00. The night has seven hours.
      ("22:00", "06:00", "2026-03-28T22:00:00Z", "2026-03-29T05:00:00Z"),
      // London 2026-10-25: 02:00 becomes 01:00. The night has nine hours.
      ("22:00", "06:00", "2026-10-24T21:00:00Z", "2026-10-25T06:00:00Z"),
      // 01:30 does not exist: the change itself.
      ("22:00", "01:30", "2026-03-28T23:00:00Z", "2026-03-29T01:00:00Z"),
      ("01:30", "06:00", "2026-03-29T00:59:59Z", nil),
      ("01:30", "06:00", "2026-03-29T01:00:00Z", "2026-03-29T05:00:00Z"),
      // 01:30 exists twice: the second ends, the first begins.
      ("22:00", "01:30", "2026-10-25T00:45:00Z", "2026-10-25T01:30:00Z"),
      ("22:00", "01:30", "2026-10-25T01:30:00Z", nil),
      ("01:30", "06:00", "2026-10-25T00:29:59Z", nil),
      ("01:30", "06:00", "2026-10-25T00:30:00Z", "2026-10-25T06:00:00Z"),
      // Hours that the clocks skip altogether are none.
      ("01:10", "01:50", "2026-03-29T00:59:59Z", nil), ("01:10", "01:50", "2026-03-29T01:00:00Z", nil),
    ] as [(String, String, String, String?)])
  func clockChange(from: String, to: String, at time: String, until end: String?) throws {
    let quiet = try #require(try Self.hours(from, to))
    #expect(quiet.end(at: try #require(Timestamp(iso8601: time)))?.iso8601 == end)
  }

  @Test(
    "the days are those on which quiet hours begin",
    arguments: [
      // Friday and Saturday night; 2026-01-09 is a Friday.
      ("2026-01-09T03:00:00Z", nil), ("2026-01-09T22:30:00Z", "2026-01-10T06:00:00Z"),
      ("2026-01-10T03:00:00Z", "2026-01-10T06:00:00Z"), ("2026-01-11T05:00:00Z", "2026-01-11T06:00:00Z"),
      ("2026-01-11T23:00:00Z", nil), ("2026-01-12T01:00:00Z", nil),
    ] as [(String, String?)])
  func days(at time: String, until end: String?) throws {
    let quiet = try #require(try Self.hours("22:00", "06:00", [.friday, .saturday]))
    #expect(quiet.end(at: try #require(Timestamp(iso8601: time)))?.iso8601 == end)
  }

  @Test("quiet days that touch are one: a weekend ends on Monday")
  func weekend() throws {
    let quiet = try #require(try Self.hours("00:00", "24:00", [.saturday, .sunday]))
    let saturday = try #require(Timestamp(iso8601: "2026-01-10T00:00:00Z"))
    #expect(quiet.end(at: saturday)?.iso8601 == "2026-01-12T00:00:00Z")
    #expect(quiet.end(at: saturday + -1) == nil)
    #expect(quiet.end(at: saturday + 2 * 86_400) == nil)
  }

  @Test(
    "far zones and odd ones",
    arguments: [
      ("Pacific/Kiritimati", "2026-01-10T08:00:00Z", "2026-01-10T16:00:00Z"),
      ("America/St_Johns", "2026-01-11T01:30:00Z", "2026-01-11T09:30:00Z"),
      ("Asia/Kathmandu", "2026-01-10T16:15:00Z", "2026-01-11T00:15:00Z"),
      // Half an hour is skipped at 02:00 on 2026-10-04.
      ("Australia/Lord_Howe", "2026-10-03T11:30:00Z", "2026-10-03T19:00:00Z"),
    ])
  func zones(zone: String, at begin: String, until end: String) throws {
    let quiet = try #require(try Self.hours("22:00", "06:00", in: zone))
    let begin = try #require(Timestamp(iso8601: begin))
    #expect(quiet.end(at: begin)?.iso8601 == end)
    #expect(quiet.end(at: begin + -1) == nil)
  }

  @Test("through a whole year every end is itself not quiet, and reads `to` on the wall", arguments: [london, "UTC"])
  func year(zone: String) throws {
    let quiet = try #require(try Self.hours("21:30", "06:15", in: zone))
    let start = try #require(Timestamp(iso8601: "2026-01-01T00:00:00Z"))
    var nights = 0
    for step in 0..<(365 * 24) {
      let time = start + Int64(step) * 3600
      guard let end = quiet.end(at: time) else { continue }
      nights += 1
      #expect(end > time && end - time <= 36_000)
      #expect(quiet.end(at: end) == nil)
      let shift = quiet.timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(end.seconds)))
      #expect((end.seconds + Int64(shift)) % 86_400 == 6 * 3600 + 15 * 60)
    }
    #expect((365 * 8...365 * 9 + 9).contains(nights))
  }

  @Test("quiet hours that leave no time, or take none, are none")
  func none() throws {
    #expect(try Self.hours("06:00", "06:00") == nil)
    #expect(try Self.hours("00:00", "24:00") == nil)
    #expect(try Self.hours("24:00", "06:00") == nil)
    #expect(try Self.hours("22:00", "06:00", []) == nil)
    #expect(try Self.hours("00:00", "24:00", [.sunday]) != nil)
  }

  @Test(
    "a time of day has two digits each",
    arguments: ["", "9:00", "09:0", "24:01", "25:00", "12:60", "12-00", "12:00:00", "-1:00", " 9:00", "１２:00"])
  func noTime(text: String) { #expect(QuietHours.TimeOfDay(parsing: text) == nil) }

  @Test("a time of day is written as it was read", arguments: ["00:00", "06:05", "23:59", "24:00"])
  func time(text: String) { #expect(QuietHours.TimeOfDay(parsing: text)?.description == text) }

  @Test("a retry that falls into them waits for their end, the one on the expiry too")
  func retries() throws {
    var policy = RetryPolicy.standard
    policy.quietHours = try Self.hours("22:00", "06:00", in: "UTC")
    policy.fallback = .init(schedule: [3600], jitter: 0, expiry: 7200, then: .notify)
    let queued = try #require(Timestamp(iso8601: "2026-01-10T20:30:00Z"))
    let morning = try #require(Timestamp(iso8601: "2026-01-11T06:00:00Z"))
    func next(_ seconds: Int64) -> RetryPolicy.Next {
      policy.next(after: .system, attempts: 1, queued: queued, now: queued + seconds, random: 0.5)
    }
    #expect(next(0) == .retry(at: queued + 3600))
    #expect(next(1800) == .retry(at: morning))
    #expect(next(3600) == .retry(at: morning))
    #expect(next(7200) == .retryTelling(at: morning))
    #expect(policy.allowed(queued) == queued)
    #expect(policy.allowed(queued + 7200) == morning)
  }
}
