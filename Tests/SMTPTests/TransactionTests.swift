import Delivery
import Mail
import SMTP
import Testing

/// The rules by which a transaction ends, without a socket.
@Suite struct TransactionTests {
  /// What the relay does after the commands that went well.
  struct Row: Sendable, CustomTestStringConvertible {
    let events: [Transaction.Event]
    let verdict: Transaction.Ending.Verdict
    let session: Transaction.Ending.Session
    var testDescription: String { "\(events.count) events → \(session)" }
  }

  private static func reply(_ code: Int, _ enhanced: EnhancedStatus? = nil) -> Reply {
    Reply(code: code, enhanced: enhanced, lines: ["text"])
  }
  private static func said(_ code: Int) -> Transaction.Event { .reply(reply(code)) }

  private static let toRCPT = [said(250)]
  private static let toDATA = toRCPT + [said(250)]
  private static let toBody = toDATA + [said(354)]
  private static let toIntent = toBody + [.bodySent]
  private static let toDot = toIntent + [.intentKept]

  private static func deferred(_ cause: Cause) -> Transaction.Ending.Verdict { .outcome(.deferred(cause)) }
  private static func unknown(_ cause: Cause) -> Transaction.Ending.Verdict { .outcome(.unknown(cause)) }
  private static func refused(_ phase: Phase, _ code: Int) -> Transaction.Ending.Verdict {
    .outcome(.refused(.reply(phase, reply(code))))
  }
  private static func later(_ phase: Phase, _ code: Int) -> Transaction.Ending.Verdict {
    .outcome(.deferred(.reply(phase, reply(code))))
  }
  private static func accepted(_ code: Int) -> Transaction.Ending.Verdict { .outcome(.accepted(reply(code))) }

  private static func row(
    _ before: [Transaction.Event], _ last: Transaction.Event, _ verdict: Transaction.Ending.Verdict,
    _ session: Transaction.Ending.Session
  ) -> Row { Row(events: before + [last], verdict: verdict, session: session) }

  static let rows: [Row] = [
    row([], said(450), later(.mail, 450), .reset), row([], said(550), refused(.mail, 550), .reset),
    row([], said(354), deferred(.unintelligible(.mail)), .drop),
    row([], .lost, deferred(.connectionLost(.mail)), .drop),
    row([], .timedOut, deferred(.timedOut(.mail)), .drop),
    row([], .unintelligible, deferred(.unintelligible(.mail)), .drop),
    row(toRCPT, said(450), later(.rcpt, 450), .reset), row(toRCPT, said(452), later(.rcpt, 452), .reset),
    row(toRCPT, said(550), refused(.rcpt, 550), .reset), row(toRCPT, said(553), refused(.rcpt, 553), .reset),
    row(toRCPT, said(354), deferred(.unintelligible(.rcpt)), .drop),
    row(toRCPT, .lost, deferred(.connectionLost(.rcpt)), .drop),
    row(toRCPT, .timedOut, deferred(.timedOut(.rcpt)), .drop),
    row(toRCPT, .unintelligible, deferred(.unintelligible(.rcpt)), .drop),
    row(toDATA, said(451), later(.data, 451), .reset), row(toDATA, said(554), refused(.data, 554), .reset),
    // Only 354 opens the body: a relay that says 250 to DATA would take the mail for commands.
    row(toDATA, said(250), deferred(.unintelligible(.data)), .drop),
    row(toDATA, said(334), deferred(.unintelligible(.data)), .drop),
    row(toDATA, .lost, deferred(.connectionLost(.data)), .drop),
    row(toDATA, .timedOut, deferred(.timedOut(.data)), .drop),
    row(toDATA, .unintelligible, deferred(.unintelligible(.data)), .drop),
    row(toBody, said(452), later(.body, 452), .drop), row(toBody, said(552), refused(.body, 552), .drop),
    row(toBody, said(250), deferred(.unintelligible(.body)), .drop),
    row(toBody, .lost, deferred(.connectionLost(.body)), .drop),
    row(toBody, .timedOut, deferred(.timedOut(.body)), .drop),
    row(toBody, .unintelligible, deferred(.unintelligible(.body)), .drop),
    row(toIntent, .intentFailed, .intentFailed, .drop),
    row(toDot, said(250), accepted(250), .keep), row(toDot, said(251), accepted(251), .keep),
    row(toDot, said(200), accepted(200), .keep), row(toDot, said(299), accepted(299), .keep),
    row(toDot, said(450), later(.dot, 450), .keep), row(toDot, said(452), later(.dot, 452), .keep),
    row(toDot, said(454), later(.dot, 454), .keep), row(toDot, said(421), later(.dot, 421), .drop),
    row(toDot, said(550), refused(.dot, 550), .keep), row(toDot, said(530), refused(.dot, 530), .keep),
    row(toDot, said(554), refused(.dot, 554), .keep),
    row(toDot, said(354), unknown(.unintelligible(.dot)), .drop),
    row(toDot, .lost, unknown(.connectionLost(.dot)), .drop),
    row(toDot, .timedOut, unknown(.timedOut(.dot)), .drop),
    row(toDot, .unintelligible, unknown(.unintelligible(.dot)), .drop),
  ]

