package import Mail

extension Configuration {
  /// `smtp.*`: the organisation's relay and how to speak to it.
  package struct Relay: Sendable {
    package enum TLS: String, Sendable, Hashable, CaseIterable {
      /// No mail without an encrypted, verified connection.
      case required
      /// Encrypted where the relay offers it.
      case opportunistic
      /// In clear; on this machine only.
      case none
    }

    /// The envelope sender.
    package enum ReturnPath: String, Sendable, Hashable, CaseIterable {
      /// A tagged address for every attempt, so that a bounce names its case.
      case verp
      /// The bounce address as it is, for relays that refuse tagged senders.
      case plain
    }

    /// How to log in; the raw values are what operators write.
    package enum Auth: String, Sendable, Hashable, CaseIterable {
      /// PLAIN or LOGIN with a password, OAUTHBEARER or XOAUTH2 with a token.
      case any = ""
      case plain, login
      case cramMD5 = "cram-md5"
      case xoauth2
      case oauthBearer = "oauthbearer"

      /// True for those that take a token, false for those that take a password.
      var takesToken: Bool? { self == .any ? nil : self == .xoauth2 || self == .oauthBearer }
    }

    /// A login; the password or token is loaded whenever a session opens.
    package struct Login: Sendable {
      package let username: String
      package let auth: Auth
      package let secret: SecretSource

      package var takesToken: Bool { secret.name == .smtpToken }
    }

    /// The oldest TLS to agree to.
    package enum TLSMinimum: String, Sendable, Hashable, CaseIterable {
      case tls12 = "1.2"
      case tls13 = "1.3"
    }

    /// What the appliance shows in the TLS handshake: PEM files, read whenever a session opens.
    package struct ClientCertificate: Sendable, Hashable {
      package let file: String
      /// Without a pass phrase, and closed to others.
      package let keyFile: String

      /// Throws if the key cannot be read or can be read by others.
      package func inspectKey() throws(ConfigurationError) {
        _ = try SecretFile.read(keyFile, key: SettingKey.smtpClientKeyFile.rawValue, guardianship: .ownerOnly)
      }
    }

    /// `smtp://` (STARTTLS, port 25) or `smtps://` (TLS from the start, port 465).
    package let endpoint: Endpoint
    package let tls: TLS
    /// Certificates to trust instead of the system's; nil for the system's.
    package let caFile: String?
    package let tlsMinimum: TLSMinimum
    package let clientCertificate: ClientCertificate?
    package let login: Login?
    /// Sessions open at once.
    package let sessions: Int
    package let from: Mailbox
    package let replyTo: Mailbox?
    package let bounceAddress: Address
    package let returnPath: ReturnPath
  }
}

extension Configuration.Relay {
  init?(_ reader: inout SettingReader, environment: [String: String], domains: any DomainEncoder) {
    let endpoint = reader.required(
      .smtpURL, "the relay, such as smtp://relay.acme.example:587", Shape.relay)
    let tls = reader.value(.smtpTLS, default: "required", Shape.choice(TLS.self))
    if let endpoint, tls == TLS.none, !endpoint.isLoopback {
      reader.reject(.smtpTLS, "must be required or opportunistic: none is for a relay on this machine only")
    }
    let path = Shape.path(in: reader.directory)
    let caFile = reader.optional(.smtpCAFile, path)
    let tlsMinimum = reader.value(.smtpTLSMinimum, default: "1.2", Shape.choice(TLSMinimum.self))
    let certificate = Self.clientCertificate(&reader, tls: tls)
    let login = Self.login(&reader, environment: environment)
    let sessions = reader.value(.smtpSessions, default: "2", Shape.integer(1...64))
    let from = reader.required(
      .smtpFrom, "the sender, such as \"Acme People Team <people@acme.example>\"", Shape.mailbox(domains))
    let replyTo = reader.optional(.smtpReplyTo, Shape.mailbox(domains))
    let bounceAddress = reader.optional(.smtpBounceAddress, Shape.address(domains))
    let returnPath = reader.value(.smtpReturnPath, default: "verp", Shape.choice(ReturnPath.self))
    guard let endpoint, let tls, let tlsMinimum, let sessions, let from, let returnPath else { return nil }
    self.init(
      endpoint: endpoint, tls: tls, caFile: caFile, tlsMinimum: tlsMinimum, clientCertificate: certificate,
      login: login, sessions: sessions, from: from, replyTo: replyTo, bounceAddress: bounceAddress ?? from.address,
      returnPath: returnPath)
  }
}
