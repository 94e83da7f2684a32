import Curl
import Delivery
import Mail
import SMTP
import Testing

/// What may be configured, and what the relay's greeting tells.
@Suite struct RelayTests {
  @Test(arguments: [
    ("smtp://relay.acme.example", false, "relay.acme.example", 25),
    ("smtps://relay.acme.example", true, "relay.acme.example", 465),
    ("smtp://relay.acme.example:587/", false, "relay.acme.example", 587),
    ("smtps://127.0.0.1:2465", true, "127.0.0.1", 2465),
    ("smtp://[::1]:2525", false, "[::1]", 2525), ("smtp://[::1]", false, "[::1]", 25),
  ])
  func endpoints(_ url: String, _ isImplicitTLS: Bool, _ host: String, _ port: Int) throws {
    let endpoint = try RelayEndpoint(parsing: url)
    #expect(endpoint.isImplicitTLS == isImplicitTLS)
    #expect(endpoint.host == host)
    #expect(endpoint.port == port)
  }

  @Test(arguments: [
    "", "relay.acme.example", "http://relay.acme.example", "smtp://", "smtp://:25", "smtp://relay:",
    "smtp://relay:0",
    "smtp://relay:65536", "smtp://relay:+25", "smtp://relay:25/path", "smtp://user@relay",
    "smtp://user:secret@relay:25",
    "smtp://relay example", "smtp://relay\r\nMAIL", "smtp://relay?x", "smtp://relay#x", "smtp://[::1",
    "smtp://::1",
    "smtp://relay%0d%0a", "SMTP://relay", "smtp://relay:25:25", "smtp://[]", "smtp://rel/ay:25",
  ])
  func endpointsThatAreNone(_ url: String) {
    #expect(throws: RelayError.url) { try RelayEndpoint(parsing: url) }
  }

  @Test(arguments: [
    ("smtp://127.0.0.1", true), ("smtp://127.8.9.1", true), ("smtp://localhost", true),
    ("smtp://[::1]", true),
    ("smtp://relay.acme.example", false), ("smtp://127.0.0.1.acme.example", false),
    ("smtp://10.0.0.1", false),
    ("smtp://localhost.acme.example", false), ("smtp://127.0.0.256", false), ("smtp://127.1", false),
  ])
  func clearTextIsForThisMachine(_ url: String, _ isAllowed: Bool) throws {
    let endpoint = try RelayEndpoint(parsing: url)
    if isAllowed {
      _ = try Relay(endpoint, tls: .none)
    } else {
      #expect(throws: RelayError.clearTextBeyondLoopback) { try Relay(endpoint, tls: .none) }
    }
    _ = try Relay(endpoint, tls: .opportunistic)
  }

  @Test(arguments: ["", "a b", "a\r\nMAIL", "ä.example", "a/b", "a%0d"])
  func ehloNamesThatAreNone(_ name: String) throws {
    let endpoint = try RelayEndpoint(parsing: "smtp://127.0.0.1")
    #expect(throws: RelayError.ehloName) { try Relay(endpoint, ehloName: name) }
  }

