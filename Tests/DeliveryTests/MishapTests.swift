import Audit
import Delivery
import Foundation
import Mail
import Synchronization
import Testing

@Suite("Mishaps between the relay, the disk and a person: nothing is forgotten, nothing goes to the wrong address")
struct MishapTests {
  let store = MemoryStore()
  let clock = ManualClock(Sample.now)
  static let accepted = Outcome.accepted(Reply(code: 250))
  static let silence = Outcome.deferred(.timedOut(.mail))
  static let down = RouteTrouble(kind: .unreachable, phase: .connect, advice: "look at smtp.url")

  @Test("what the relay said while the disk was full is recorded once it is not; until then nothing is sent")
  func answerSurvivesTheDisk() async throws {
    let row = try Sample.queued(in: store)
    let other = try Sample.queued(in: store, number: 2)
    let store = self.store
    let transport = Eventful(after: { store.state.withLock { $0.failing = true } })
    let courier = try Sample.courier(store, transport)
    #expect(try await courier.round(clock: clock).storeFailed)
    #expect(try store.find(row.id)?.stage == .sending)
    // Still full: nothing goes out, and the answer is kept.
    #expect(try await courier.round(clock: clock).storeFailed)
    #expect(transport.dots == 1)
    store.state.withLock { $0.failing = false }
    transport.calm()
    let round = try await courier.round(clock: clock)
    #expect(round.accepted == 2 && !round.storeFailed)
    #expect(transport.dots == 2)
    for id in [row.id, other.id] { #expect(store.events(of: id) == [.sent]) }
    #expect(try store.attempts(of: row.id).map(\.result?.verdict) == [.accepted])
  }

  @Test(
    "somebody who is back before the relay's answer could be recorded: it is revoked, and the answer counts all the same"
  )
  func returnsBeforeTheAnswer() async throws {
    let row = try Sample.queued(in: store)
    let store = self.store
    let transport = Eventful(after: { store.state.withLock { $0.failing = true } })
    let courier = try Sample.courier(store, transport)
    #expect(try await courier.round(clock: clock).storeFailed)
    store.state.withLock { $0.failing = false }
    transport.calm()
    let intake = Intake(
      store: store, departures: store, admission: Sample.admission, restores: RestoreGuard(store, leadDays: 0),
      logger: Sample.logger())
    #expect(try intake.take([.returned(Sample.departure().person, caseID: row.id)], at: clock.now()).revoked == 1)
    #expect(try await courier.round(clock: clock).accepted == 1)
    #expect(try store.find(row.id)?.stage == .accepted)
    #expect(store.events(of: row.id) == [.revoke, .sent])
    #expect(transport.dots == 1)
  }

  @Test("a redelivery during the attempt withholds the old mail's dot; the next attempt goes to the new address")
  func redeliveredMeanwhile() async throws {
    let row = try Sample.queued(in: store)
    let store = self.store
    let address = try Address(parsing: "ada@home.example")
    let transport = Eventful(before: {
      let desk = Sample.desk(store)
      _ = try? desk.hold(row.id, by: Sample.opal, at: Sample.now)
      _ = try? desk.redeliver(row.id, to: address, by: Sample.opal, at: Sample.now)
    })
    let courier = try Sample.courier(store, transport)
    let round = try await courier.round(clock: clock)
    #expect(round.accepted == 0 && !round.storeFailed)
    #expect(transport.dots == 0)
    #expect(try store.find(row.id)?.stage == .queued)
    transport.calm()
    _ = try await courier.round(clock: clock)
    #expect(try store.find(row.id)?.stage == .accepted)
    #expect(transport.recipients == ["ada@acme.example", "ada@home.example"])
  }

  @Test("a refusal of the old address says nothing about the new one")
  func refusedMeanwhile() async throws {
    let row = try Sample.queued(in: store)
    let store = self.store
    let address = try Address(parsing: "ada@home.example")
    let refusal = Outcome.refused(.reply(.rcpt, Reply(code: 550)))
    let transport = Eventful(
      before: {
        let desk = Sample.desk(store)
        _ = try? desk.hold(row.id, by: Sample.opal, at: Sample.now)
        _ = try? desk.redeliver(row.id, to: address, by: Sample.opal, at: Sample.now)
      }, early: refusal)
    _ = try await Sample.courier(store, transport).round(clock: clock)
    #expect(try store.find(row.id)?.stage == .queued)
    #expect(try store.find(row.id)?.attempts == 0)
  }

  @Test("an unknown that was held and released is decided all the same")
  func unknownReleased() async throws {
    let row = try Sample.queued(in: store, at: .sending)
    try store.commit(try row.moved(by: .lose, at: Sample.now) { $0.nextAttempt = Sample.now + 50 }, at: Sample.now)
    let desk = Sample.desk(store)
    _ = try desk.hold(row.id, by: Sample.opal, at: Sample.now)
    _ = try await desk.release(row.id, from: nil, by: Sample.opal, at: Sample.now)
    #expect(try store.find(row.id)?.stage == .unknown)
    let settlement = Settlement(
      store: store, purger: store, confirm: ConfirmRule(), retention: Retention(), logger: Sample.logger())
    #expect(try settlement.resolveUnknown(by: .standard, at: Sample.now + 1).map(\.stage) == [.queued])
  }

  @Test("a case whose seal is damaged is held, the others go, and a person can close it")
  func damagedSeal() async throws {
    let broken = try Sample.queued(in: store, number: 1)
    let good = try Sample.queued(in: store, number: 2)
    store.state.withLock { $0.damaged = [broken.id] }
    let round = try await Sample.courier(store, ScriptedTransport()).round(clock: clock)
    #expect(round.accepted == 1 && round.held == 1 && !round.storeFailed)
    #expect(try store.find(good.id)?.stage == .accepted)
    #expect(try store.alarms().isEmpty)
    #expect(try Sample.desk(store).cancel(broken.id, by: Sample.opal, at: Sample.now).stage == .cancelled)
    #expect(store.state.withLock { $0.entries.last?.fields["by"] } == nil)
  }

  @Test("a probe that meets silence proves nothing: the pause grows, and the alarm stays")
  func silentProbe() async throws {
    for number in 1...3 { _ = try Sample.queued(in: store, number: UInt8(number)) }
    let transport = ScriptedTransport(.trouble(Self.down), .beforeDot(Self.silence))
    let courier = try Sample.courier(store, transport)
    _ = try await courier.round(clock: clock)
    clock.advance(by: 30)
    let round = try await courier.round(clock: clock)
    #expect(transport.sent == 2)
    #expect(round.pausedUntil == Sample.now + 90)
    #expect(try store.alarms().map(\.kind) == [.route])
    clock.advance(by: 60)
    #expect(try await courier.round(clock: clock).accepted >= 2)
    #expect(try store.alarms().isEmpty)
  }

  @Test("an alarm that a former process left up ends with the first word of the relay")
  func alarmFromBefore() async throws {
    _ = try store.raise(Alarm(.route, since: Sample.now, detail: "down"), telling: Sample.now)
    _ = try Sample.queued(in: store)
    _ = try await Sample.courier(store, ScriptedTransport()).round(clock: clock)
    #expect(try store.alarms().isEmpty)
  }

  @Test("quiet hours that begin during a round keep back what was not begun")
  func quietHoursBegin() async throws {
    for number in 1...3 { _ = try Sample.queued(in: store, number: UInt8(number)) }
    var policy = RetryPolicy.standard
    let clock = self.clock
    // The samples' time is 14:13:20 UTC.
    let (from, to) = (QuietHours.TimeOfDay(parsing: "14:15"), QuietHours.TimeOfDay(parsing: "15:00"))
    policy.quietHours = QuietHours(from: try #require(from), to: try #require(to), timeZone: .gmt)
    let transport = Eventful(after: { clock.advance(by: 120) })
    let round = try await Sample.courier(store, transport, policy: policy).round(clock: clock)
    #expect(transport.dots == 1)
    #expect(round.waitsUntil != nil)
  }

  @Test("a mail of notices that the relay has taken does not go again while the queue cannot be written")
  func noticesOnce() async throws {
    try store.queue([NoticeDraft(.alarm, .init(detail: "down"))], at: Sample.now)
    let store = self.store
    let transport = Eventful(after: { store.state.withLock { $0.failing = true } })
    let notices = NoticeCourier(
      queue: store, composer: PlainComposer(),
      directory: .init(
        recipients: [.ops: try Address(parsing: "ops@acme.example")], domain: "acme.example", relay: transport),
      returnPath: try Sample.returnPath(), logger: Sample.logger())
    for _ in 1...3 {
      await #expect(throws: MemoryStore.DiskFull.self) { try await notices.round(relayIsPaused: false, clock: clock) }
    }
    #expect(transport.dots == 1)
    store.state.withLock { $0.failing = false }
    try await notices.round(relayIsPaused: false, clock: clock)
    #expect(transport.dots == 1)
    #expect(store.state.withLock { $0.notices.isEmpty })
  }
}

/// A relay that takes everything, with something that happens before the intent or after the dot.
private final class Eventful: Transport {
  typealias Event = @Sendable () -> Void
  private struct State: Sendable {
    var before: Event
    var after: Event
    var early: Outcome?
    var dots = 0
    var recipients: [String] = []
  }
  private let state: Mutex<State>

  init(before: @escaping Event = {}, after: @escaping Event = {}, early: Outcome? = nil) {
    state = Mutex(State(before: before, after: after, early: early))
  }

  var dots: Int { state.withLock(\.dots) }
  var recipients: [String] { state.withLock(\.recipients) }

  /// Lets nothing happen from now on.
  func calm() {
    state.withLock { state in
      state.before = {}
      state.after = {}
      state.early = nil
    }
  }

  func send(
    _ envelope: Envelope, message: [UInt8], intent: @escaping @Sendable () throws -> Void
  ) async throws(TransportFailure) -> Outcome {
    let (before, after, early) = state.withLock { state in
      state.recipients.append(envelope.recipient.text)
      return (state.before, state.after, state.early)
    }
    before()
    if let early { return early }
    do { try intent() } catch { throw .intent(error) }
    state.withLock { $0.dots += 1 }
    after()
    return .accepted(Reply(code: 250))
  }
}
