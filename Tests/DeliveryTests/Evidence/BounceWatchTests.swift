import Audit
import Delivery
import Mail
import Synchronization
import Testing

/// A mailbox in memory: it keeps what was not taken, and what is somebody else's.
final class MemoryMailbox: ReportSource {
  struct State: Sendable {
    var waiting: [ReceivedMessage] = []
    var left: [ReceivedMessage] = []
    var setAside = 0
    var trouble: String?
    /// Messages that one look reaches.
    var most = Int.max
  }
  let state = Mutex(State())

  func put(_ message: ReceivedMessage) { state.withLock { $0.waiting.append(message) } }

  func collect(
    _ take: @Sendable (ReceivedMessage) async throws -> Disposition
  ) async throws(ReportSourceFailure) -> Collected {
    if let trouble = state.withLock(\.trouble) { throw .unreadable(trouble) }
    var collected = Collected(setAside: state.withLock(\.setAside))
    while let message = state.withLock(\.waiting.first) {
      guard collected.taken < state.withLock(\.most) else {
        collected.isComplete = false
        return collected
      }
      let disposition: Disposition
      do { disposition = try await take(message) } catch { throw .notTaken(error) }
      state.withLock { state in
        state.waiting.removeFirst()
        if disposition == .leave { state.left.append(message) }
      }
      collected.taken += 1
    }
    return collected
  }
}

@Suite("The bounce mailbox is looked into")
struct BounceWatchTests {
  let stage: ReportStage
  let mailbox = MemoryMailbox()
  let second = MemoryMailbox()
  let clock = ManualClock(Sample.now + 60)
  let transport = ScriptedTransport()
  let watch: BounceWatch

  init() throws {
    stage = ReportStage()
    watch = try Self.watch(stage, [mailbox, second], transport)
  }

  private static func watch(
    _ stage: ReportStage, _ sources: [any ReportSource], _ transport: any Transport
  ) throws -> BounceWatch {
    BounceWatch(
      sources: sources, desk: try stage.desk(), log: stage.store,
      prober: Prober(
        log: stage.store, transport: transport, returnPath: try stage.returnPath,
        from: try Mailbox(parsing: "Acme People <people@acme.example>"), domain: "acme.example",
        logger: stage.lines.logger),
      bell: AlarmBell(stage.store, logger: stage.lines.logger), logger: stage.lines.logger)
  }

  /// What the relay was given, as it comes back to the mailbox.
  private func returned() -> [ReceivedMessage] {
    transport.state.withLock { state in
      state.sent.map { ReceivedMessage(octets: $0.message, recipient: $0.envelope.recipient.text) }
    }
  }

  @Test("everything that waits is taken, and the look tells what it was")
  func look() async throws {
    let row = try await stage.sent()
    mailbox.put(try stage.report(.hard, of: row))
    mailbox.put(ReceivedMessage(octets: Array("Subject: hello\r\n\r\nhello\r\n".utf8)))
    second.put(try stage.report(.hard, of: row))
    second.state.withLock { $0.setAside = 1 }
    let look = try await watch.look(clockIsRight: true, clock: clock)
    #expect(look.taken == 3 && look.setAside == 1 && look.moved == 1 && look.troubles.isEmpty)
    #expect(look.findings == [.moved: 1, .noReport: 1, .repeated: 1])
    #expect(mailbox.state.withLock(\.left.count) == 1, "somebody else's mail stays")
    #expect(try watch.health().lastLook == clock.now())
    #expect(stage.store.state.withLock(\.lastLook) == clock.now())
  }

  @Test("a source in trouble does not keep the next from being read; ops hear of it after an hour, and when it is over")
  func trouble() async throws {
    let row = try await stage.sent()
    mailbox.state.withLock { $0.trouble = "the login to the mailbox was refused; look at bounces.username" }
    second.put(try stage.report(.delivered, of: row))
    let look = try await watch.look(clockIsRight: true, clock: clock)
    #expect(look.taken == 1 && look.moved == 1)
    #expect(look.troubles == ["the login to the mailbox was refused; look at bounces.username"])
    #expect(try watch.health().lastLook == nil, "half a look proves no silence")
    let alarm = try #require(try stage.store.alarms().first)
    #expect(alarm.kind == .bounces && alarm.detail.contains("bounces.username"))
    #expect(stage.store.state.withLock { $0.notices.map(\.due) } == [clock.now() + 3600])
    _ = try await watch.look(clockIsRight: true, clock: clock)
    #expect(try stage.store.alarms().count == 1)
    mailbox.state.withLock { $0.trouble = nil }
    try await watch.probe(clock: clock)
    returned().forEach(mailbox.put)
    _ = try await watch.look(clockIsRight: true, clock: clock)
    #expect(try stage.store.alarms().isEmpty)
  }

