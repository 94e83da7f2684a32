import Audit
import Delivery
import Mail
import Synchronization
import Testing

@Suite("Settlement: what time decides")
struct SettlementTests {
  let store = MemoryStore()

  func settlement(unwatched: Bool = true) -> Settlement {
    Settlement(
      store: store, purger: store, confirm: ConfirmRule(quietPeriod: 100, unwatched: unwatched),
      retention: Retention(undeliverable: 100, held: 200, latest: 1000), logger: Sample.logger())
  }

  func accepted() throws -> Case {
    let row = try Sample.queued(in: store, at: .sending)
    try store.commit(try row.moved(by: .accept, at: Sample.now) { $0.acceptedAt = Sample.now }, at: Sample.now)
    return try #require(try store.find(row.id))
  }

  @Test("a quiet period confirms, and the entry says how, after how long, and that nobody watched")
  func quiet() throws {
    let row = try accepted()
    #expect(try settlement().confirm(watching: .none, at: Sample.now + 99).isEmpty)
    #expect(try settlement().confirm(watching: .none, at: Sample.now + 100).map(\.id) == [row.id])
    let entry = try #require(store.state.withLock { $0.entries.last })
    #expect(entry.event == .confirm)
    #expect(entry.fields == ["how": "quiet", "seconds": 100, "watched": false])
    #expect(try store.find(row.id)?.ground == .confirm)
  }

  @Test("without `confirm.unwatched` an accepted case waits for an operator, who confirms it")
  func byOperator() throws {
    let row = try accepted()
    #expect(try settlement(unwatched: false).confirm(watching: .none, at: Sample.now + 900).isEmpty)
    let desk = Sample.desk(store)
    #expect(try desk.confirm(row.id, by: Sample.opal, at: Sample.now + 7).stage == .confirmed)
    let entry = try #require(store.state.withLock { $0.entries.last })
    #expect(entry.fields["how"] == "operator")
    #expect(entry.fields["by"] == .string(Commitment.actor(salt: [UInt8](repeating: 7, count: 32), name: "opal")))
    #expect(!"\(entry)".contains("opal"))
  }

  @Test("an unknown waits for its time; then the policy resends it or asks a person, and the entry tells the choice")
  func unknown() throws {
    for (choice, stage) in [(RetryPolicy.UnknownRule.Choice.resend, Stage.queued), (.hold, .held)] {
      let row = try Sample.queued(in: store, at: .sending, number: choice == .resend ? 1 : 2)
      try store.commit(try row.moved(by: .lose, at: Sample.now) { $0.nextAttempt = Sample.now + 50 }, at: Sample.now)
      var policy = RetryPolicy.standard
      policy.unknown.then = choice
      #expect(try settlement().resolveUnknown(by: policy, at: Sample.now + 49).isEmpty)
      #expect(try settlement().resolveUnknown(by: policy, at: Sample.now + 50).map(\.stage) == [stage])
      let entry = try #require(store.state.withLock { $0.entries.last })
      #expect(entry.fields["choice"] == .string(choice.rawValue))
    }
  }

  @Test("what is out of time expires and is purged, and the ground is named")
  func lapse() throws {
    let row = try Sample.queued(in: store)
    #expect(try settlement().lapse(at: Sample.now + 999).isEmpty)
    #expect(try settlement().lapse(at: Sample.now + 1000).map(\.id) == [row.id])
    #expect(try store.find(row.id)?.ground == .expire)
    #expect(try settlement().purgeDue(at: Sample.now + 1000).map(\.purged) == [true])
    #expect(store.events(of: row.id) == [.expire, .purge])
  }

  @Test("an operator's hold suspends the purge of a confirmed case; released, it is due again with its ground")
  func holdKeepsGround() async throws {
    let row = try accepted()
    let desk = Sample.desk(store)
    _ = try desk.confirm(row.id, by: Sample.opal, at: Sample.now)
    _ = try desk.hold(row.id, by: Sample.opal, at: Sample.now)
    #expect(try settlement().purgeDue(at: Sample.now + 10).isEmpty)
    let released = try await desk.release(row.id, from: nil, by: Sample.opal, at: Sample.now + 20)
    #expect(released.stage == .confirmed)
    #expect(released.ground == .confirm)
  }

