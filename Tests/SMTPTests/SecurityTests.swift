import Curl
import Delivery
import Mail
import SMTP
import Sandbox
import Testing

/// TLS and AUTH: what is checked, and what is never sent without them.
@Suite struct SecurityTests {
  private static func login(
    _ mechanisms: [Relay.Mechanism] = Relay.Mechanism.ofPassword, password: String = "sample password"
  ) throws -> Relay.Login {
    try Samples.login(mechanisms, secret: password)
  }

  @Test(arguments: [("smtp", SMTPSinkOptions.Security.starttls), ("smtps", .implicit)])
  func mailsGoEncrypted(_ scheme: String, _ security: SMTPSinkOptions.Security) async throws {
    try await withSink([], { $0.security = security }) { sink, port in
      try await withFile(try #require(sink.identity).certificatePEM) { caFile in
        let transport = SMTPTransport(
          try Samples.relay(port: port, scheme: scheme, tls: .required, caFile: caFile))
        // Two megabytes with dots everywhere arrive as they were.
        let mail = [UInt8](
          repeatElement(
            Array("..\r\n.\r\n.line that begins with a dot\r\nand one that does not.\r\n".utf8), count: 33_000
          )
          .joined())
        guard case .outcome(.accepted) = await transport.end(try Samples.envelope(), message: mail) else {
          Issue.record("not accepted")
          return
        }
        let taken = try #require(sink.mails().first)
        #expect(taken.isEncrypted)
        #expect(taken.message == mail)
        #expect(sink.commands().filter { $0.line.hasPrefix("MAIL") }.map(\.isEncrypted) == [true])
      }
    }
  }

  /// A certificate of somebody else, or for another name, or none: nothing is said about a mail.
  @Test(arguments: [SMTPSinkOptions.Security.starttls, .implicit], [true, false])
  func untrustedRelaysGetNothing(_ security: SMTPSinkOptions.Security, _ isForAnotherHost: Bool) async throws {
    try await withSink(
      [],
      {
        $0.security = security
        if isForAnotherHost { $0.names = ["DNS:other.example"] }
      }
    ) { sink, port in
      let trusted = isForAnotherHost ? try #require(sink.identity) : try SMTPSinkIdentity()
      try await withFile(trusted.certificatePEM) { caFile in
        let scheme = security == .implicit ? "smtps" : "smtp"
        for caFile in [caFile, nil] {
          let relay = try Samples.relay(
            port: port, scheme: scheme, tls: .required, caFile: caFile, login: Self.login())
          let sent = await SMTPTransport(relay).end(try Samples.envelope())
          #expect(sent == .route(.tls, security == .implicit ? .connect : .starttls, nil))
        }
        #expect(!sink.commands().contains { $0.line.hasPrefix("MAIL") || $0.line.hasPrefix("AUTH") })
      }
    }
  }

  @Test func aMissingCAFileIsSaid() async throws {
    try await withSink([], { $0.security = .starttls }) { _, port in
      let relay = try Samples.relay(port: port, tls: .required, caFile: "/nonexistent/ca.pem")
      guard case .failure(let trouble) = await SMTPTransport(relay).probe() else {
        Issue.record("no trouble")
        return
      }
      #expect(trouble.kind == .tls)
      #expect(trouble.advice.contains("smtp.ca_file"))
    }
  }

  @Test func requiredTLSIsRequired() async throws {
    try await withSink { sink, port in
      let sent = await SMTPTransport(try Samples.relay(port: port, tls: .required)).end(
        try Samples.envelope())
      #expect(sent == .route(.starttlsNotOffered, .starttls, nil))
      #expect(sink.mails().isEmpty)
    }
  }

  @Test(arguments: [
    (SMTPFault.Action.reply("454 4.7.0 text"), Sent.route(.busy, .starttls, 454)),
    (.reply("502 5.5.1 text"), .route(.starttlsNotOffered, .starttls, 502)),
    (.close, .route(.unreachable, .starttls, nil)),
    // What is added in clear would be read as said under TLS (CVE-2011-0411).
    (.extra("250 AUTH PLAIN"), .route(.unintelligible, .ehlo, nil)),
  ])
  func faultsOfSTARTTLS(_ action: SMTPFault.Action, _ expected: Sent) async throws {
    try await withSink([SMTPFault(.starttls, action)], { $0.security = .starttls }) { sink, port in
      try await withFile(try #require(sink.identity).certificatePEM) { caFile in
        let relay = try Samples.relay(port: port, tls: .required, caFile: caFile)
        let sent = await SMTPTransport(relay).end(try Samples.envelope())
        #expect(sent == expected)
        #expect(sink.mails().isEmpty)
      }
    }
  }

