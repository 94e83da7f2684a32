import Audit
import Cryptography
import Delivery
import Mail
import Synchronization
import Testing

@Suite("The courier: one attempt, its intent and its result durable")
struct CourierTests {
  let store = MemoryStore()
  let clock = ManualClock(Sample.now)

  static let deferral = Cause.reply(
    .rcpt, Reply(code: 451, enhanced: EnhancedStatus(parsing: "4.7.1"), lines: ["later"]))
  static let refusal = Refusal.reply(.rcpt, Reply(code: 550, enhanced: EnhancedStatus(parsing: "5.1.1"), lines: ["no"]))
  static let trouble = RouteTrouble(kind: .unreachable, phase: .connect, advice: "look at smtp.url")

  @Test(
    "each outcome moves the case to its stage, with its entry",
    arguments: [
      (ScriptedTransport.Step.afterDot(.accepted(Reply(code: 250))), Stage.accepted, EntryEvent.sent),
      (.beforeDot(.deferred(deferral)), .deferred, .deferred),
      (.afterDot(.deferred(deferral)), .deferred, .deferred),
      (.beforeDot(.refused(refusal)), .undeliverable, .fail),
      (.beforeDot(.refused(.tooBig(limit: 10))), .undeliverable, .fail),
      (.beforeDot(.refused(.smtputf8NotOffered)), .undeliverable, .fail),
      (.afterDot(.unknown(.timedOut(.dot))), .unknown, .unknown),
      (.afterDot(.unknown(.connectionLost(.dot))), .unknown, .unknown),
    ])
  func outcome(step: ScriptedTransport.Step, stage: Stage, event: EntryEvent) async throws {
    let row = try Sample.queued(in: store)
    _ = try await Sample.courier(store, ScriptedTransport(step)).round(clock: clock)
    let after = try #require(try store.find(row.id))
    #expect(after.stage == stage)
    #expect(after.attempts == 1)
    #expect(store.events(of: row.id) == [event])
    let attempt = try #require(try store.attempts(of: row.id).first)
    #expect(attempt.finished != nil)
    if case .afterDot = step { #expect(attempt.intent != nil) } else { #expect(attempt.intent == nil) }
  }

  @Test("acceptance tells the ledger commitments, never the address or the reply's text")
  func commitments() async throws {
    let row = try Sample.queued(in: store)
    let reply = Reply(code: 250, enhanced: EnhancedStatus(parsing: "2.0.0"), lines: ["ok ada@acme.example queued"])
    _ = try await Sample.courier(store, ScriptedTransport(.afterDot(.accepted(reply)))).round(clock: clock)
    let entry = try #require(store.state.withLock { $0.entries.first { $0.caseID == row.id } })
    let salt = [UInt8](repeating: 7, count: 32)
    #expect(entry.fields["to"] == .string(Commitment.address(salt: salt, normalised: "ada@acme.example")))
    #expect(entry.fields["via"] == .string(Commitment.reply(salt: salt, text: reply.lines[0])))
    #expect(entry.fields["code"] == 250)
    #expect(entry.fields["attempt"] == 1)
    #expect(!"\(entry.fields)".contains("ada"))
    #expect(try store.unseal(.reply, of: row.id) == Array(reply.lines[0].utf8))
  }

  @Test("trouble of the route charges nobody, ends the round and pauses the route")
  func routeTrouble() async throws {
    let first = try Sample.queued(in: store, number: 1)
    let second = try Sample.queued(in: store, number: 2)
    let transport = ScriptedTransport(.trouble(Self.trouble))
    let courier = try Sample.courier(store, transport)
    let round = try await courier.round(clock: clock)
    #expect(round.trouble == Self.trouble)
    #expect(transport.sent == 1)
    for row in [first, second] {
      let after = try #require(try store.find(row.id))
      #expect(after.stage == .queued && after.attempts == 0)
    }
    #expect(try store.attempts(of: first.id).map(\.result?.verdict) == [.abandoned])
    #expect(store.state.withLock { $0.entries.isEmpty })

    // While the pause lasts nothing is tried.
    #expect(try await courier.round(clock: clock).pausedUntil != nil)
    #expect(transport.sent == 1)

    // The probe after the pause is the other case.
    clock.advance(by: 31)
    _ = try await courier.round(clock: clock)
    #expect(
      transport.state.withLock { $0.sent.map { $0.message.contains(UInt8(ascii: "2")) } } == [false, true, false])
    #expect(try store.find(first.id)?.stage == .accepted)
    #expect(try store.find(second.id)?.stage == .accepted)
  }

  @Test("pauses grow while the trouble lasts")
  func pausesGrow() async throws {
    _ = try Sample.queued(in: store)
    let steps = ScriptedTransport(.trouble(Self.trouble), .trouble(Self.trouble))
    let courier = try Sample.courier(store, steps)
    #expect(try await courier.round(clock: clock).pausedUntil == Sample.now + 30)
    clock.advance(by: 30)
    #expect(try await courier.round(clock: clock).pausedUntil == Sample.now + 30 + 60)
  }

