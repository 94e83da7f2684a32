import Audit
import Cryptography
import Delivery
import Mail
import Synchronization
import Testing

@Suite("The desk: what a person may do, each act an entry that names nobody")
struct DeskTests {
  let store = MemoryStore()
  var desk: CaseDesk { Sample.desk(store) }
  let signature = CanonicalJSON.string(Commitment.actor(salt: [UInt8](repeating: 7, count: 32), name: "opal"))

  @Test(
    "a deferred, unknown or undeliverable case is tried again at once",
    arguments: [Stage.deferred, .unknown, .undeliverable])
  func retry(stage: Stage) throws {
    let row = try Sample.queued(in: store, at: stage)
    let after = try desk.retry(row.id, by: Sample.opal, at: Sample.now + 5)
    #expect(after.stage == .queued && after.nextAttempt == nil && after.ground == nil)
    let entry = try #require(store.state.withLock { $0.entries.last })
    #expect(entry.event == .operator && entry.fields == ["act": "retry", "by": signature])
  }

  @Test(
    "what is on its way already, accepted or closed is not tried again",
    arguments: [Stage.queued, .accepted, .confirmed, .expired])
  func noRetry(stage: Stage) throws {
    let row = try Sample.queued(in: store, at: stage)
    #expect(throws: CaseMachine.Refusal.self) { try desk.retry(row.id, by: Sample.opal, at: Sample.now) }
    #expect(store.state.withLock { $0.entries.isEmpty })
  }

  @Test("another address gets the same document in a new mail, with its own Message-ID, ENVID, token and receipt")
  func redeliver() async throws {
    let row = try Sample.queued(in: store, at: .undeliverable)
    let before = try CaseVault(store).envelope(of: row.id)
    let address = try Address(parsing: "ada@home.example")
    let after = try desk.redeliver(row.id, to: address, by: Sample.opal, at: Sample.now + 60)
    #expect(after.stage == .queued && after.ground == nil)
    let envelope = try CaseVault(store).envelope(of: row.id)
    #expect(envelope.recipient == "ada@home.example" && envelope.delivery == 2)
    #expect(envelope.messageID != before.messageID)
    let mail = String(decoding: try CaseVault(store).mail(of: row.id), as: UTF8.self)
    #expect(mail.contains("To: ada@home.example") && mail.contains("%PDF-1.7 sample"))
    let commitment = Commitment.address(salt: [UInt8](repeating: 7, count: 32), normalised: "ada@home.example")
    #expect(mail.contains(commitment))

    let transport = ScriptedTransport()
    let clock = ManualClock(Sample.now + 61)
    _ = try await Sample.courier(store, transport).round(clock: clock)
    let sent = try #require(transport.state.withLock { $0.sent.first })
    #expect(sent.envelope.recipient == address)
    let token = try Sample.returnPath().token(case: row.id, attempt: 1)
    #expect(sent.envelope.dsn.envid == "\(row.id).1.\(token.text)")
    #expect(store.events(of: row.id) == [.operator, .sent])
    let entries = store.state.withLock { $0.entries }
    #expect(entries[0].fields == ["act": "redeliver", "by": signature])
    #expect(entries[1].fields["to"] == .string(commitment))
    #expect(!"\(entries)".contains("home.example"))
  }

