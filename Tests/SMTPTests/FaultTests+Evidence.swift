import Curl
import Delivery
import Mail
import SMTP
import Sandbox
import Testing

/// Every step crossed with every way to go wrong, under TLS and with a login: the one end that follows, and whether
/// what the relay holds agrees with it.
@Suite struct FaultEvidenceTests {
  /// How a session ends; its step and code follow from the row.
  enum Word: Sendable {
    /// Deferred, surely not taken: connection lost, no answer in time, no SMTP.
    case lost, late, odd
    /// Deferred or refused by the relay's reply.
    case later, refused
    /// Unknown, though the relay has it: connection lost, no answer in time, no SMTP.
    case lostAfter, lateAfter, oddAfter
    case accepted
    /// The route's trouble, with the reply's code where there was a reply.
    case away, busy, login
    /// Nothing came of STARTTLS or AUTH, so nothing is sent.
    case noTLS, noLogin
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let point: SMTPFault.Point
    let fault: String
    let action: SMTPFault.Action
    let word: Word
    var testDescription: String { "\(point) \(fault): \(word)" }

    /// The step as an outcome names it.
    var phase: Phase { Phase(rawValue: point.rawValue) ?? .connect }

    var code: Int? {
      guard case .reply(let text) = action else { return nil }
      return Int(text.prefix(3)).flatMap { $0 >= 400 ? $0 : nil }
    }

    private var reply: Reply {
      let code = code ?? 0
      return Reply(
        code: code, enhanced: EnhancedStatus(class: code / 100, subject: 2, detail: 1), lines: ["text"])
    }

    /// Nil for an acceptance, whose reply is the stand-in's own.
    var sent: Sent? {
      switch word {
      case .lost: .outcome(.deferred(.connectionLost(phase)))
      case .late: .outcome(.deferred(.timedOut(phase)))
      case .odd: .outcome(.deferred(.unintelligible(phase)))
      case .later: .outcome(.deferred(.reply(phase, reply)))
      case .refused: .outcome(.refused(.reply(phase, reply)))
      case .lostAfter: .outcome(.unknown(.connectionLost(phase)))
      case .lateAfter: .outcome(.unknown(.timedOut(phase)))
      case .oddAfter: .outcome(.unknown(.unintelligible(phase)))
      case .accepted: nil
      case .away: .route(.unreachable, phase, code)
      case .busy: .route(.busy, phase, code)
      case .login: .route(.authRefused, phase, code)
      case .noTLS: .route(.starttlsNotOffered, .starttls, code)
      case .noLogin: .route(.authNotOffered, .auth, nil)
      }
    }

    /// How often the intent was made: exactly if the dot was about to be sent.
    var intents: Int { word == .accepted || point == .dot ? 1 : 0 }

    /// Mails that the relay then holds.
    var stored: Int {
      switch word {
      case .accepted, .lostAfter, .lateAfter, .oddAfter: 1
      default: 0
      }
    }
  }

  private static let faults: [(String, SMTPFault.Action)] = [
    ("close", .close), ("reset", .reset), ("hang", .hang), ("4yz", .reply("450 4.2.1 text")),
    ("5yz", .reply("552 5.2.1 text")), ("421", .reply("421 4.2.1 text")), ("garbage", .garbage),
    // Could hide a second line.
    ("bare CR", .reply("250 2.2.1 text\rtext")),
    // As some relays end their lines; two lines, but one reply.
    ("bare LF", .reply("250-2.2.1 text\n250 2.2.1 text")),
    ("long line", .longLine),
  ]

  // Up to `auth` it is libcurl that reads: it waits past garbage, and takes any 2yz for a greeting. An answer to EHLO
  // that names no keyword offers no STARTTLS; 250 is no answer to STARTTLS (220), AUTH (235) and DATA (354).
  // close, reset, hang, 4yz, 5yz, 421, garbage, bare CR, bare LF, long line
  private static let grid: [(SMTPFault.Point, [Word])] = [
    (.greeting, [.away, .away, .away, .busy, .away, .busy, .away, .noLogin, .accepted, .accepted]),
    (.ehlo, [.away, .away, .away, .busy, .away, .busy, .away, .noTLS, .noTLS, .noTLS]),
    (.starttls, [.away, .away, .away, .busy, .noTLS, .busy, .away, .noTLS, .noTLS, .noTLS]),
    (.auth, [.away, .away, .away, .busy, .login, .busy, .away, .noLogin, .noLogin, .noLogin]),
    (.mail, [.lost, .lost, .late, .later, .refused, .busy, .odd, .odd, .accepted, .odd]),
    (.rcpt, [.lost, .lost, .late, .later, .refused, .busy, .odd, .odd, .accepted, .odd]),
    (.data, [.lost, .lost, .late, .later, .refused, .busy, .odd, .odd, .odd, .odd]),
    (.body, [.lost, .lost, .late, .later, .refused, .busy, .odd, .odd, .odd, .odd]),
    (
      .dot,
      [
        .lostAfter, .lostAfter, .lateAfter, .later, .refused, .later, .oddAfter, .oddAfter, .accepted,
        .oddAfter,
      ]
    ),
    (.quit, Array(repeating: .accepted, count: 10)),
  ]

  static let rows: [Row] = grid.flatMap { point, words in
    zip(faults, words).map { Row(point: point, fault: $0.0, action: $0.1, word: $1) }
  }

  @Test func theGridIsFull() {
    #expect(Self.rows.count == SMTPFault.Point.allCases.count(where: { $0 != .rset }) * Self.faults.count)
  }

  @Test(arguments: rows) func endsAsTheRelayHoldsIt(_ row: Row) async throws {
    let fault = SMTPFault(row.point, row.action, times: nil, afterOctets: row.point == .body ? 20_000 : 0)
    try await withSink(
      [fault],
      {
        $0.receiveBuffer = 8192
        $0.security = .starttls
        $0.login = ("sample", "sample password")
        $0.requiresLogin = true
      }
    ) { sink, port in
      try await withFile(try #require(sink.identity).certificatePEM) { caFile in
        let relay = try Samples.relay(
          port: port, tls: .required, caFile: caFile,
          login: try Relay.Login(username: "sample", password: .init("sample password")),
          timeouts: Samples.impatient(at: row.phase))
        let transport = SMTPTransport(relay)
        let intents = Intents()
        let message = row.point == .body ? Samples.longMail : Samples.mail
        let sent = await transport.end(try Samples.envelope(), message: message, intent: { intents.keep() })
        await transport.close()
        if let expected = row.sent {
          // A reset in place of the greeting may come before TCP is seen to stand.
          let early =
            row.point == .greeting && row.fault == "reset" ? [Sent.route(.unreachable, .connect, nil)] : []
          #expect(([expected] + early).contains(sent))
        } else {
          guard case .outcome(.accepted) = sent else {
            Issue.record("not accepted but \(sent)")
            return
          }
        }
        #expect(sink.mails().map(\.message) == Array(repeating: message, count: row.stored))
        #expect(intents.count == row.intents)
        // No fault, early or late, makes the client try the same mail twice by itself.
        #expect(sink.commands().count { $0.line == "DATA" } <= 1)
        #expect(
          sink.commands().allSatisfy {
            $0.isEncrypted || ["EHLO", "STAR", "QUIT"].contains($0.line.prefix(4))
          })
      }
    }
  }
}