  @Test("a release reads a person without address again, and goes on only if Bob has one now")
  func reread() async throws {
    let intake = Intake(
      store: store, departures: store, admission: Sample.admission,
      restores: RestoreGuard(store, leadDays: 0), logger: Sample.logger())
    _ = try intake.take(
      [.left(Sample.departure(), employee: "42", .init(facts: Sample.facts(email: nil)), holds: [])], at: Sample.now)
    let id = try #require(try store.cases(at: [.held]).first).id
    let desk = Sample.desk(store)
    await #expect(throws: DeskFailure.needsBob) {
      try await desk.release(id, from: nil, by: Sample.opal, at: Sample.now)
    }
    await #expect(throws: DeskFailure.stillHeld(.noAddress)) {
      try await desk.release(
        id, from: OneLeaver(reading: .init(facts: Sample.facts(email: nil))), by: Sample.opal, at: Sample.now)
    }
    #expect(try store.find(id)?.stage == .held)
    let after = try await desk.release(
      id, from: OneLeaver(reading: .init(facts: Sample.facts())), by: Sample.opal, at: Sample.now)
    #expect(after.stage == .detected)
    #expect(try CaseVault(store).facts(of: id).workEmail == "ada@acme.example")
  }

  @Test(
    "a release reads again what may have changed in Bob while nothing was made of it",
    arguments: [
      (HoldReason.approval, Stage.detected, Int64(3600), false), (.approval, .detected, 86_400, true),
      (.surge, .detected, 90_000, true), (.terminationMoved, .detected, 60, true),
      (.terminationMoved, .queued, 90_000, false), (.operator, .accepted, 90_000, false),
    ])
  func freshFacts(reason: HoldReason, resume: Stage, after: Int64, isRead: Bool) async throws {
    let row = try Sample.queued(in: store, at: resume)
    try store.commit(try row.held(for: reason, at: Sample.now), at: Sample.now)
    let desk = Sample.desk(store)
    let source = OneLeaver(reading: .init(facts: Sample.facts(email: "new.ada@acme.example")))
    let released = try await desk.release(row.id, from: source, by: Sample.opal, at: row.opened + after)
    #expect(released.stage == resume)
    let facts = try CaseVault.readable(try CaseVault(store).facts(of: row.id))
    #expect((facts?.workEmail == "new.ada@acme.example") == isRead)
  }

  @Test("a start date that is another by now is another employment: the case stays held")
  func otherEmployment() async throws {
    let row = try Sample.queued(in: store, at: .detected)
    try store.commit(try row.held(for: .approval, at: Sample.now), at: Sample.now)
    let source = OneLeaver(reading: .init(facts: Sample.facts(start: "2026-02-02")))
    await #expect(throws: DeskFailure.stillHeld(.terminationMoved)) {
      try await Sample.desk(store).release(row.id, from: source, by: Sample.opal, at: row.opened + 90_000)
    }
    #expect(try store.find(row.id)?.stage == .held)
  }

  @Test("a leaver deleted in Bob meanwhile goes out as read, unless what was read is known to be wrong")
  func deletedMeanwhile() async throws {
    let desk = Sample.desk(store)
    for (number, reason) in [(UInt8(1), HoldReason.approval), (2, .terminationMoved)] {
      let row = try Sample.queued(in: store, at: .detected, number: number)
      try store.commit(try row.held(for: reason, at: Sample.now), at: Sample.now)
      let source = OneLeaver(reading: .init(facts: Sample.facts()), isDeleted: true)
      if reason == .approval {
        let released = try await desk.release(row.id, from: source, by: Sample.opal, at: row.opened + 90_000)
        #expect(released.stage == .detected)
      } else {
        await #expect(throws: LeaverSourceFailure.self) {
          try await desk.release(row.id, from: source, by: Sample.opal, at: row.opened + 90_000)
        }
      }
    }
  }
}
