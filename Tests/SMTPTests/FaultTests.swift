import Curl
import Delivery
import Mail
import SMTP
import Sandbox
import Testing

/// Every step of a session, every way in which it can go wrong, and the one outcome that follows.
@Suite struct FaultTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let point: SMTPFault.Point
    let action: SMTPFault.Action
    let sent: Sent
    var testDescription: String { "\(point) \(action)" }
    /// Only a relay that hangs is to meet a time-out.
    var timeouts: SMTPTimeouts {
      let phase = Phase(rawValue: point.rawValue) ?? .connect
      return action == .hang ? Samples.impatient(at: phase) : Samples.patient
    }
  }

  private static func row(_ point: SMTPFault.Point, _ action: SMTPFault.Action, _ sent: Sent) -> Row {
    Row(point: point, action: action, sent: sent)
  }

  private static func reply(_ code: Int, _ detail: Int) -> Reply {
    Reply(
      code: code, enhanced: EnhancedStatus(class: code / 100, subject: 2, detail: detail), lines: ["text"])
  }

  /// Before the dot: never accepted, never unknown.
  private static let beforeTheDot = [
    (SMTPFault.Point.mail, Phase.mail), (.rcpt, .rcpt), (.data, .data), (.body, .body),
  ]
  .flatMap { point, phase in
    [
      row(point, .close, .outcome(.deferred(.connectionLost(phase)))),
      row(point, .reset, .outcome(.deferred(.connectionLost(phase)))),
      row(point, .hang, .outcome(.deferred(.timedOut(phase)))),
      row(point, .reply("450 4.2.1 text"), .outcome(.deferred(.reply(phase, reply(450, 1))))),
      row(point, .reply("552 5.2.2 text"), .outcome(.refused(.reply(phase, reply(552, 2))))),
      row(point, .reply("421 4.2.1 text"), .route(.busy, phase, 421)),
      row(point, .reply("530 5.7.0 text"), .route(.authRefused, phase, 530)),
      row(point, .garbage, .outcome(.deferred(.unintelligible(phase)))),
      row(point, .longLine, .outcome(.deferred(.unintelligible(phase)))),
    ]
  }

  private static let afterTheDot = [
    row(.dot, .close, .outcome(.unknown(.connectionLost(.dot)))),
    row(.dot, .reset, .outcome(.unknown(.connectionLost(.dot)))),
    row(.dot, .hang, .outcome(.unknown(.timedOut(.dot)))),
    row(.dot, .garbage, .outcome(.unknown(.unintelligible(.dot)))),
    row(.dot, .longLine, .outcome(.unknown(.unintelligible(.dot)))),
    row(.dot, .reply("354 text"), .outcome(.unknown(.unintelligible(.dot)))),
    row(.dot, .reply("450 4.2.1 text"), .outcome(.deferred(.reply(.dot, reply(450, 1))))),
    row(.dot, .reply("552 5.2.2 text"), .outcome(.refused(.reply(.dot, reply(552, 2))))),
    row(.dot, .reply("421 4.2.1 text"), .outcome(.deferred(.reply(.dot, reply(421, 1))))),
    row(.dot, .reply("251 2.2.1 text"), .outcome(.accepted(reply(251, 1)))),
    row(
      .dot, .reply("250-2.2.1 text\r\n250 2.2.1 more"),
      .outcome(
        .accepted(
          Reply(
            code: 250, enhanced: EnhancedStatus(class: 2, subject: 2, detail: 1), lines: ["text", "more"])))),
    row(.quit, .hang, .outcome(.accepted(queued))), row(.quit, .close, .outcome(.accepted(queued))),
  ]

  private static let queued = Reply(
    code: 250, enhanced: EnhancedStatus(class: 2, subject: 0, detail: 0), lines: ["Ok: queued as SANDBOX1"])

  /// Before MAIL: the route's, whatever the mail.
  private static let beforeMail = [
    row(.greeting, .close, .route(.unreachable, .greeting, nil)),
    row(.greeting, .hang, .route(.unreachable, .greeting, nil)),
    row(.greeting, .reply("421 4.3.2 text"), .route(.busy, .greeting, 421)),
    row(.greeting, .reply("554 5.7.1 text"), .route(.unreachable, .greeting, 554)),
    row(.ehlo, .close, .route(.unreachable, .ehlo, nil)),
    row(.ehlo, .reset, .route(.unreachable, .ehlo, nil)),
    row(.ehlo, .hang, .route(.unreachable, .ehlo, nil)),
    row(.auth, .close, .route(.unreachable, .auth, nil)),
    row(.auth, .hang, .route(.unreachable, .auth, nil)),
    row(.auth, .reply("535 5.7.8 text"), .route(.authRefused, .auth, 535)),
    row(.auth, .reply("454 4.7.0 text"), .route(.busy, .auth, 454)),
  ]

  @Test(arguments: beforeTheDot + afterTheDot + beforeMail)
  func ends(_ row: Row) async throws {
    try await withSink(
      [SMTPFault(row.point, row.action, times: nil, afterOctets: row.point == .body ? 20_000 : 0)],
      {
        $0.receiveBuffer = 8192
        $0.login = ("sample", "password")
      }
    ) { sink, port in
      let relay = try Samples.relay(
        port: port, login: try Relay.Login(username: "sample", password: .init("password")),
        timeouts: row.timeouts)
      let transport = SMTPTransport(relay)
      let intents = Intents()
      let sent = await transport.end(
        try Samples.envelope(), message: row.point == .body ? Samples.longMail : Samples.mail
      ) { intents.keep() }
      #expect(sent == row.sent)
      // The intent stands exactly if the dot was about to be sent.
      #expect(intents.count == (row.point == .dot || row.point == .quit ? 1 : 0))
      await transport.close()
    }
  }

  /// A second reply in the same breath is taken for the answer to what was said next, and never for 354.
  @Test(arguments: [
    (SMTPFault.Point.mail, Sent.outcome(.deferred(.unintelligible(.data)))),
    (.rcpt, .outcome(.deferred(.unintelligible(.data)))),
    (.data, .outcome(.deferred(.unintelligible(.body)))),
  ])
  func extraReplies(_ point: SMTPFault.Point, _ expected: Sent) async throws {
    try await withSink([SMTPFault(point, .extra("250 2.0.0 text"))]) { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port))
      let intents = Intents()
      let sent = await transport.end(try Samples.envelope()) { intents.keep() }
      #expect(sent == expected)
      #expect(intents.count == 0)
      #expect(sink.mails().isEmpty)
    }
  }

  @Test func aSlowRelayIsWaitedFor() async throws {
    try await withSink([SMTPFault(.dot, .slow(.milliseconds(300)))]) { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port))
      guard case .outcome(.accepted) = await transport.end(try Samples.envelope()) else {
        Issue.record("not accepted")
        return
      }
    }
  }

  @Test func onlyTheRecipientThatFitsIsRefused() async throws {
    let fault = SMTPFault(.rcpt, .reply("550 5.1.1 text"), times: nil) { $0.hasPrefix("nobody") }
    try await withSink([fault]) { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port))
      guard case .outcome(.refused) = await transport.end(try Samples.envelope(to: "nobody@acme.example")),
        case .outcome(.accepted) = await transport.end(try Samples.envelope(to: "kim.sample@acme.example"))
      else {
        Issue.record("the wrong one was refused")
        return
      }
      #expect(sink.mails().map(\.recipients.first?.address) == ["kim.sample@acme.example"])
    }
  }
}
