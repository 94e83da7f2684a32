import Audit
import Delivery
import Mail
import Synchronization
import Testing

@Suite("Intake: a case for every new sighting, held if it cannot be issued")
struct IntakeTests {
  let store = MemoryStore()

  var intake: Intake {
    Intake(
      store: store, departures: store, admission: Sample.admission,
      restores: RestoreGuard(store, leadDays: 2), logger: Sample.logger())
  }

  static let obstacles: [(String, LeaverFacts, [HoldReason], [HoldReason], HoldReason?)] = [
    ("complete", Sample.facts(), [], [], nil),
    ("no address", Sample.facts(email: nil), [], [], .noAddress),
    ("empty address", Sample.facts(email: ""), [], [], .noAddress),
    (
      "line break in the address", Sample.facts(email: "ada@acme.example\r\nRCPT TO:<eve@x.example>"), [], [],
      .badAddress
    ),
    ("two addresses", Sample.facts(email: "ada@acme.example, eve@x.example"), [], [], .badAddress),
    ("angle brackets", Sample.facts(email: "<ada@acme.example>"), [], [], .badAddress),
    ("a Bob sandbox address", Sample.facts(email: "ada@acme.example.sbx"), [], [], .sandboxAddress),
    ("no name", Sample.facts(name: " \n"), [], [], .noName),
    ("no start", Sample.facts(start: nil), [], [], .noDates),
    ("no end", Sample.facts(end: nil), [], [], .noDates),
    ("end before start", Sample.facts(start: "2026-10-01"), [], [], .datesReversed),
    ("one day", Sample.facts(start: "2026-09-30"), [], [], nil),
    ("a numeric list item", Sample.facts(), [.unresolvedList], [.approval], .unresolvedList),
    ("too old", Sample.facts(), [], [.tooOld, .approval], .tooOld),
    ("approval", Sample.facts(), [], [.approval], .approval),
    ("no address and approval", Sample.facts(email: nil), [], [.approval], .noAddress),
  ]

  @Test("the first obstacle is the reason", arguments: obstacles)
  func obstacle(
    what: String, facts: LeaverFacts, problems: [HoldReason], holds: [HoldReason], expected: HoldReason?
  ) throws {
    let reading = Sighting.Reading(facts: facts, problems: problems)
    let result = try intake.take([.left(Sample.departure(), employee: "1", reading, holds: holds)], at: Sample.now)
    #expect(result == .init(opened: 1, held: expected == nil ? 0 : 1))
    let row = try #require(try store.cases(at: Set(Stage.allCases)).first)
    #expect(row.hold?.reason == expected)
    #expect(row.stage == (expected == nil ? .detected : .held))
    #expect(store.events(of: row.id) == (expected == nil ? [.detect] : [.detect, .hold]))
  }

  @Test("nothing personal stands in the entries or in the row")
  func nothingPersonal() throws {
    _ = try intake.take(
      [.left(Sample.departure(), employee: "4711", .init(facts: Sample.facts()), holds: [.surge])], at: Sample.now)
    let told = store.state.withLock { "\($0.entries) \($0.cases)" }
    for word in ["Ada", "Example", "ada@", "Designer", "Product", "4711"] { #expect(!told.contains(word)) }
  }

  @Test(
    "after a restore every new leaver is held; once that is ended, those who may have been mailed in the time that is lost",
    arguments: [
      // The restore is of 2026-09-21; mails go two days ahead, and no time zone is more than a day ahead.
      (false, "2026-01-31", HoldReason?.some(.restored)), (false, "2026-12-31", .restored),
      (true, "2026-01-31", .restored), (true, "2026-09-21", .restored), (true, "2026-09-24", .restored),
      (true, "2026-09-25", nil), (true, "2026-12-31", nil),
    ])
  func restored(isEnded: Bool, end: String, expected: HoldReason?) throws {
    store.state.withLock { $0.restored = RestoreMark(at: Sample.now, isEnded: isEnded) }
    let reading = Sighting.Reading(facts: Sample.facts(end: end))
    // The reasons that are released for many at once come after it.
    _ = try intake.take(
      [.left(Sample.departure(), employee: "1", reading, holds: expected == nil ? [] : [.surge, .approval])],
      at: Sample.now)
    #expect(try store.cases(at: Set(Stage.allCases)).last?.hold?.reason == expected)
  }

  @Test("what must be mended in Bob first is the reason told; mended and released, the restore is the next")
  func restoredAndIncomplete() async throws {
    store.state.withLock { $0.restored = RestoreMark(at: Sample.now, isEnded: false) }
    _ = try intake.take(
      [.left(Sample.departure(), employee: "1", .init(facts: Sample.facts(email: nil)), holds: [])], at: Sample.now)
    let row = try #require(try store.cases(at: [.held]).first)
    #expect(row.hold?.reason == .noAddress)
    let desk = Sample.desk(store)
    let source = OneLeaver(reading: .init(facts: Sample.facts()))
    await #expect(throws: DeskFailure.stillHeld(.restored)) {
      try await desk.release(row.id, from: source, by: Sample.opal, at: Sample.now + 5)
    }
    let again = try #require(try store.find(row.id))
    #expect(again.hold == Hold(reason: .restored, resume: .detected) && again.since == row.since)
    #expect(try CaseVault(store).facts(of: row.id) == Sample.facts())
    #expect(try await desk.release(row.id, from: nil, by: Sample.opal, at: Sample.now + 6).stage == .detected)
    #expect(store.events(of: row.id) == [.detect, .hold, .hold, .release])
  }

