import Curl
import Delivery
import Mail
import SMTP
import Sandbox
import Testing

/// Every step of a session crossed with every way to go wrong, under TLS and with a login, over real sockets: the one
/// end that follows, whether the intent was made, and what the relay then holds.
///
/// The table is in `FaultTests+Matrix.swift`.
@Suite struct FaultTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let point: SMTPFault.Point
    let fault: Fault
    let isPipelined: Bool
    /// How often the intent is made: exactly if a dot of a mail may go out.
    let intents: Int
    /// Mails that the relay then holds.
    let bodies: Int
    /// The end in words, as `Sent.words` has it; two where the system may tell either.
    let ends: [String]
    var testDescription: String { "\(point.rawValue) \(fault.rawValue)\(isPipelined ? ", pipelined" : "")" }

    /// The step whose time-out ends the wait: an idle session is found out at the next MAIL.
    var phase: Phase { point == .idle ? .mail : Phase(rawValue: point.rawValue) ?? .connect }
  }

  /// A way to go wrong, whatever the step.
  enum Fault: String, Sendable, CaseIterable {
    case close, reset, hang
    /// One octet after another of a line that never ends.
    case drip
    case garbage
    /// Could hide a second line.
    case bareCR = "bare-CR"
    /// As some relays end their lines; two lines, but one reply.
    case bareLF = "bare-LF"
    case longLine = "long-line"
    case temporary = "451", permanent = "550", leaving = "421"
    /// Of the wrong kind for this step.
    case wrongCode = "wrong-code"
    /// What is due, and a second reply in the same breath: it could be taken for the answer to what comes next.
    case second

    func action(at point: SMTPFault.Point) -> SMTPFault.Action {
      switch self {
      case .close: .close
      case .reset: .reset
      case .hang: .hang
      case .drip: .drip
      case .garbage: .garbage
      case .bareCR: .reply("250 2.2.1 text\rtext")
      case .bareLF: .reply("250-2.2.1 text\n250 2.2.1 text")
      case .longLine: .longLine
      case .temporary: .reply("451 4.7.1 text")
      case .permanent: .reply("550 5.1.1 text")
      case .leaving: .reply("421 4.3.2 text")
      case .wrongCode: .reply(point == .data || point == .body || point == .idle ? "250 2.0.0 text" : "354 text")
      case .second: .extra("250 2.0.0 text")
      }
    }

    /// Unasked replies come in one piece with the reply before, so that none depends on who is faster.
    func script(at point: SMTPFault.Point) -> SMTPFault {
      let action = action(at: point)
      if point == .idle {
        switch action {
        case .reply(let text): return SMTPFault(.dot, .extra(text))
        case .extra(let text): return SMTPFault(.dot, .extra(text + "\r\n" + text))
        case .garbage: return SMTPFault(.dot, .extra("\u{1}\u{2} this is no reply"))
        case .longLine: return SMTPFault(.dot, .extra("250 " + String(repeating: "x", count: 20_000)))
        default: break
        }
      }
      let times = point == .idle || point == .quit ? 1 : nil
      return SMTPFault(point, action, times: times, afterOctets: point == .body ? 20_000 : 0)
    }

    /// Only what never comes is to meet a time-out; libcurl goes on waiting after garbage, too.
    func timeouts(at point: SMTPFault.Point, _ phase: Phase) -> SMTPTimeouts {
      let isEndless = self == .hang || self == .drip || (self == .garbage && !FaultTests.isOurs(point))
      return isEndless ? Samples.impatient(at: phase) : Samples.patient
    }
  }

  @Test func everyStepMeetsEveryFault() {
    let steps = SMTPFault.Point.allCases.filter { $0 != .rset }
    for point in steps {
      for fault in Fault.allCases {
        let ways = Self.rows.filter { $0.point == point && $0.fault == fault }.map(\.isPipelined)
        #expect(ways == (Self.isOurs(point) ? [true, false] : [true]), "\(point) \(fault)")
      }
    }
    #expect(Self.rows.count == 247)
  }

  @Test(arguments: rows) func ends(_ row: Row) async throws {
    try await withSink(
      [row.fault.script(at: row.point)],
      {
        $0.receiveBuffer = 8192
        $0.security = row.point == .connect ? .implicit : .starttls
        $0.login = ("sample", "sample password")
        $0.requiresLogin = true
      }
    ) { sink, port in
      try await withFile(try #require(sink.identity).certificatePEM) { caFile in
        let relay = try Samples.relay(
          port: port, scheme: row.point == .connect ? "smtps" : "smtp", tls: .required, caFile: caFile,
          login: try Samples.login(),
          timeouts: row.fault.timeouts(at: row.point, row.phase))
        let transport = SMTPTransport(relay, pipelining: row.isPipelined)
        let intents = Intents()
        let message = row.point == .body ? Samples.longMail : Samples.mail
        var sent = await transport.end(try Samples.envelope(), message: message) { intents.keep() }
        // What came while the session was idle is met by the next mail.
        if row.point == .idle {
          #expect(sent.words == "accepted 250")
          sent = await transport.end(try Samples.envelope(), message: message) { intents.keep() }
        }
        await transport.close()
        #expect(row.ends.contains(sent.words))
        #expect(intents.count == row.intents)
        #expect(sink.mails().map(\.message) == Array(repeating: message, count: row.bodies))
        // No fault, early or late, makes the client try the same mail twice by itself; only a session that had lain idle
        // is replaced.
        #expect(sink.sessions == (row.point == .idle ? 2 : 1))
        #expect(sink.commands().count { $0.line == "DATA" } <= (row.point == .idle ? 2 : 1))
        #expect(
          sink.commands().allSatisfy { $0.isEncrypted || ["EHLO", "STAR", "QUIT"].contains($0.line.prefix(4)) })
      }
    }
  }
}

extension Sent {
  /// The end with its step and its class, such as `deferred mail 451 greylisted`.
  var words: String {
    switch self {
    case .outcome(.accepted(let reply)): "accepted \(reply.code)"
    case .outcome(.deferred(let cause)): "deferred \(cause.words) \(OutcomeClass(cause).rawValue)"
    case .outcome(.unknown(let cause)): "unknown \(cause.words) \(OutcomeClass(cause).rawValue)"
    case .outcome(.refused(.reply(let phase, let reply))):
      "refused \(phase.rawValue) \(reply.code) \(OutcomeClass(reply).rawValue)"
    case .outcome(.refused(let refusal)): "refused \(OutcomeClass(refusal).rawValue)"
    case .route(let kind, let phase, let code):
      "route \(phase.rawValue) \(code.map { "\($0) " } ?? "")\(kind.rawValue)"
    case .intent: "intent"
    }
  }
}

extension Cause {
  fileprivate var words: String {
    switch self {
    case .reply(let phase, let reply): "\(phase.rawValue) \(reply.code)"
    case .connectionLost(let phase): "\(phase.rawValue) lost"
    case .timedOut(let phase): "\(phase.rawValue) late"
    case .unintelligible(let phase): "\(phase.rawValue) odd"
    case .interrupted: "interrupted"
    }
  }
}