  @Test(arguments: rows) func ends(_ row: Row) throws {
    var transaction = Transaction(try Samples.envelope(), size: 100, offered: Capabilities())
    var action = transaction.start()
    for event in row.events {
      if case .end = action { Issue.record("ended early") }
      action = transaction.next(event)
    }
    guard case .end(let ending) = action else {
      Issue.record("did not end")
      return
    }
    #expect(ending.verdict == row.verdict)
    #expect(ending.session == row.session)
  }

  /// Trouble of the whole relay, at each step at which it may speak up before the dot.
  @Test(arguments: [421, 454, 530, 535], [Phase.mail, .rcpt, .data, .body])
  func routeTrouble(_ code: Int, _ phase: Phase) throws {
    let before: [Phase: [Transaction.Event]] = [
      .mail: [], .rcpt: Self.toRCPT, .data: Self.toDATA, .body: Self.toBody,
    ]
    var transaction = Transaction(try Samples.envelope(), size: 100, offered: Capabilities())
    _ = transaction.start()
    for event in try #require(before[phase]) { _ = transaction.next(event) }
    guard case .end(let ending) = transaction.next(Self.said(code)), case .route(let trouble) = ending.verdict
    else {
      Issue.record("no trouble of the route")
      return
    }
    #expect(trouble.kind == (code == 421 ? .busy : .authRefused))
    #expect(trouble.phase == phase)
    #expect(trouble.code == code)
    #expect(ending.session == (code == 421 || phase == .body ? .drop : .quit))
  }

  @Test func asksInOrder() throws {
    var transaction = Transaction(try Samples.envelope(), size: 100, offered: Capabilities())
    #expect(transaction.start() == .say(["MAIL FROM:<bounces+abc@acme.example>"], .mail))
    #expect(transaction.next(Self.said(250)) == .say(["RCPT TO:<robin.sample@acme.example>"], .rcpt))
    #expect(transaction.next(Self.said(251)) == .say(["DATA"], .data))
    #expect(transaction.next(Self.said(354)) == .sendBody)
    #expect(transaction.next(.bodySent) == .keepIntent)
    #expect(transaction.next(.intentKept) == .sendDot)
  }

  @Test(arguments: [(100, nil), (101, 100), (Int.max, 100)] as [(Int, Int?)])
  func sizeIsJudgedBeforeAsking(_ size: Int, _ limit: Int?) throws {
    let offered = Capabilities(ehlo: ["relay.example", "SIZE 100"])
    var transaction = Transaction(try Samples.envelope(), size: size, offered: offered)
    let action = transaction.start()
    guard let limit else {
      #expect(action == .say(["MAIL FROM:<bounces+abc@acme.example> SIZE=100"], .mail))
      return
    }
    guard case .end(let ending) = action else {
      Issue.record("asked the relay")
      return
    }
    #expect(ending.verdict == .outcome(.refused(.tooBig(limit: limit))))
    #expect(ending.session == .keep)
  }

  @Test func unicodeAddressesNeedTheExtension() throws {
    let envelope = try Samples.envelope(to: "röbin@acme.example")
    var refused = Transaction(envelope, size: 1, offered: Capabilities())
    guard case .end(let ending) = refused.start() else {
      Issue.record("asked the relay")
      return
    }
    #expect(ending.verdict == .outcome(.refused(.smtputf8NotOffered)))
    let offered = Capabilities(ehlo: ["relay.example", "SMTPUTF8"])
    var asked = Transaction(envelope, size: 1, offered: offered)
    #expect(asked.start() == .say(["MAIL FROM:<bounces+abc@acme.example> SMTPUTF8"], .mail))
  }
}