  @Test(
    "a case without a document yet, or at its end, goes nowhere else",
    arguments: [Stage.detected, .queued, .confirmed, .cancelled, .purged])
  func noRedelivery(stage: Stage) throws {
    let row = try Sample.queued(in: store, at: stage)
    let address = try Address(parsing: "ada@home.example")
    #expect(throws: CaseMachine.Refusal.self) {
      try desk.redeliver(row.id, to: address, by: Sample.opal, at: Sample.now)
    }
    #expect(try CaseVault(store).envelope(of: row.id).recipient == "ada@acme.example")
  }

  @Test("a held case goes elsewhere only if it had come so far that there is a document")
  func redeliverHeld() throws {
    let address = try Address(parsing: "ada@home.example")
    let early = try Sample.queued(in: store, at: .detected, number: 1)
    let late = try Sample.queued(in: store, at: .deferred, number: 2)
    for row in [early, late] { _ = try desk.hold(row.id, by: Sample.opal, at: Sample.now) }
    #expect(throws: CaseMachine.Refusal.early) {
      try desk.redeliver(early.id, to: address, by: Sample.opal, at: Sample.now)
    }
    #expect(try desk.redeliver(late.id, to: address, by: Sample.opal, at: Sample.now).stage == .queued)
  }

  @Test("looking at what is sealed is an entry of its own, and nothing prints it by accident")
  func reveal() async throws {
    let row = try Sample.queued(in: store)
    let reply = Reply(code: 451, enhanced: EnhancedStatus(parsing: "4.7.1"), lines: ["ada@acme.example: later"])
    _ = try await Sample.courier(store, ScriptedTransport(.beforeDot(.deferred(.reply(.rcpt, reply)))))
      .round(clock: ManualClock(Sample.now))
    let revealed = try desk.reveal(row.id, by: Sample.opal, at: Sample.now + 9)
    #expect(revealed.facts.name == "Ada Example" && revealed.recipient == "ada@acme.example")
    #expect(revealed.replies.map(\.text) == ["ada@acme.example: later"])
    #expect(revealed.replies.map(\.phase) == [.rcpt])
    #expect(!"\(revealed.replies)".contains("ada"))
    let entry = try #require(store.state.withLock { $0.entries.last })
    #expect(entry.event == .operator && entry.fields == ["act": "reveal", "by": signature])
  }

  @Test("every reply of a case is kept, the oldest are dropped, and a long text is cut")
  func history() {
    var history = ReplyHistory()
    for number in 1...70 {
      let reply = Reply(code: 450, lines: [String(repeating: "x", count: 5000)])
      history.add(.deferred(.reply(.rcpt, reply)), attempt: number, at: Sample.now)
    }
    history.add(.deferred(.connectionLost(.body)), attempt: 71, at: Sample.now)
    #expect(history.items.count == 64 && history.items.last?.attempt == 70)
    #expect(history.items.allSatisfy { $0.text.count == 1024 })
  }

  private func reissue() -> Reissue {
    Reissue(store: store, departures: store, admission: Sample.admission, logger: Sample.logger())
  }

  /// The old case of a person, as the log remembers it.
  private func remembered(at stage: Stage) throws -> Case {
    let row = try Sample.queued(in: store, at: stage)
    let handled = HandledDeparture(
      departure: Sample.departure(), reason: .case, caseID: row.id, at: Sample.now)
    store.state.withLock { $0.handled[handled.departure.person] = handled }
    return row
  }

  @Test("a purged leaver gets a new case from Bob, and the old reference is revoked in the same step")
  func reissued() async throws {
    let old = try remembered(at: .purged)
    let source = OneLeaver(reading: .init(facts: Sample.facts(name: "Ada Other")))
    let new = try await reissue().make(employee: "42", from: source, by: Sample.opal, at: Sample.now + 9)
    #expect(new.stage == .detected && new.id != old.id)
    #expect(try CaseVault(store).facts(of: new.id).name == "Ada Other")
    let entries = store.state.withLock { $0.entries }
    #expect(entries.map(\.event) == [.revoke, .detect])
    #expect(entries[0].caseID == old.id && entries[1].caseID == new.id)
  }

  @Test(
    "who was to get no reference gets one by a person's word",
    arguments: [HandledDeparture.Reason.baseline, .excluded])
  func firstCase(reason: HandledDeparture.Reason) async throws {
    let departure = Sample.departure()
    store.state.withLock {
      $0.handled[departure.person] = HandledDeparture(
        departure: departure, reason: reason, caseID: nil, at: Sample.now)
    }
    let source = OneLeaver(reading: .init(facts: Sample.facts()))
    let new = try await reissue().make(employee: "42", from: source, by: Sample.opal, at: Sample.now + 9)
    #expect(new.stage == .detected)
    #expect(store.events(of: new.id) == [.detect])
    #expect(store.state.withLock { $0.entries.count } == 1)
  }

  @Test("who was never handled, is still open or has not left is refused before anything personal is read")
  func noReissue() async throws {
    let source = OneLeaver(reading: .init(facts: Sample.facts()))
    await #expect(throws: DeskFailure.neverHandled) {
      try await reissue().make(employee: "42", from: source, by: Sample.opal, at: Sample.now)
    }
    let open = try remembered(at: .accepted)
    await #expect(throws: DeskFailure.stillOpen(open.id)) {
      try await reissue().make(employee: "42", from: source, by: Sample.opal, at: Sample.now)
    }
    #expect(store.state.withLock { $0.cases.count } == 1)
  }
}
