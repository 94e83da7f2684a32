import Delivery
import Mail
import SMTP
import Sandbox
import Testing

/// What a relay's offer and its absences mean for a session.
@Suite struct SessionRelayTests {
  /// RFC 1870 §5: a mail larger than the relay takes is not offered to it, and the session stays good.
  @Test func aMailTooBigIsNotOffered() async throws {
    try await withSink([], { $0.keywords = ["SIZE \(Samples.mail.count)"] }) { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port))
      let intents = Intents()
      let tooBig = await transport.end(
        try Samples.envelope(), message: Samples.mail + Array("x\r\n".utf8), intent: { intents.keep() })
      #expect(tooBig == .outcome(.refused(.tooBig(limit: Samples.mail.count))))
      #expect(intents.count == 0)
      #expect(sink.commands().map(\.line) == ["EHLO appliance.acme.example"])
      guard case .outcome(.accepted) = await transport.end(try Samples.envelope()) else {
        Issue.record("a mail of just that size was not accepted")
        return
      }
      #expect(sink.mails().map(\.message) == [Samples.mail])
      #expect(sink.sessions == 1)
    }
  }

  /// RFC 6531 §3.2: without the extension nothing is said about the mail.
  @Test func anAddressThatNeedsSMTPUTF8IsNotTold() async throws {
    try await withSink([], { $0.keywords = ["DSN", "8BITMIME"] }) { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port))
      let sent = await transport.end(try Samples.envelope(to: "röbin.sample@acme.example"))
      #expect(sent == .outcome(.refused(.smtputf8NotOffered)))
      #expect(sink.commands().map(\.line) == ["EHLO appliance.acme.example"])
      guard case .outcome(.accepted) = await transport.end(try Samples.envelope()) else {
        Issue.record("the next mail was not accepted")
        return
      }
      #expect(sink.sessions == 1)
    }
  }

  @Test func anAddressThatNeedsSMTPUTF8IsToldWhereOffered() async throws {
    try await withSink([], { $0.keywords = ["SMTPUTF8", "8BITMIME"] }) { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port))
      guard
        case .outcome(.accepted) = await transport.end(try Samples.envelope(to: "röbin.sample@acme.example"))
      else {
        Issue.record("not accepted")
        return
      }
      let mail = try #require(sink.mails().first)
      #expect(mail.from.parameters == ["SMTPUTF8"])
      #expect(mail.recipients.map(\.address) == ["röbin.sample@acme.example"])
      #expect(mail.recipients.map(\.parameters) == [[]])
    }
  }

  /// One after another, also where one between them is refused.
  @Test func mailsArriveInOrder() async throws {
    let fault = SMTPFault(.rcpt, .reply("550 5.1.1 text"), times: nil) { $0.hasPrefix("nobody") }
    try await withSink([fault]) { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port))
      let names = ["robin", "nobody", "kim", "nobody", "alex"]
      for (number, name) in names.enumerated() {
        _ = await transport.end(
          try Samples.envelope(to: "\(name).sample@acme.example"),
          message: Array("Subject: \(number)\r\n\r\n".utf8))
      }
      #expect(
        sink.mails().map { String(decoding: $0.message.prefix(10), as: UTF8.self) } == [
          "Subject: 0", "Subject: 2", "Subject: 4",
        ])
      #expect(
        sink.mails().flatMap { $0.recipients.map { $0.address.prefix { $0 != "." } } } == [
          "robin", "kim", "alex",
        ])
      #expect(sink.sessions == 1)
      #expect(sink.commands().count { $0.line == "RSET" } == 2)
    }
  }

  /// The relay was restarted while the session lay idle: found out before a word about the next mail is said.
  @Test(arguments: [[], [SMTPFault(.rcpt, .reply("450 4.2.1 text"))]])
  func aSessionThatEndedWhileIdleIsReplaced(_ before: [SMTPFault]) async throws {
    try await withSink(before) { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port))
      _ = await transport.end(try Samples.envelope())
      let taken = sink.mails().count
      await sink.stop()
      try sink.start(port: port)
      let intents = Intents()
      guard case .outcome(.accepted) = await transport.end(try Samples.envelope(), intent: { intents.keep() })
      else {
        Issue.record("not accepted")
        return
      }
      #expect(intents.count == 1)
      #expect(sink.mails().count == taken + 1)
      #expect(sink.sessions == 2)
      #expect(
        sink.commands().filter { $0.session == 2 }.map { $0.line.prefix(4) } == [
          "EHLO", "MAIL", "RCPT", "DATA",
        ])
    }
  }

  /// A relay that does not come back is the route's trouble, not the mail's.
  @Test func aRelayThatStaysAwayIsTheRoutes() async throws {
    try await withSink { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port))
      _ = await transport.end(try Samples.envelope())
      await sink.stop()
      let intents = Intents()
      let sent = await transport.end(try Samples.envelope(), intent: { intents.keep() })
      #expect(sent == .route(.unreachable, .connect, nil))
      #expect(intents.count == 0)
      #expect(sink.mails().count == 1)
    }
  }
}