  @Test func opportunisticTakesWhatThereIs() async throws {
    for security in [SMTPSinkOptions.Security.clear, .starttls] {
      try await withSink([], { $0.security = security }) { sink, port in
        try await withFile(sink.identity?.certificatePEM ?? "") { caFile in
          let relay = try Samples.relay(
            port: port, tls: .opportunistic, caFile: security == .clear ? nil : caFile)
          _ = await SMTPTransport(relay).end(try Samples.envelope())
          #expect(sink.mails().map(\.isEncrypted) == [security == .starttls])
        }
      }
    }
  }

  /// Somebody on the way takes STARTTLS out of the offer: the login must not follow in clear.
  @Test func aLoginNeverGoesInClear() async throws {
    try await withSink([], { $0.login = ("sample", "sample password") }) { sink, port in
      let relay = try Samples.relay(port: port, tls: .opportunistic, login: Self.login())
      let sent = await SMTPTransport(relay).end(try Samples.envelope())
      #expect(sent == .route(.starttlsNotOffered, .starttls, nil))
      #expect(!sink.commands().contains { $0.line.hasPrefix("AUTH") })
    }
  }

  @Test func wrongLoginsAreTheRoutes() async throws {
    try await withSink([], { $0.login = ("sample", "sample password") }) { sink, port in
      let relay = try Samples.relay(port: port, login: Self.login(password: "wrong"))
      let sent = await SMTPTransport(relay).end(try Samples.envelope())
      #expect(sent == .route(.authRefused, .auth, 535))
      #expect(sink.mails().isEmpty)
    }
  }

  /// libcurl would go on without a word; the mail would go unauthenticated.
  @Test func anUnusedLoginSendsNothing() async throws {
    try await withSink { sink, port in
      let relay = try Samples.relay(port: port, login: Self.login())
      let sent = await SMTPTransport(relay).end(try Samples.envelope())
      #expect(sent == .route(.authNotOffered, .auth, nil))
      #expect(!sink.commands().contains { $0.line.hasPrefix("MAIL") })
    }
  }

  @Test func aMissingLoginIsTheRoutes() async throws {
    try await withSink(
      [],
      {
        $0.login = ("sample", "sample password")
        $0.requiresLogin = true
      }
    ) { _, port in
      let sent = await SMTPTransport(try Samples.relay(port: port)).end(try Samples.envelope())
      #expect(sent == .route(.authRefused, .mail, 530))
    }
  }

  @Test func aProbeLooksAndLeaves() async throws {
    try await withSink(
      [],
      {
        $0.security = .starttls
        $0.login = ("sample", "sample password")
        $0.keywords = ["SIZE 1000", "DSN"]
      }
    ) { sink, port in
      try await withFile(try #require(sink.identity).certificatePEM) { caFile in
        let relay = try Samples.relay(port: port, tls: .required, caFile: caFile, login: Self.login())
        let report = try await SMTPTransport(relay).probe().get()
        #expect(report.isEncrypted)
        #expect(report.isAuthenticated)
        #expect(report.offered.dsn)
        #expect(report.offered.size == 1000)
        #expect(report.offered.auth == ["PLAIN", "LOGIN"])
        #expect(!report.offered.starttls)
        #expect(sink.commands().map(\.line).last == "QUIT")
        #expect(!sink.commands().contains { $0.line.hasPrefix("MAIL") })
      }
    }
  }

  /// The relay is asked, command by command, and gets no mail, whatever it answers.
  @Test func aProbeAsksAboutMailsThatAreNotSent() async throws {
    let faults = [
      SMTPFault(.mail, .reply("550 5.7.60 not as this sender"), times: 1),
      SMTPFault(.rcpt, .reply("550 5.1.1 nobody"), times: 1), SMTPFault(.rcpt, .reply("450 4.7.1 later"), times: 1),
    ]
    try await withSink(faults) { sink, port in
      let report = try await SMTPTransport(try Samples.relay(port: port))
        .probe(Array(repeating: Samples.envelope(), count: 4)).get()
      #expect(
        report.verdicts == [
          .refused(code: 550, EnhancedStatus(class: 5, subject: 7, detail: 60)),
          .refused(code: 550, EnhancedStatus(class: 5, subject: 1, detail: 1)), .unproven, .taken,
        ])
      #expect(
        sink.commands().map { $0.line.prefix(4) } == [
          "EHLO", "MAIL", "RSET", "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "RSET", "QUIT",
        ])
      #expect(sink.mails().isEmpty)
    }
  }
}