  @Test(
    arguments: [
      ("", [.plain], .username), ("sample\r\n", [.plain], .username), ("sa\0mple", [.plain], .username),
      ("sample", [], .mechanism), ("sample", [.plain, .xoauth2], .mechanism),
      ("sample", [.oauthBearer, .cramMD5], .mechanism),
    ] as [(String, [Relay.Mechanism], RelayError)])
  func loginsThatAreNone(_ user: String, _ mechanisms: [Relay.Mechanism], _ expected: RelayError) {
    #expect(throws: expected) {
      try Relay.Login(username: user, mechanisms: mechanisms) { () throws(Relay.Login.Missing) in Secret("hunter2") }
    }
  }

  @Test func secretsDoNotShow() throws {
    let login = try Samples.login(secret: "hunter2")
    let relay = try Relay(try RelayEndpoint(parsing: "smtp://relay.acme.example"), login: login)
    var dumped = ""
    dump(relay, to: &dumped)
    #expect(!(dumped + "\(relay) \(login)" + String(reflecting: relay)).contains("hunter2"))
  }

  @Test func theTimeoutsAreThoseOfTheStandard() {
    // RFC 5321 §4.5.3.2.
    let timeouts = SMTPTimeouts()
    #expect(timeouts.mail == .seconds(300))
    #expect(timeouts.rcpt == .seconds(300))
    #expect(timeouts.data == .seconds(120))
    #expect(timeouts.block == .seconds(180))
    #expect(timeouts.dot == .seconds(600))
    #expect(timeouts.quit == .seconds(5))
    #expect(timeouts.connect == .seconds(30))
  }

  @Test func whatWasOfferedBeforeTLSDoesNotCount() {
    let preamble = Preamble(
      Array(
        "220 hi\r\n250-hi\r\n250-DSN\r\n250 STARTTLS\r\n220 go\r\n250-hi\r\n250 AUTH PLAIN\r\n235 ok\r\n".utf8
      ))
    #expect(!preamble.offered.dsn)
    #expect(preamble.offered.auth == ["PLAIN"])
    #expect(preamble.startedTLS)
    #expect(preamble.isAuthenticated)
  }

  @Test(arguments: [
    ("", Phase.greeting), ("no SMTP\r\n", .greeting), ("421 later\r\n", .greeting), ("220 hi\r\n", .ehlo),
    ("220 hi\r\n250-hi\r\n250 STARTTLS\r\n", .starttls), ("220 hi\r\n250 hi\r\n", .auth),
    ("220 hi\r\n250-hi\r\n250 STARTTLS\r\n220 go\r\n", .ehlo),
    ("220 hi\r\n250 hi\r\n334 \r\n235 ok\r\n", .mail),
    ("220 hi\r\n250 hi\r\n535 no\r\n", .auth),
    ("220 hi\r\n250-hi\r\n250 STARTTLS\r\n334 \r\n235 ok\r\n", .mail),
  ])
  func whatIsAwaited(_ octets: String, _ phase: Phase) {
    #expect(Preamble(Array(octets.utf8)).awaiting == phase)
  }

  /// A login counts only after its place in the order: a greeting cannot claim it.
  @Test(arguments: ["235 ok\r\n", "220 hi\r\n235 ok\r\n", "220 hi\r\n250 hi\r\n250 hi\r\n"])
  func unearnedLogins(_ octets: String) {
    #expect(!Preamble(Array(octets.utf8)).isAuthenticated)
  }

  private static let toEHLO = "220 hi\r\n"
  private static let toAUTH = "220 hi\r\n250-hi\r\n250 AUTH PLAIN\r\n"
  private static let toTLS = "220 hi\r\n250-hi\r\n250 STARTTLS\r\n220 go\r\n"

  @Test(
    arguments: [
      (.unresolvable, nil, "", .unresolvable, .connect, "smtp.url"),
      (.unreachable, nil, "", .unreachable, .connect, "smtp.url"),
      (.timedOut, nil, "", .unreachable, .greeting, "smtp.url"),
      (.timedOut, 220, toEHLO, .unreachable, .ehlo, "smtp.url"),
      (.lost, 250, toAUTH, .unreachable, .auth, "smtp.url"),
      (.tlsNotOffered, 250, toAUTH, .starttlsNotOffered, .starttls, "smtp.tls"),
      (.tlsNotOffered, 454, toEHLO, .busy, .starttls, "relay"),
      (.handshake, 220, toTLS, .tls, .starttls, "smtps://"),
      (.handshake, nil, "", .tls, .connect, "smtps://"),
      (.untrusted, 220, toTLS, .tls, .starttls, "smtp.ca_file"),
      (.untrusted, nil, "", .tls, .connect, "smtp.ca_file"),
      (.caFile, 220, toTLS, .tls, .connect, "smtp.ca_file"),
      (.login, 250, toAUTH, .authNotOffered, .auth, "smtp.auth"),
      (.login, 535, toAUTH, .authRefused, .auth, "smtp.username"),
      (.login, 534, toAUTH, .authRefused, .auth, "smtp.auth"),
      (.clientCertificate, 220, toAUTH, .tls, .connect, "smtp.client_certificate_file"),
      (.login, 454, toAUTH, .busy, .auth, "relay"),
      (.refused, 502, toEHLO, .unreachable, .ehlo, "smtp.url"),
      (.refused, 421, toEHLO, .busy, .ehlo, "relay"),
      (.unintelligible, 421, "", .busy, .greeting, "relay"),
      (.unintelligible, 554, "", .unreachable, .greeting, "smtp.url"),
      (.unintelligible, nil, "", .unintelligible, .greeting, "smtp.url"),
      (.unintelligible, 220, toTLS, .unintelligible, .ehlo, "smtp.url"),
      (.other, nil, "", .unreachable, .greeting, "smtp.url"),
    ] as [(WireFailure.Kind, Int?, String, RouteTrouble.Kind, Phase, String)])
  func troubles(
    _ kind: WireFailure.Kind, _ code: Int?, _ replies: String, _ expected: RouteTrouble.Kind, _ phase: Phase,
    _ key: String
  ) {
    let trouble = RouteTrouble(WireFailure(kind: kind, replyCode: code, replies: Array(replies.utf8)))
    #expect(trouble.kind == expected)
    #expect(trouble.phase == phase)
    #expect(trouble.advice.contains(key))
    // A code that was positive is not the reason.
    #expect(trouble.code == nil || trouble.code == code.flatMap { $0 >= 400 ? $0 : nil })
  }
}