  @Test("a look that does not reach everything proves no silence; the next one does")
  func incomplete() async throws {
    for _ in 0..<3 { mailbox.put(ReceivedMessage(octets: Array("Subject: hello\r\n\r\nhello\r\n".utf8))) }
    mailbox.state.withLock { $0.most = 2 }
    let look = try await watch.look(clockIsRight: true, clock: clock)
    #expect(look.taken == 2 && look.troubles.isEmpty)
    #expect(try watch.health().lastLook == nil)
    clock.advance(by: 60)
    _ = try await watch.look(clockIsRight: true, clock: clock)
    #expect(try watch.health().lastLook == clock.now())
  }

  @Test("a store in trouble leaves what it could not take in the mailbox")
  func notTaken() async throws {
    let row = try await stage.sent()
    mailbox.put(try stage.report(.hard, of: row))
    stage.store.state.withLock { $0.failing = true }
    let look = try await watch.look(clockIsRight: true, clock: clock)
    #expect(look.taken == 0 && look.troubles.count == 1)
    #expect(try watch.health().lastLook == nil)
    stage.store.state.withLock { $0.failing = false }
    #expect(try await watch.look(clockIsRight: true, clock: clock).moved == 1)
  }

  @Test("while the clock is wrong a look proves no silence")
  func wrongClock() async throws {
    _ = try await watch.look(clockIsRight: false, clock: clock)
    #expect(try watch.health().lastLook == nil)
  }

  @Test(
    "a probe goes to where reports come, is known when it is back, and is never taken for a report",
    arguments: ReturnPath.Style.allCases)
  func probe(style: ReturnPath.Style) async throws {
    let stage = ReportStage(style)
    let watch = try Self.watch(stage, [mailbox], transport)
    try await watch.probe(clock: clock)
    try await watch.probe(clock: clock)
    let sent = try #require(transport.state.withLock { $0.sent.first })
    #expect(transport.sent == 1)
    #expect(sent.envelope.dsn.notify.isEmpty)
    let local = sent.envelope.recipient.localPart
    #expect(style == .plain ? local == "bounces" : local.hasPrefix("bounces+") && local.count == 24)
    #expect(try watch.health().state(at: clock.now()) == .beginning)
    returned().forEach(mailbox.put)
    returned().forEach(mailbox.put)
    let look = try await watch.look(clockIsRight: true, clock: clock)
    #expect(look.findings == [.probe: 1, .repeated: 1])
    #expect(try watch.health().state(at: clock.now()) == .working)
    // One a day, and its absence is told.
    clock.advance(by: 86_399)
    try await watch.probe(clock: clock)
    #expect(transport.sent == 1)
    clock.advance(by: 1)
    try await watch.probe(clock: clock)
    #expect(transport.sent == 2)
    clock.advance(by: 2 * 3600)
    _ = try await watch.look(clockIsRight: true, clock: clock)
    #expect(try stage.store.alarms().map(\.kind) == [.bounces])
    _ = try await watch.look(clockIsRight: true, clock: clock)
    #expect(stage.store.state.withLock { $0.notices.count } == 1, "told once")
    returned().suffix(1).forEach(mailbox.put)
    _ = try await watch.look(clockIsRight: true, clock: clock)
    #expect(try stage.store.alarms().isEmpty)
  }

  @Test("a probe with our Message-ID around a report is still a probe, and one of a token that is not ours is nothing")
  func disguised() async throws {
    let row = try await stage.sent()
    try await watch.probe(clock: clock)
    let probe = try #require(try stage.store.intake().probes.first)
    let token = try stage.returnPath.token(probe: probe.number, at: probe.sent).text
    var text = ReportText(.hard)
    text.to = try stage.address(row)
    text.extraHeader = "Message-ID: <\(token)@acme.example>\r\n"
    mailbox.put(text.message)
    let look = try await watch.look(clockIsRight: true, clock: clock)
    #expect(look.findings == [.probe: 1])
    #expect(try stage.row(row.id).stage == .accepted)
  }

