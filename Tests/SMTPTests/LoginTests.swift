import Curl
import Delivery
import SMTP
import Sandbox
import Synchronization
import Testing

/// How the appliance shows the relay who it is: by AUTH (RFC 4954), and by a certificate.
@Suite struct LoginTests {
  private typealias Mechanism = Relay.Mechanism

  /// One session under TLS with an account: the end, the accounts of the mails taken, and the AUTH commands.
  private func end(
    _ mechanisms: [Relay.Mechanism], offered: [String], secret: String = "sample password"
  ) async throws -> (end: String, accounts: [String?], logins: Int) {
    try await withSink(
      [],
      {
        $0.security = .starttls
        $0.login = ("sample", "sample password")
        $0.requiresLogin = true
        $0.mechanisms = offered
      }
    ) { sink, port in
      try await withFile(try #require(sink.identity).certificatePEM) { caFile in
        let relay = try Samples.relay(
          port: port, tls: .required, caFile: caFile, login: Samples.login(mechanisms, secret: secret))
        let transport = SMTPTransport(relay)
        var sent = await transport.end(try Samples.envelope())
        if case .outcome = sent { sent = await transport.end(try Samples.envelope()) }
        await transport.close()
        return (sent.words, sink.mails().map(\.account), sink.commands().count { $0.line == "AUTH" })
      }
    }
  }

  @Test(arguments: Relay.Mechanism.allCases) func everyMechanismLogsIn(_ mechanism: Relay.Mechanism) async throws {
    let (end, accounts, logins) = try await end([mechanism], offered: [mechanism.rawValue])
    #expect(end == "accepted 250")
    #expect(accounts == ["sample", "sample"])
    #expect(logins == 1, "one login for both mails")
  }

  /// After a refusal no other mechanism and no second try: accounts are locked for less.
  @Test(arguments: Relay.Mechanism.allCases) func aWrongSecretIsTriedOnce(_ mechanism: Relay.Mechanism) async throws {
    let kind = mechanism.takesToken ? Mechanism.ofToken : Mechanism.ofPassword
    let (end, accounts, logins) = try await end(
      Array(Set(kind + [mechanism])), offered: SMTPSinkLogin.mechanisms, secret: "wrong")
    #expect(end == "route auth 535 auth-refused")
    #expect(accounts.isEmpty)
    #expect(logins == 1)
  }

  /// What is not agreed to is not used, however much the relay would like it.
  @Test(
    arguments: [
      (Relay.Mechanism.ofPassword, ["CRAM-MD5", "XOAUTH2", "NTLM", "GSSAPI", "DIGEST-MD5", "SCRAM-SHA-256"]),
      (Relay.Mechanism.ofToken, ["PLAIN", "LOGIN", "CRAM-MD5"]),
      ([.plain], ["LOGIN"]), ([.login], ["PLAIN"]), ([.xoauth2], ["OAUTHBEARER"]), ([.oauthBearer], ["XOAUTH2"]),
    ] as [([Relay.Mechanism], [String])])
  func aMechanismThatIsNotOffered(_ mechanisms: [Relay.Mechanism], _ offered: [String]) async throws {
    let (end, accounts, logins) = try await end(mechanisms, offered: offered)
    #expect(end == "route auth auth-not-offered")
    #expect(accounts.isEmpty && logins == 0)
  }

  /// Where a relay offers more than is agreed to, what fits is taken: with NTLM first, libcurl alone would try that.
  @Test(arguments: [
    (Relay.Mechanism.ofPassword, ["NTLM", "GSSAPI", "CRAM-MD5", "PLAIN"]),
    (Relay.Mechanism.ofPassword, ["NTLM", "LOGIN", "XOAUTH2"]), (Relay.Mechanism.ofToken, ["LOGIN", "XOAUTH2"]),
    (Relay.Mechanism.ofToken, ["NTLM", "PLAIN", "OAUTHBEARER"]),
  ])
  func whatFitsIsTaken(_ mechanisms: [Relay.Mechanism], _ offered: [String]) async throws {
    #expect(try await end(mechanisms, offered: offered).end == "accepted 250")
  }

