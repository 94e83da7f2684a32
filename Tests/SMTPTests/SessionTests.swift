import Delivery
import Mail
import SMTP
import Sandbox
import Testing

/// What a session says, keeps and uses again.
@Suite struct SessionTests {
  private static let wishes = " NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;robin.sample@acme.example"

  @Test func linesAreExact() async throws {
    try await withSink { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port))
      let sent = await transport.end(try Samples.envelope())
      guard case .outcome(.accepted(let reply)) = sent else {
        Issue.record("not accepted")
        return
      }
      #expect(reply.code == 250)
      await transport.close()
      #expect(
        sink.commands().map(\.line) == [
          "EHLO appliance.acme.example",
          "MAIL FROM:<bounces+abc@acme.example> SIZE=\(Samples.mail.count) RET=HDRS ENVID=case-1",
          "RCPT TO:<robin.sample@acme.example>" + Self.wishes,
          "DATA", "QUIT",
        ])
      #expect(sink.mails().first?.message == Samples.mail)
    }
  }

  /// The stand-in refuses with 555 what it did not offer.
  @Test(arguments: [
    ([], "MAIL FROM:<bounces+abc@acme.example>", "RCPT TO:<robin.sample@acme.example>"),
    (
      ["SIZE"], "MAIL FROM:<bounces+abc@acme.example> SIZE=\(Samples.mail.count)",
      "RCPT TO:<robin.sample@acme.example>"
    ),
    (
      ["DSN"], "MAIL FROM:<bounces+abc@acme.example> RET=HDRS ENVID=case-1",
      "RCPT TO:<robin.sample@acme.example>" + wishes
    ),
  ])
  func parametersOnlyAsOffered(_ keywords: [String], _ mail: String, _ rcpt: String) async throws {
    try await withSink([], { $0.keywords = keywords }) { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port))
      guard case .outcome(.accepted) = await transport.end(try Samples.envelope()) else {
        Issue.record("not accepted")
        return
      }
      #expect(sink.commands().map(\.line)[1...2] == [mail, rcpt])
    }
  }

  @Test func oneSessionTakesManyMails() async throws {
    try await withSink { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port))
      for _ in 0..<5 { _ = await transport.end(try Samples.envelope()) }
      #expect(sink.mails().count == 5)
      #expect(sink.sessions == 1)
      #expect(!sink.commands().contains { $0.line == "RSET" })
    }
  }

  @Test(arguments: [SMTPFault.Point.mail, .rcpt, .data])
  func aRejectionKeepsTheSession(_ point: SMTPFault.Point) async throws {
    try await withSink([SMTPFault(point, .reply("550 5.1.1 text"))]) { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port))
      guard case .outcome(.refused) = await transport.end(try Samples.envelope()),
        case .outcome(.accepted) = await transport.end(try Samples.envelope())
      else {
        Issue.record("not refused and then accepted")
        return
      }
      #expect(sink.sessions == 1)
      #expect(sink.commands().count { $0.line == "RSET" } == 1)
    }
  }

  @Test func aSessionThatRefusesRSETIsLeft() async throws {
    let faults = [SMTPFault(.rcpt, .reply("550 5.1.1 text")), SMTPFault(.rset, .reply("500 text"))]
    try await withSink(faults) { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port))
      _ = await transport.end(try Samples.envelope())
      guard case .outcome(.accepted) = await transport.end(try Samples.envelope()) else {
        Issue.record("not accepted")
        return
      }
      #expect(sink.sessions == 2)
    }
  }

  /// The relay has ended an idle session: at once, or just when MAIL arrives, with or without a word.
  @Test(arguments: [SMTPFault.Action.close, .reset, .reply("421 4.4.2 text"), .garbage])
  func aStaleSessionIsReplaced(_ action: SMTPFault.Action) async throws {
    try await withSink { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port))
      _ = await transport.end(try Samples.envelope())
      sink.script([SMTPFault(.mail, action)])
      let intents = Intents()
      guard case .outcome(.accepted) = await transport.end(try Samples.envelope(), intent: { intents.keep() })
      else {
        Issue.record("not accepted")
        return
      }
      #expect(sink.sessions == 2)
      #expect(sink.mails().count == 2)
      #expect(intents.count == 1)
    }
  }

  @Test func aSecondStaleSessionIsNotForgiven() async throws {
    try await withSink { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port))
      _ = await transport.end(try Samples.envelope())
      sink.script([SMTPFault(.mail, .close, times: nil)])
      let sent = await transport.end(try Samples.envelope())
      #expect(sent == .outcome(.deferred(.connectionLost(.mail))))
      #expect(sink.sessions == 2)
    }
  }

  @Test func whatIsLostLaterIsNotSentAgain() async throws {
    try await withSink { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port))
      _ = await transport.end(try Samples.envelope())
      sink.script([SMTPFault(.dot, .close)])
      let sent = await transport.end(try Samples.envelope())
      #expect(sent == .outcome(.unknown(.connectionLost(.dot))))
      #expect(sink.sessions == 1)
    }
  }

  @Test func anIdleSessionIsNotUsedAgain() async throws {
    try await withSink { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port, idleLimit: .zero))
      for _ in 0..<2 { _ = await transport.end(try Samples.envelope()) }
      #expect(sink.mails().count == 2)
      #expect(sink.sessions == 2)
    }
  }

  @Test func theDotIsWithheldIfTheIntentFails() async throws {
    struct DiskFull: Error {}
    try await withSink { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port))
      let sent = await transport.end(try Samples.envelope()) { throw DiskFull() }
      #expect(sent == .intent)
      #expect(sink.mails().isEmpty)
      guard case .outcome(.accepted) = await transport.end(try Samples.envelope()) else {
        Issue.record("not accepted")
        return
      }
      #expect(sink.mails().count == 1)
      #expect(sink.sessions == 2)
    }
  }

  /// The intent is made while the mail is not there yet.
  @Test func theIntentComesBeforeTheDot() async throws {
    try await withSink { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port))
      let seen = Intents()
      _ = await transport.end(try Samples.envelope()) {
        if sink.mails().isEmpty && sink.commands().last?.line == "DATA" { seen.keep() }
      }
      #expect(seen.count == 1)
      #expect(sink.mails().count == 1)
    }
  }

  @Test(arguments: ["a\nb\r\n", "a\rb\r\n", "a\r\n.\n", "a\r"])
  func bareLineEndsAreNotSent(_ text: String) async throws {
    try await withSink { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port))
      let intents = Intents()
      guard
        case .outcome(.refused(.reply(.body, let reply))) =
          await transport.end(try Samples.envelope(), message: Array(text.utf8), intent: { intents.keep() })
      else {
        Issue.record("not refused")
        return
      }
      #expect(reply.code == 554)
      #expect(intents.count == 0)
      #expect(sink.sessions == 0)
    }
  }

  /// A message that looks like the end of a message and commands after it stays a message.
  @Test(arguments: ["a\r\n.\r\nRSET\r\n", ".\r\n", "..\r\n.", "", "\r\n.\r\n.\r\nQUIT"])
  func messagesCannotBecomeCommands(_ text: String) async throws {
    try await withSink { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port))
      guard case .outcome(.accepted) = await transport.end(try Samples.envelope(), message: Array(text.utf8))
      else {
        Issue.record("not accepted")
        return
      }
      let whole = text.isEmpty || text.hasSuffix("\r\n") ? text : text + "\r\n"
      #expect(sink.mails().map(\.message) == [Array(whole.utf8)])
      #expect(sink.commands().map { $0.line.prefix(4) } == ["EHLO", "MAIL", "RCPT", "DATA"])
    }
  }

  /// An address is parsed before it can reach a session; an ENVID is written in xtext.
  @Test func envelopesCannotBecomeCommands() async throws {
    #expect(throws: (any Error).self) {
      try Samples.address("robin@acme.example>\r\nRCPT TO:<eve@bad.example")
    }
    #expect(throws: (any Error).self) { try Samples.address("robin> NOTIFY=NEVER@acme.example") }
    let envelope = Envelope(
      sender: nil, recipient: try Samples.address(), dsn: DSNRequest(envid: "a\r\nRCPT TO:<eve@bad.example>"))
    try await withSink { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port))
      _ = await transport.end(envelope)
      #expect(sink.mails().map { $0.recipients.map(\.address) } == [["robin.sample@acme.example"]])
      #expect(sink.mails().first?.from.address == "")
      #expect(sink.commands().count == 4)
    }
  }

  @Test func aRelayThatIsNotThereIsTheRoutes() async throws {
    let port = try await withSink { _, port in port }
    let transport = SMTPTransport(try Samples.relay(port: port))
    let sent = await transport.end(try Samples.envelope())
    #expect(sent == .route(.unreachable, .connect, nil))
  }

  /// Transports do not hold each other up: each waits on a thread of its own.
  @Test func sessionsRunSideBySide() async throws {
    try await withSink([SMTPFault(.dot, .slow(.milliseconds(50)), times: nil)]) { sink, port in
      let relay = try Samples.relay(port: port)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
          group.addTask {
            let transport = SMTPTransport(relay)
            for _ in 0..<3 { _ = await transport.end(try Samples.envelope()) }
            await transport.close()
          }
        }
        try await group.waitForAll()
      }
      #expect(sink.mails().count == 24)
      #expect(sink.sessions == 8)
    }
  }
}