  @Test("a probe that the relay does not take is forgotten, and goes five minutes later")
  func probePutOff() async throws {
    let trouble = RouteTrouble(kind: .unreachable, phase: .connect, advice: "look at smtp.url")
    for step in [
      ScriptedTransport.Step.trouble(trouble), .beforeDot(.deferred(.timedOut(.mail))),
      .beforeDot(.refused(.reply(.rcpt, Reply(code: 550)))),
    ] {
      let stage = ReportStage()
      let transport = ScriptedTransport(step)
      let watch = try Self.watch(stage, [mailbox], transport)
      let clock = ManualClock(Sample.now)
      try await watch.probe(clock: clock)
      #expect(try stage.store.intake().probes.isEmpty)
      clock.advance(by: 299)
      try await watch.probe(clock: clock)
      #expect(transport.sent == 1)
      clock.advance(by: 1)
      try await watch.probe(clock: clock)
      #expect(transport.sent == 2)
      #expect(try stage.store.intake().probes.count == 1)
    }
  }

  @Test("without a mailbox nothing is looked at, sent or told")
  func unconfigured() async throws {
    let watch = try Self.watch(stage, [], transport)
    _ = try await watch.look(clockIsRight: true, clock: clock)
    try await watch.probe(clock: clock)
    #expect(transport.sent == 0)
    #expect(try watch.health() == .none)
    #expect(try stage.store.alarms().isEmpty)
  }

  @Test("a restart knows the last look to within ten minutes, never later than it was")
  func restart() async throws {
    for _ in 0..<100 {
      _ = try await watch.look(clockIsRight: true, clock: clock)
      clock.advance(by: 15)
    }
    let kept = try #require(try Self.watch(stage, [mailbox], transport).health().lastLook)
    let known = try #require(try watch.health().lastLook)
    #expect(kept <= known && known - kept <= 600)
  }

  @Test("watched silence confirms, and the entry says so; a failing mailbox lets cases wait")
  func settled() async throws {
    let row = try await stage.sent()
    let settlement = Settlement(
      store: stage.store, purger: stage.store, confirm: ConfirmRule(quietPeriod: 3600), retention: Retention(),
      logger: stage.lines.logger)
    try await watch.probe(clock: clock)
    clock.advance(by: 3600)
    _ = try await watch.look(clockIsRight: true, clock: clock)
    #expect(try settlement.confirm(watching: try watch.health(), at: clock.now()).isEmpty, "no probe is back")
    returned().forEach(mailbox.put)
    _ = try await watch.look(clockIsRight: true, clock: clock)
    #expect(try settlement.confirm(watching: try watch.health(), at: clock.now()).map(\.id) == [row.id])
    let entry = try #require(stage.store.state.withLock { $0.entries.last })
    #expect(entry.fields == ["how": "quiet", "seconds": 3660, "watched": true])
  }

  @Test("relayed confirms a day later, and the entry names the report")
  func settledByRelayed() async throws {
    let row = try await stage.sent()
    let settlement = Settlement(
      store: stage.store, purger: stage.store, confirm: ConfirmRule(requires: .relayed), retention: Retention(),
      logger: stage.lines.logger)
    try stage.take(.relayed, of: row)
    try await watch.probe(clock: clock)
    returned().forEach(mailbox.put)
    _ = try await watch.look(clockIsRight: true, clock: clock)
    #expect(try settlement.confirm(watching: try watch.health(), at: clock.now()).isEmpty)
    clock.advance(by: 86_400)
    _ = try await watch.look(clockIsRight: true, clock: clock)
    #expect(try settlement.confirm(watching: try watch.health(), at: clock.now()).map(\.id) == [row.id])
    let fields = try #require(stage.store.state.withLock { $0.entries.last }).fields
    #expect(fields["how"] == "dsn-relayed" && fields["attempt"] == 1 && fields["watched"] == true)
    #expect(fields["evidence"] == .string(try #require(try stage.store.reports(of: row.id).first).hash))
  }
}
