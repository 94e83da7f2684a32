import Delivery
import Mail
import Synchronization
import Testing

@Suite("Notices: queued with what they tell of, many in one mail, at least once")
struct NoticeCourierTests {
  let store = MemoryStore()
  let clock = ManualClock(Sample.now)
  let relay = ScriptedTransport()

  func courier(_ relay: ScriptedTransport? = nil, alarms: ScriptedTransport? = nil) throws -> NoticeCourier {
    NoticeCourier(
      queue: store, composer: PlainComposer(),
      directory: .init(
        recipients: [
          .hr: try Address(parsing: "people@acme.example"), .ops: try Address(parsing: "ops@acme.example"),
          .officer: try Address(parsing: "compliance@acme.example"),
        ], domain: "acme.example", relay: relay ?? self.relay, alarmRelay: alarms),
      returnPath: try Sample.returnPath(), logger: Sample.logger())
  }

  func pending() -> Int { store.state.withLock { $0.notices.count } }

  @Test("a held and an undeliverable case tell HR in the same step, without anything personal")
  func queued() async throws {
    let row = try Sample.queued(in: store)
    try store.commit(try row.held(for: .noDates, at: Sample.now), at: Sample.now)
    let other = try Sample.queued(in: store, at: .sending, number: 2)
    try store.commit(
      try other.moved(by: .refuse, at: Sample.now) {
        $0.ground = .fail
        $0.lastClass = .unknownUser
      }, at: Sample.now)
    let drafts = store.state.withLock { $0.notices.map(\.notice.draft) }
    #expect(drafts.map(\.kind) == [.held, .undeliverable])
    #expect(drafts.map(\.item.caseID) == [row.id, other.id])
    #expect(drafts[0].item.detail == HoldReason.noDates.explanation)
    #expect(drafts[1].item.detail.contains("unknown-user"))
    #expect(!"\(drafts)".contains("ada"))
  }

  @Test("who holds a case by hand need not be told")
  func byHand() throws {
    let row = try Sample.queued(in: store)
    _ = try Sample.desk(store).hold(row.id, by: Sample.opal, at: Sample.now)
    #expect(pending() == 0)
  }

  @Test("all that waits goes in one mail, to whom it concerns, and leaves the queue when the relay has taken it")
  func bundled() async throws {
    try store.queue(
      (1...5).map { NoticeDraft(.held, .init(caseID: .random(), detail: "reason \($0)")) }, at: Sample.now)
    try store.queue([NoticeDraft(.alarm, .init(detail: "down"))], at: Sample.now)
    try await courier().round(relayIsPaused: false, clock: clock)
    let sent = relay.state.withLock { $0.sent }
    #expect(sent.map(\.envelope.recipient.text) == ["people@acme.example", "ops@acme.example"])
    #expect(sent[0].envelope.sender?.text == "bounces@acme.example")
    let text = String(decoding: sent[0].message, as: UTF8.self)
    #expect((1...5).allSatisfy { text.contains("reason \($0)\r\n") })
    #expect(pending() == 0)
  }

  @Test("a second mail of a kind to HR waits for an hour; alarms do not")
  func rhythm() async throws {
    let courier = try courier()
    for _ in 1...3 {
      try store.queue(
        [NoticeDraft(.held, .init(detail: "x")), NoticeDraft(.alarm, .init(detail: "y"))], at: clock.now())
      try await courier.round(relayIsPaused: false, clock: clock)
      clock.advance(by: 60)
    }
    #expect(relay.sent == 1 + 3)
    clock.advance(by: 3600)
    try await courier.round(relayIsPaused: false, clock: clock)
    #expect(relay.sent == 1 + 3 + 1)
    #expect(pending() == 0)
  }

  @Test("a mail whose fate is unknown is sent again with the same Message-ID and nothing added")
  func again() async throws {
    let relay = ScriptedTransport(.afterDot(.unknown(.timedOut(.dot))))
    let courier = try courier(relay)
    try store.queue([NoticeDraft(.held, .init(detail: "first"))], at: clock.now())
    try await courier.round(relayIsPaused: false, clock: clock)
    #expect(pending() == 1)
    try store.queue([NoticeDraft(.held, .init(detail: "second"))], at: clock.now())
    clock.advance(by: 60)
    try await courier.round(relayIsPaused: false, clock: clock)
    let sent = relay.state.withLock { $0.sent.map { String(decoding: $0.message, as: UTF8.self) } }
    #expect(sent.count == 2 && sent[0] == sent[1])
  }

  @Test("what the relay refuses for good, or for five days, is given up, not retried for ever")
  func givenUp() async throws {
    let refusal = Refusal.reply(.rcpt, Reply(code: 550))
    try store.queue([NoticeDraft(.alarm, .init(detail: "x"))], at: clock.now())
    try await courier(ScriptedTransport(.beforeDot(.refused(refusal)))).round(relayIsPaused: false, clock: clock)
    #expect(pending() == 0)

    try store.queue([NoticeDraft(.alarm, .init(detail: "x"))], at: clock.now())
    clock.advance(by: 5 * 86_400)
    let deferral = ScriptedTransport.Step.beforeDot(.deferred(.connectionLost(.mail)))
    try await courier(ScriptedTransport(deferral)).round(relayIsPaused: false, clock: clock)
    #expect(pending() == 0)
  }

  @Test("while the relay is paused nothing goes by it; an alarm goes by the relay named for alarms")
  func otherWay() async throws {
    let alarms = ScriptedTransport()
    let courier = try courier(alarms: alarms)
    try store.queue(
      [NoticeDraft(.held, .init(detail: "x")), NoticeDraft(.alarm, .init(detail: "the relay"))], at: clock.now())
    try await courier.round(relayIsPaused: true, clock: clock)
    #expect(relay.sent == 0 && alarms.sent == 1)
    try await courier.round(relayIsPaused: false, clock: clock)
    #expect(relay.sent == 1)
  }
}
