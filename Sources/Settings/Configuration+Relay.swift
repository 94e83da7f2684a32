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

    /// A login; the password is loaded when a session opens.
    package struct Login: Sendable {
      package let username: String
      package let password: SecretSource
    }

    /// `smtp://` (STARTTLS, port 25) or `smtps://` (TLS from the start, port 465).
    package let endpoint: Endpoint
    package let tls: TLS
    /// Certificates to trust instead of the system's; nil for the system's.
    package let caFile: String?
    package let login: Login?
    /// Sessions open at once.
    package let sessions: Int
    package let from: Mailbox
    package let replyTo: Mailbox?
    package let bounceAddress: Address
    package let returnPath: ReturnPath
  }

  /// `bounces.*`: where reports of failed delivery arrive.
  package struct Bounces: Sendable {
    /// `imap://` or `imaps://`, the path being the mailbox; nil if not read by IMAP.
    package let imap: Endpoint?
    package let username: String?
    package let password: SecretSource?
    /// An OAuth 2 bearer token, instead of a password.
    package let token: SecretSource?
    package let maildir: String?

    package var isConfigured: Bool { imap != nil || maildir != nil }
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
    let login = Self.login(&reader, environment: environment)
    let sessions = reader.value(.smtpSessions, default: "2", Shape.integer(1...64))
    let from = reader.required(
      .smtpFrom, "the sender, such as \"Acme People Team <people@acme.example>\"", Shape.mailbox(domains))
    let replyTo = reader.optional(.smtpReplyTo, Shape.mailbox(domains))
    let bounceAddress = reader.optional(.smtpBounceAddress, Shape.address(domains))
    let returnPath = reader.value(.smtpReturnPath, default: "verp", Shape.choice(ReturnPath.self))
    guard let endpoint, let tls, let sessions, let from, let returnPath else { return nil }
    self.init(
      endpoint: endpoint, tls: tls, caFile: caFile, login: login, sessions: sessions, from: from,
      replyTo: replyTo,
      bounceAddress: bounceAddress ?? from.address, returnPath: returnPath)
  }

  /// A name without a password, or a password without a name, is a login half written.
  private static func login(_ reader: inout SettingReader, environment: [String: String]) -> Login? {
    let username = reader.optional(.smtpUsername, Shape.text)
    let file = reader.optional(.smtpPasswordFile, Shape.path(in: reader.directory))
    let password = SecretSource.choose(.smtpPassword, file: file, environment: environment)
    switch (username, password) {
    case (let username?, let password?): return Login(username: username, password: password)
    case (_?, nil) where !reader.isRejected(.smtpPasswordFile):
      reader.reject(
        .smtpPasswordFile, "is missing though smtp.username is set; \(SecretName.smtpPassword.wayIn)")
    case (nil, _?) where !reader.isRejected(.smtpUsername):
      reader.reject(.smtpUsername, "is missing though there is a password; without a login leave out both")
    default: break
    }
    return nil
  }
}

extension Configuration.Bounces {
  init(_ reader: inout SettingReader, environment: [String: String]) {
    let path = Shape.path(in: reader.directory)
    imap = reader.optional(.bouncesIMAPURL) { text throws(Misfit) in
      try Endpoint(text, ports: ["imap": 143, "imaps": 993])
    }
    username = reader.optional(.bouncesUsername, Shape.text)
    let passwordFile = reader.optional(.bouncesPasswordFile, path)
    password = SecretSource.choose(.bouncesPassword, file: passwordFile, environment: environment)
    let tokenFile = reader.optional(.bouncesTokenFile, path)
    token = SecretSource.choose(.bouncesToken, file: tokenFile, environment: environment)
    maildir = reader.optional(.bouncesMaildir, path)
    if imap != nil && username != nil && password == nil && token == nil {
      reader.reject(
        .bouncesPasswordFile, "is missing though bounces.username is set; \(SecretName.bouncesPassword.wayIn)"
      )
    }
  }
}