  @Test("a case that waited for a day before a release is read anew, held for the restore once, and then goes")
  func restoredAndOld() async throws {
    _ = try intake.take(
      [.left(Sample.departure(), employee: "1", .init(facts: Sample.facts()), holds: [.approval])], at: Sample.now)
    store.state.withLock { $0.restored = RestoreMark(at: Sample.now, isEnded: false) }
    let row = try #require(try store.cases(at: [.held]).first)
    let (desk, source) = (Sample.desk(store), OneLeaver(reading: .init(facts: Sample.facts())))
    await #expect(throws: DeskFailure.stillHeld(.restored)) {
      try await desk.release(row.id, from: source, by: Sample.opal, at: Sample.now + 90_000)
    }
    #expect(try await desk.release(row.id, from: source, by: Sample.opal, at: Sample.now + 90_001).stage == .detected)
  }

  @Test("a departure that has its case gets no second one")
  func once() throws {
    let sighting = Sighting.left(Sample.departure(), employee: "1", .init(facts: Sample.facts()), holds: [])
    #expect(try intake.take([sighting, sighting], at: Sample.now).opened == 1)
    #expect(try intake.take([sighting], at: Sample.now).opened == 0)
  }

  @Test("a termination moved after the case was opened holds the case")
  func moved() throws {
    let row = try Sample.queued(in: store)
    let result = try intake.take([.terminationMoved(Sample.departure(), caseID: row.id)], at: Sample.now)
    #expect(result.held == 1)
    #expect(try store.find(row.id)?.hold == Hold(reason: .terminationMoved, resume: .queued))
    #expect(store.state.withLock { $0.updated } == [Sample.departure()])
  }

  @Test("a leaver of a department that gets no references is remembered, and no case is made")
  func excluded() throws {
    #expect(try intake.take([.excluded(Sample.departure())], at: Sample.now) == .init())
    #expect(try store.cases(at: Set(Stage.allCases)).isEmpty)
    #expect(try store.handled()[Sample.departure().person]?.reason == .excluded)
    #expect(store.state.withLock { $0.entries.isEmpty })
  }

  @Test(
    "a case that waits already takes the reason that tells more, and goes on where it would have",
    arguments: [
      (HoldReason.approval, HoldReason.terminationMoved), (.noAddress, .terminationMoved),
      (.terminationCancelled, .terminationCancelled),
    ])
  func movedWhileHeld(before: HoldReason, after: HoldReason) throws {
    let row = try Sample.queued(in: store, at: .detected)
    try store.commit(try row.held(for: before, at: Sample.now), at: Sample.now)
    _ = try intake.take([.terminationMoved(Sample.departure(), caseID: row.id)], at: Sample.now + 1)
    #expect(try store.find(row.id)?.hold == Hold(reason: after, resume: .detected))
  }

  @Test("a termination put off and then taken back is held as taken back, and revoked")
  func movedThenCancelled() throws {
    let row = try Sample.queued(in: store, at: .accepted)
    _ = try intake.take([.terminationMoved(Sample.departure(), caseID: row.id)], at: Sample.now)
    _ = try intake.take([.returned(Sample.departure().person, caseID: row.id)], at: Sample.now + 1)
    #expect(try store.find(row.id)?.hold == Hold(reason: .terminationCancelled, resume: .accepted))
    #expect(store.events(of: row.id) == [.hold, .revoke, .hold])
  }

  @Test(
    "revocation or cancelling, and the end of the mark, are one step: a full disk leaves both undone",
    arguments: [Stage.detected, .queued, .sending, .accepted, .purging, .purged])
  func returnedAtomically(stage: Stage) throws {
    let row = try Sample.queued(in: store, at: stage)
    let sighting = Sighting.returned(Sample.departure().person, caseID: row.id)
    store.state.withLock { $0.failing = true }
    #expect(throws: MemoryStore.DiskFull.self) { try intake.take([sighting], at: Sample.now) }
    #expect(store.state.withLock { !$0.departures.isEmpty && $0.entries.isEmpty })
    #expect(try store.find(row.id)?.stage == stage)
    store.state.withLock { $0.failing = false }
    _ = try intake.take([sighting], at: Sample.now)
    #expect(store.state.withLock { $0.departures.isEmpty })
  }

  @Test(
    "a termination cancelled before the issue cancels the case; afterwards the reference is revoked",
    arguments: [
      (Stage.detected, Stage.cancelled, [EntryEvent.cancel]), (.queued, .held, [.revoke, .hold]),
      (.accepted, .held, [.revoke, .hold]), (.purged, .purged, [.revoke]), (.purging, .purging, [.revoke]),
      (.cancelled, .cancelled, [.revoke]), (.sending, .sending, [.revoke]),
    ])
  func returned(before: Stage, after: Stage, events: [EntryEvent]) throws {
    let row = try Sample.queued(in: store, at: before)
    _ = try intake.take([.returned(Sample.departure().person, caseID: row.id)], at: Sample.now)
    #expect(try store.find(row.id)?.stage == after)
    #expect(store.events(of: row.id) == events)
    #expect(store.state.withLock { $0.departures.isEmpty })
  }

  @Test(
    "a case that was held before it was issued is cancelled, unless a backup may have forgotten its mail",
    arguments: [(HoldReason.approval, Stage.cancelled, [EntryEvent.cancel]), (.restored, .held, [.revoke, .hold])])
  func returnedWhileHeld(reason: HoldReason, after: Stage, events: [EntryEvent]) throws {
    let row = try Sample.queued(in: store, at: .detected)
    try store.commit(try row.held(for: reason, at: Sample.now), at: Sample.now)
    store.state.withLock { $0.entries = [] }
    _ = try intake.take([.returned(Sample.departure().person, caseID: row.id)], at: Sample.now)
    #expect(try store.find(row.id)?.stage == after)
    #expect(store.events(of: row.id) == events)
  }
}