  @Test("a deferred case is tried again when its time has come, not before, with the same bytes and a new return path")
  func retry() async throws {
    let row = try Sample.queued(in: store)
    let transport = ScriptedTransport(.beforeDot(.deferred(Self.deferral)))
    let courier = try Sample.courier(store, transport)
    _ = try await courier.round(clock: clock)
    #expect(try store.find(row.id)?.nextAttempt == Sample.now + 300)
    clock.advance(by: 299)
    _ = try await courier.round(clock: clock)
    #expect(transport.sent == 1)
    clock.advance(by: 1)
    _ = try await courier.round(clock: clock)
    let sent = transport.state.withLock { $0.sent }
    #expect(sent.count == 2)
    #expect(sent[0].message == sent[1].message)
    #expect(sent[0].envelope.sender != sent[1].envelope.sender)
    #expect(sent[0].envelope.dsn.envid == row.id.description)
    #expect(try store.find(row.id)?.stage == .accepted)
    #expect(try store.find(row.id)?.attempts == 2)
  }

  @Test("when the policy has run out the case is undeliverable, or held, as the class says")
  func expiry() async throws {
    let policy = RetryPolicy(
      rules: [.greylisted: .init(schedule: [10], jitter: 0, expiry: 10, then: .hold)],
      fallback: .init(schedule: [10], jitter: 0, expiry: 10), unknown: .init(after: 10, then: .hold), routePauses: [30])
    let held = try Sample.queued(in: store, number: 1)
    let failed = try Sample.queued(in: store, number: 2)
    clock.advance(by: 10)
    let courier = try Sample.courier(
      store,
      ScriptedTransport(
        .beforeDot(.deferred(Self.deferral)), .beforeDot(.deferred(.connectionLost(.data)))), policy: policy)
    _ = try await courier.round(clock: clock)
    #expect(try store.find(held.id)?.stage == .held)
    #expect(try store.find(held.id)?.hold == Hold(reason: .retriesEnded, resume: .deferred))
    #expect(try store.find(failed.id)?.stage == .undeliverable)
    #expect(try store.find(failed.id)?.ground == .expire)
    #expect(store.events(of: failed.id) == [.deferred, .expire])
  }

  @Test("if the intent cannot be made durable, the dot is withheld and sending stops")
  func intentNotDurable() async throws {
    let row = try Sample.queued(in: store)
    let store = self.store
    final class FailingDisk: Transport {
      let store: MemoryStore
      init(_ store: MemoryStore) { self.store = store }
      func send(
        _ envelope: Envelope, message: [UInt8], intent: @escaping @Sendable () throws -> Void
      ) async throws(TransportFailure) -> Outcome {
        store.state.withLock { $0.failing = true }
        defer { store.state.withLock { $0.failing = false } }
        do { try intent() } catch { throw .intent(error) }
        return .accepted(Reply(code: 250))
      }
    }
    let courier = Courier(
      store: store, transport: FailingDisk(store),
      returnPath: ReturnPath(
        bounceAddress: try Address(parsing: "bounces@acme.example"), style: .plain, key: .init([1])),
      policy: .standard, logger: Sample.logger())
    let round = try await courier.round(clock: clock)
    #expect(round.accepted == 0)
    #expect(round.pausedUntil != nil)
    #expect(try store.find(row.id)?.stage == .queued)
  }

  @Test("after a crash an intent without a result is unknown; without an intent the case was surely not sent")
  func recovery() async throws {
    let lost = try Sample.queued(in: store, at: .sending, number: 1)
    let unsent = try Sample.queued(in: store, at: .sending, number: 2)
    store.state.withLock { state in
      state.attempts[lost.id] = [Attempt(number: 1, started: Sample.now, intent: Sample.now + 1)]
      state.attempts[unsent.id] = [Attempt(number: 1, started: Sample.now)]
    }
    try await Sample.courier(store, ScriptedTransport()).recover(at: Sample.now + 60)
    #expect(try store.find(lost.id)?.stage == .unknown)
    #expect(try store.find(lost.id)?.nextAttempt == Sample.now + 60 + 86_400)
    #expect(try store.find(unsent.id)?.stage == .queued)
    #expect(store.events(of: lost.id) == [.unknown])
    #expect(store.events(of: unsent.id) == [])
  }

  @Test("tokens differ by case, attempt and key, and fit the local part")
  func tokens() throws {
    let path = ReturnPath(bounceAddress: try Address(parsing: "bounces@acme.example"), style: .verp, key: .init([1]))
    let other = ReturnPath(bounceAddress: try Address(parsing: "bounces@acme.example"), style: .verp, key: .init([2]))
    let id = CaseID.random()
    let tokens = [
      path.token(case: id, attempt: 1), path.token(case: id, attempt: 2), path.token(case: .random(), attempt: 1),
      other.token(case: id, attempt: 1),
    ]
    #expect(Set(tokens).count == 4)
    #expect(tokens.allSatisfy { $0.text.count == 16 })
    let envelope = try path.envelope(to: try Address(parsing: "ada@acme.example"), case: id, attempt: 1)
    #expect(envelope.sender?.text == "bounces+\(tokens[0].text)@acme.example")
  }

  @Test("a case whose sealed parts cannot be read is held, and the others are sent")
  func unreadable() async throws {
    let broken = try Sample.queued(in: store, number: 1)
    let good = try Sample.queued(in: store, number: 2)
    store.state.withLock { $0.sealed[broken.id]?[.mail] = nil }
    let round = try await Sample.courier(store, ScriptedTransport()).round(clock: clock)
    #expect(round.accepted == 1 && round.pausedUntil == nil)
    #expect(try store.find(broken.id)?.hold == Hold(reason: .composing, resume: .queued))
    #expect(try store.find(good.id)?.stage == .accepted)
  }
}
