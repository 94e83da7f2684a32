import Glibc

extension Configuration {
  /// `bounces.*`: where reports of failed and of successful delivery arrive.
  package struct Bounces: Sendable {
    /// What becomes of a report that has done its work.
    package enum After: String, Sendable, Hashable, CaseIterable { case delete, move, keep }

    package enum TLS: String, Sendable, Hashable, CaseIterable {
      case required
      /// In clear; on this machine only.
      case none
    }

    /// A mailbox on an IMAP server.
    package struct IMAP: Sendable {
      /// `imap://` (STARTTLS, port 143) or `imaps://` (TLS from the start, port 993); the path is the mailbox.
      package let endpoint: Endpoint
      package let tls: TLS
      package let caFile: String?
      /// Nil: nobody can log in, which is told when the mailbox is to be read.
      package let username: String?
      /// A password, or an OAuth 2 bearer token; loaded whenever a connection opens.
      package let secret: SecretSource
      package let after: After

      package var takesToken: Bool { secret.name == .bouncesToken }
    }

    package let imap: IMAP?
    package let maildir: String?

    package var isConfigured: Bool { imap != nil || maildir != nil }
  }
}

extension Configuration.Bounces {
  init(_ reader: inout SettingReader, environment: [String: String]) {
    imap = Self.imap(&reader, environment: environment)
    maildir = reader.optional(.bouncesMaildir, Shape.path(in: reader.directory))
  }

  private static func imap(_ reader: inout SettingReader, environment: [String: String]) -> IMAP? {
    let path = Shape.path(in: reader.directory)
    let endpoint = reader.optional(.bouncesIMAPURL) { text throws(Misfit) in
      try Endpoint(text, ports: ["imap": 143, "imaps": 993])
    }
    let tls = reader.value(.bouncesTLS, default: "required", Shape.choice(TLS.self))
    if let endpoint, tls == TLS.none, !endpoint.isLoopback {
      reader.reject(.bouncesTLS, "must be required: none is for a server on this machine only")
    }
    let caFile = reader.optional(.bouncesCAFile, path)
    let after = reader.value(.bouncesAfter, default: "delete", Shape.choice(After.self))
    let username = reader.optional(.bouncesUsername, Shape.text)
    let secret = secret(&reader, environment: environment)
    guard let endpoint, let tls, let after else { return nil }
    return IMAP(
      endpoint: endpoint, tls: tls, caFile: caFile, username: username,
      secret: secret
        ?? SecretSource(
          name: .bouncesPassword,
          place: .missing("is missing though bounces.username is set; \(SecretName.bouncesPassword.wayIn)")),
      after: after)
  }

  /// Two ways at once are a mistake.
  private static func secret(_ reader: inout SettingReader, environment: [String: String]) -> SecretSource? {
    let path = Shape.path(in: reader.directory)
    let password = SecretSource.choose(
      .bouncesPassword, file: reader.optional(.bouncesPasswordFile, path), environment: environment)
    let token = SecretSource.choose(
      .bouncesToken, file: reader.optional(.bouncesTokenFile, path), environment: environment)
    let command = TokenCommand.words(.bouncesTokenCommand, &reader).map {
      SecretSource(name: .bouncesToken, place: .command($0))
    }
    if command != nil, token != nil {
      reader.reject(.bouncesTokenCommand, "is set though there is a token; leave one of them out")
    }
    if password != nil, command != nil || token != nil {
      reader.reject(
        command == nil ? .bouncesTokenFile : .bouncesTokenCommand,
        "gives a token beside a password; leave one of them out")
    }
    return command ?? token ?? password
  }
}