  /// A password or token that was changed counts with the next session, and one that cannot be had is the route's.
  @Test func theSecretIsFetchedForEverySession() async throws {
    try await withSink([], { $0.login = ("sample", "second") }) { sink, port in
      let secrets = Mutex<[String?]>(["first", nil, "", "two\nlines", "second"])
      let login = try Relay.Login(username: "sample") { () throws(Relay.Login.Missing) in
        guard let secret = secrets.withLock({ $0.removeFirst() }) else {
          throw Relay.Login.Missing(advice: "gone")
        }
        return Secret(secret)
      }
      let transport = SMTPTransport(try Samples.relay(port: port, login: login))
      var ends: [String] = []
      for _ in 0..<6 { ends.append(await transport.end(try Samples.envelope()).words) }
      #expect(
        ends == ["route auth 535 auth-refused"] + Array(repeating: "route auth credentials", count: 3)
          + Array(repeating: "accepted 250", count: 2))
      // Nobody is asked without a secret in hand.
      #expect(sink.sessions == 2)
      await transport.close()
    }
  }

  // MARK: Certificates

  @Test(arguments: ["right", "none", "foreign", "foreign-key", "missing"])
  func aRelayMayWantACertificate(_ shown: String) async throws {
    let (own, foreign) = (try SMTPSinkIdentity(), try SMTPSinkIdentity())
    try await withSink(
      [],
      {
        $0.security = .starttls
        $0.clientCertificate = own.certificatePEM
      }
    ) { sink, port in
      let caFile = try #require(sink.identity).certificatePEM
      try await withFiles([caFile, own.certificatePEM, own.keyPEM(), foreign.certificatePEM, foreign.keyPEM()]) {
        files in
        let certificate: WireTarget.ClientCertificate? =
          switch shown {
          case "right": .init(file: files[1], keyFile: files[2])
          case "foreign": .init(file: files[3], keyFile: files[4])
          case "foreign-key": .init(file: files[1], keyFile: files[4])
          case "missing": .init(file: files[1] + ".none", keyFile: files[2])
          default: nil
          }
        let relay = try Samples.relay(port: port, tls: .required, caFile: files[0], clientCertificate: certificate)
        let transport = SMTPTransport(relay)
        let end = await transport.end(try Samples.envelope())
        await transport.close()
        if shown == "right" {
          #expect(end.words == "accepted 250")
        } else {
          guard case .route(let kind, _, nil) = end else {
            Issue.record("\(end.words)")
            return
          }
          #expect(kind == .tls || (shown == "none" || shown == "foreign") && kind == .unreachable, "\(end.words)")
          #expect(sink.mails().isEmpty)
        }
      }
    }
  }

  /// OpenSSL would ask the terminal for the pass phrase, and a service would hang.
  @Test func aSealedKeyIsRefusedWithoutAQuestion() async throws {
    let identity = try SMTPSinkIdentity()
    try await withSink([], { $0.security = .starttls }) { sink, port in
      let caFile = try #require(sink.identity).certificatePEM
      try await withFiles([caFile, identity.certificatePEM, identity.keyPEM(passPhrase: "sample")]) { files in
        let relay = try Samples.relay(
          port: port, tls: .required, caFile: files[0],
          clientCertificate: .init(file: files[1], keyFile: files[2]))
        #expect(await SMTPTransport(relay).end(try Samples.envelope()).words == "route connect tls")
      }
    }
  }

  @Test(arguments: [(false, "1.3", true), (true, "1.2", true), (true, "1.3", false)])
  func theOldestTLSIsASetting(_ isOld: Bool, _ minimum: String, _ isEnough: Bool) async throws {
    try await withSink(
      [],
      {
        $0.security = .starttls
        $0.isOld = isOld
      }
    ) { sink, port in
      try await withFile(try #require(sink.identity).certificatePEM) { caFile in
        let relay = try Samples.relay(
          port: port, tls: .required, caFile: caFile, tlsMinimum: try #require(.init(rawValue: minimum)))
        let transport = SMTPTransport(relay)
        #expect(
          await transport.end(try Samples.envelope()).words == (isEnough ? "accepted 250" : "route starttls tls"))
        await transport.close()
      }
    }
  }
}
