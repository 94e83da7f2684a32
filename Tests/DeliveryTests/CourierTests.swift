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
    let kept = try #require(try CaseVault(store).replies(of: row.id).items.first)
    #expect(kept.text == reply.lines[0] && kept.code == 250 && kept.status == "2.0.0" && kept.phase == .dot)
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
    // Nothing was sent, so there is nothing to tell.
    #expect(try store.attempts(of: first.id).isEmpty)
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
    let path = try Sample.returnPath()
    for (number, mail) in sent.enumerated() {
      let token = path.token(case: row.id, attempt: number + 1)
      #expect(mail.envelope.dsn.envid == "\(row.id).\(number + 1).\(token.text)")
      #expect(mail.envelope.dsn.envid.utf8.count <= 100)
    }
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
    let courier = try Sample.courier(store, FailingDisk(store))
    let round = try await courier.round(clock: clock)
    #expect(round.accepted == 0 && round.storeFailed)
    #expect(try store.find(row.id)?.stage == .queued)
  }

  @Test("after a crash an intent without a result is unknown, and charged")
  func recovery() async throws {
    let lost = try Sample.queued(in: store, at: .sending, number: 1)
    let unsent = try Sample.queued(in: store, number: 2)
    store.state.withLock { state in
      state.attempts[lost.id] = [Attempt(number: 1, started: Sample.now, intent: Sample.now + 1)]
    }
    try await Sample.courier(store, ScriptedTransport()).recover(at: Sample.now + 60)
    #expect(try store.find(lost.id)?.stage == .unknown)
    #expect(try store.find(lost.id)?.attempts == 1)
    #expect(try store.find(lost.id)?.nextAttempt == Sample.now + 60 + 86_400)
    #expect(try store.attempts(of: lost.id).map(\.result?.verdict) == [.unknown])
    #expect(try store.find(unsent.id) == unsent)
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

  @Test("as many attempts as the transport is wide are under way at once, and each case goes exactly once")
  func parallel() async throws {
    let gate = Gate(width: 4)
    let rows = try (1...12).map { try Sample.queued(in: store, number: UInt8($0)) }
    let round = try await Sample.courier(store, gate).round(clock: clock)
    #expect(round.accepted == 12)
    #expect(gate.most == 4)
    for row in rows { #expect(try store.attempts(of: row.id).count == 1) }
  }

  @Test("after a pause a single probe goes first, however wide the transport is")
  func probe() async throws {
    for number in 1...6 { _ = try Sample.queued(in: store, number: UInt8(number)) }
    let transport = ScriptedTransport(.trouble(Self.trouble), .trouble(Self.trouble), width: 2)
    let courier = try Sample.courier(store, transport)
    _ = try await courier.round(clock: clock)
    #expect(transport.sent == 2)
    #expect(try store.alarms().map(\.kind) == [.route])
    clock.advance(by: 3600)
    transport.state.withLock { $0.steps = [.trouble(Self.trouble)] }
    _ = try await courier.round(clock: clock)
    #expect(transport.sent == 3)
    clock.advance(by: 3600)
    let round = try await courier.round(clock: clock)
    #expect(round.accepted == 6 && round.pausedUntil == nil)
    #expect(try store.alarms().isEmpty)
  }

  @Test("a case over which the relay ends every session is charged and held; the others pass")
  func poisonous() async throws {
    let busy = RouteTrouble(kind: .busy, phase: .rcpt, code: 421, advice: "busy")
    let poison = try Sample.queued(in: store, number: 1)
    let good = try Sample.queued(in: store, number: 2)
    let transport = Poisoned(by: 1, with: busy)
    let courier = try Sample.courier(store, transport)
    for _ in 1...3 {
      _ = try await courier.round(clock: clock)
      clock.advance(by: 3600)
    }
    #expect(try store.find(good.id)?.stage == .accepted)
    #expect(try store.find(poison.id)?.hold == Hold(reason: .endsSessions, resume: .queued))
    #expect(try store.find(poison.id)?.attempts == 1)
    #expect(store.events(of: poison.id) == [.hold])
  }

  @Test("a person's hold during the attempt withholds the dot")
  func heldMeanwhile() async throws {
    let row = try Sample.queued(in: store)
    let store = self.store
    let transport = Interrupted { try? store.commit(row.held(for: .operator, at: Sample.now), at: Sample.now) }
    let round = try await Sample.courier(store, transport).round(clock: clock)
    #expect(try store.find(row.id)?.stage == .held)
    #expect(round.held == 1 && !round.storeFailed)
    #expect(try store.attempts(of: row.id).isEmpty)
    #expect(transport.dots == 0)
  }

  @Test("while the clock cannot be trusted no case runs out of time")
  func clockJumped() async throws {
    let row = try Sample.queued(in: store)
    clock.jump(by: 400 * 86_400)
    let courier = try Sample.courier(store, ScriptedTransport(.beforeDot(.deferred(Self.deferral))))
    _ = try await courier.round(mayEnd: { false }, clock: clock)
    #expect(try store.find(row.id)?.stage == .deferred)
    #expect(store.events(of: row.id) == [.deferred])
  }
}

/// A relay that takes everything, slowly enough that all who may come are there together.
private final class Gate: Transport {
  let width: Int
  private let present = Mutex((now: 0, most: 0))

  init(width: Int) { self.width = width }

  var most: Int { present.withLock { $0.most } }

  func send(
    _ envelope: Envelope, message: [UInt8], intent: @escaping @Sendable () throws -> Void
  ) async throws(TransportFailure) -> Outcome {
    present.withLock {
      $0.now += 1
      $0.most = max($0.most, $0.now)
    }
    // Until as many are there as may be; the last ones find the house empty and go on after a while.
    for _ in 0..<200 where present.withLock({ $0.most < width }) { try? await Task.sleep(for: .milliseconds(5)) }
    do { try intent() } catch { throw .intent(error) }
    present.withLock { $0.now -= 1 }
    return .accepted(Reply(code: 250))
  }
}

/// A relay that ends the session over one mail and takes the others.
private struct Poisoned: Transport {
  let number: UInt8
  let trouble: RouteTrouble

  init(by number: UInt8, with trouble: RouteTrouble) {
    self.number = number
    self.trouble = trouble
  }

  func send(
    _ envelope: Envelope, message: [UInt8], intent: @escaping @Sendable () throws -> Void
  ) async throws(TransportFailure) -> Outcome {
    if String(decoding: message, as: UTF8.self).contains("body \(number)\r\n") { throw .route(trouble) }
    do { try intent() } catch { throw .intent(error) }
    return .accepted(Reply(code: 250))
  }
}

/// A relay during whose session something happens to the case.
private final class Interrupted: Transport {
  private let event: @Sendable () -> Void
  private let sent = Mutex(0)

  init(_ event: @escaping @Sendable () -> Void) { self.event = event }

  var dots: Int { sent.withLock { $0 } }

  func send(
    _ envelope: Envelope, message: [UInt8], intent: @escaping @Sendable () throws -> Void
  ) async throws(TransportFailure) -> Outcome {
    event()
    do { try intent() } catch { throw .intent(error) }
    sent.withLock { $0 += 1 }
    return .accepted(Reply(code: 250))
  }
}
