import Audit
import Delivery
import Foundation
import Mail
import Testing

@Suite("the days of a report, as the seconds of the ledger")
struct LedgerPeriodTests {
  private func period(_ from: String, _ to: String, _ zone: String) throws -> LedgerPeriod? {
    LedgerPeriod(
      from: try #require(CalendarDate(machine: from)), to: try #require(CalendarDate(machine: to)),
      timeZone: try #require(TimeZone(identifier: zone)))
  }

  private func time(_ text: String) throws -> Timestamp { try #require(Timestamp(iso8601: text)) }

  @Test(
    "midnight is that of the organisation, also where the clocks are changed",
    arguments: [
      ("2026-10-01", "2026-10-31", "UTC", "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"),
      // British summer time ends on 25 October.
      ("2026-10-01", "2026-10-31", "Europe/London", "2026-09-30T23:00:00Z", "2026-11-01T00:00:00Z"),
      ("2026-10-25", "2026-10-25", "Europe/London", "2026-10-24T23:00:00Z", "2026-10-26T00:00:00Z"),
      ("2026-03-29", "2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
      ("2026-11-01", "2026-11-01", "America/New_York", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
      // The clocks skip midnight itself: the day begins at one o'clock.
      ("2026-04-24", "2026-04-24", "Africa/Cairo", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"),
      ("2026-01-01", "2026-01-01", "Pacific/Kiritimati", "2025-12-31T10:00:00Z", "2026-01-01T10:00:00Z"),
      ("2024-02-29", "2024-02-29", "Asia/Kolkata", "2024-02-28T18:30:00Z", "2024-02-29T18:30:00Z"),
    ])
  func borders(from: String, to: String, zone: String, start: String, end: String) throws {
    let period = try #require(try period(from, to, zone))
    #expect(period.seconds == (try time(start).seconds)..<(try time(end).seconds))
    #expect(period.parts.first == period.seconds.lowerBound)
    #expect((period.from, period.to) == (from, to))
  }

  @Test(
    "days, then weeks, then months",
    arguments: [
      ("2026-10-01", "2026-10-31", LedgerPeriod.Part.day, 31), ("2026-10-01", "2026-12-01", .day, 62),
      ("2026-10-01", "2026-12-02", .week, 9), ("2026-01-01", "2026-12-31", .week, 53),
      ("2025-01-15", "2026-12-31", .month, 24),
    ])
  func parts(from: String, to: String, part: LedgerPeriod.Part, count: Int) throws {
    let period = try #require(try period(from, to, "Europe/London"))
    #expect(period.part == part && period.parts.count == count)
    #expect(period.parts == period.parts.sorted() && Set(period.parts).count == count)
    #expect(period.parts.allSatisfy(period.seconds.contains))
  }

  @Test("a period that ends before it begins is none, nor is one of more than ten years")
  func reversed() throws {
    #expect(try period("2026-10-02", "2026-10-01", "UTC") == nil)
    #expect(try period("2017-01-01", "2026-12-31", "UTC") != nil)
    #expect(try period("0001-01-01", "9999-12-31", "UTC") == nil)
  }

  @Test(
    "the last full month, by the wall clock of the organisation",
    arguments: [
      ("2026-11-28T09:00:00Z", "Europe/London", "2026-10-01", "2026-10-31"),
      ("2026-03-01T00:00:00Z", "UTC", "2026-02-01", "2026-02-28"),
      ("2026-01-15T00:00:00Z", "UTC", "2025-12-01", "2025-12-31"),
      ("2026-02-28T23:30:00Z", "Europe/Berlin", "2026-02-01", "2026-02-28"),
      ("2026-02-28T23:30:00Z", "UTC", "2026-01-01", "2026-01-31"),
    ])
  func lastMonth(now: String, zone: String, from: String, to: String) throws {
    let month = LedgerPeriod.lastMonth(before: try time(now), timeZone: try #require(TimeZone(identifier: zone)))
    #expect((month.from.description, month.to.description) == (from, to))
  }
}
