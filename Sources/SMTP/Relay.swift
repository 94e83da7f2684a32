package import Curl

/// The organisation's SMTP server and how to speak to it; can only exist in a form that is safe to use.
package struct Relay: Sendable {
  /// `smtp.tls`.
  package enum TLS: String, Sendable, Hashable, CaseIterable {
    /// TLS, verified, or no mail.
    case required
    /// STARTTLS where it is offered; with a login it is required all the same.
    case opportunistic
    /// In clear; only to this machine.
    case none
  }

  /// A login and, if one mechanism is pinned, its SASL name.
  package struct Login: Sendable {
    package let username: String
    package let password: Secret
    package let mechanism: String?

    /// - Parameter mechanism: such as `PLAIN`; libcurl's own way to write it, `AUTH=PLAIN`, is understood.
    package init(username: String, password: Secret, mechanism: String? = nil) throws(RelayError) {
      guard !username.isEmpty, !username.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
        throw .username
      }
      guard !password.isEmpty, !password.hasControls else { throw .password }
      var name = mechanism?.uppercased()
      if let pinned = name, pinned.hasPrefix("AUTH=") { name = String(pinned.dropFirst(5)) }
      if let name, !Self.isSASLName(name) { throw .mechanism }
      self.username = username
      self.password = password
      self.mechanism = name
    }

    /// RFC 4422 §3.1.
    private static func isSASLName(_ name: String) -> Bool {
      (1...20).contains(name.utf8.count)
        && name.unicodeScalars.allSatisfy {
          ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "-" || $0 == "_"
        }
    }
  }

  package let endpoint: RelayEndpoint
  package let tls: TLS
  /// A PEM file of certificates to trust instead of the system's.
  package let caFile: String?
  package let login: Login?
  /// What EHLO says; nil for this machine's name.
  package let ehloName: String?
  package let timeouts: SMTPTimeouts
  /// A session that was idle for longer is not used again.
  package let idleLimit: Duration

  package init(
    _ endpoint: RelayEndpoint, tls: TLS = .required, caFile: String? = nil, login: Login? = nil,
    ehloName: String? = nil, timeouts: SMTPTimeouts = SMTPTimeouts(), idleLimit: Duration = .seconds(60)
  ) throws(RelayError) {
    guard tls != .none || Loopback.contains(endpoint.host) else { throw .clearTextBeyondLoopback }
    if let ehloName, !RelayEndpoint.isHost(ehloName) { throw .ehloName }
    self.endpoint = endpoint
    self.tls = tls
    self.caFile = caFile
    self.login = login
    self.ehloName = ehloName
    self.timeouts = timeouts
    self.idleLimit = idleLimit
  }

  /// The connection that libcurl is to make.
  var target: WireTarget {
    let security: WireTarget.Security =
      switch tls {
      case _ where endpoint.isImplicitTLS: .implicit
      case .required: .required
      case .opportunistic: login == nil ? .ifOffered : .required
      case .none: .none
      }
    return WireTarget(
      host: endpoint.host, port: endpoint.port, security: security, caFile: caFile,
      login: login.map { .init(username: $0.username, password: $0.password, mechanism: $0.mechanism) },
      ehloName: ehloName, timeout: timeouts.connect)
  }
}
