import Logging
import Mail
import Testing

@testable import Delivery

@Suite("Trouble with Bob: what is told at once, and what only when it lasts")
struct SourceAlarmTests {
  static let start = Timestamp(seconds: 1_800_000_000)
  static let table: [(LeaverSourceFailure, Int64?, Int64, String?)] = [
    // What does not pass by itself is told at once.
    (.refused(advice: "refused"), 60, 0, "refused"), (.blind(advice: "blind"), nil, 0, "blind"),
    // Anything else when no poll has succeeded for two hours.
    (.later(seconds: 15, advice: "down"), 7199, 0, nil),
    (.later(seconds: 15, advice: "down"), 7200, 0, "no poll of Bob has succeeded since 2027-01-15T06:00:00Z: down"),
    // Since the start, if none ever has.
    (.later(seconds: 15, advice: "down"), nil, 7199, nil),
    (.later(seconds: 15, advice: "down"), nil, 7200, "no poll of Bob has ever succeeded: down"),
    // A restart does not begin the count anew.
    (.later(seconds: 15, advice: "down"), 9000, 1, "no poll of Bob has succeeded since 2027-01-15T05:30:00Z: down"),
  ]

  @Test("the alarm's sentence", arguments: table)
  func detail(failure: LeaverSourceFailure, lastAgo: Int64?, running: Int64, expected: String?) {
    let told = SourceAlarm.detail(
      failure, last: lastAgo.map { Self.start + -$0 }, started: Self.start + -running, patience: 7200, at: Self.start)
    #expect(told == expected)
  }

  @Test("an alarm stands until a poll succeeds, and takes the newest detail")
  func stands() throws {
    let store = MemoryStore()
    let bell = AlarmBell(store, logger: Sample.logger())
    let alarm = SourceAlarm(log: store, bell: bell, patience: 7200, started: Self.start)
    try alarm.note(.refused(advice: "refused"), at: Self.start)
    try alarm.note(.blind(advice: "blind"), at: Self.start + 60)
    #expect(try store.alarms().map(\.kind) == [.bob])
    alarm.note(Poll(people: 1, sightings: []), at: Self.start + 120)
    #expect(try store.alarms().isEmpty)
  }

  @Test("somebody who cannot be read is an alarm, of which ops hear when it lasts")
  func missed() throws {
    let store = MemoryStore()
    let alarm = SourceAlarm(
      log: store, bell: AlarmBell(store, logger: Sample.logger()), patience: 7200, started: Self.start)
    alarm.note(
      Poll(people: 9, sightings: [], missed: Missed(count: 2, advice: "Bob has trouble (500)")), at: Self.start)
    #expect(try store.alarms().map(\.detail) == ["2 leavers cannot be read: Bob has trouble (500)"])
    #expect(try store.dueNotices(at: Self.start + 7199).isEmpty)
    alarm.note(Poll(people: 9, sightings: []), at: Self.start + 900)
    #expect(try store.alarms().isEmpty)
  }
}
