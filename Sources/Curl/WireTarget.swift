/// Where a `Wire` leads, and what libcurl does on the way: name, TCP, greeting, EHLO, TLS, AUTH.
package struct WireTarget: Sendable {
  package enum Security: Sendable, Hashable, CaseIterable {
    /// TLS before the first octet (RFC 8314 §3.3).
    case implicit
    /// STARTTLS, or no connection (RFC 3207).
    case required
    /// STARTTLS if it is offered; never with a login.
    case ifOffered
    case none
  }

  package enum Credential: Sendable {
    case password(Secret)
    /// An OAuth 2 bearer token (RFC 6750).
    case token(Secret)
  }

  package struct Login: Sendable {
    package var username: String
    package var credential: Credential
    /// The SASL mechanisms that may be used, such as `PLAIN`; none leaves the choice to libcurl.
    package var mechanisms: [String]

    package init(username: String, credential: Credential, mechanisms: [String]) {
      self.username = username
      self.credential = credential
      self.mechanisms = mechanisms
    }
  }

  /// What this side shows in the TLS handshake: PEM files, the key without a pass phrase.
  package struct ClientCertificate: Sendable, Hashable {
    package var file: String
    package var keyFile: String

    package init(file: String, keyFile: String) {
      self.file = file
      self.keyFile = keyFile
    }
  }

  /// The oldest TLS to agree to.
  package enum TLSMinimum: String, Sendable, Hashable, CaseIterable {
    case tls12 = "1.2"
    case tls13 = "1.3"
  }

  /// A host name or an address; an IPv6 address in brackets.
  package var host: String
  package var port: Int
  package var security: Security
  /// A PEM file of certificates to trust instead of the system's.
  package var caFile: String?
  package var clientCertificate: ClientCertificate?
  package var tlsMinimum: TLSMinimum
  package var login: Login?
  /// What EHLO says: a host name or an address literal; nil for this machine's name.
  package var ehloName: String?
  /// For all of it together.
  package var timeout: Duration

  package init(
    host: String, port: Int, security: Security, caFile: String? = nil,
    clientCertificate: ClientCertificate? = nil, tlsMinimum: TLSMinimum = .tls12, login: Login? = nil,
    ehloName: String? = nil, timeout: Duration = .seconds(30)
  ) {
    self.host = host
    self.port = port
    self.security = security
    self.caFile = caFile
    self.clientCertificate = clientCertificate
    self.tlsMinimum = tlsMinimum
    self.login = login
    self.ehloName = ehloName
    self.timeout = timeout
  }

  /// libcurl takes the name for EHLO from the path.
  var url: String {
    let scheme = security == .implicit ? "smtps" : "smtp"
    let path = (ehloName ?? "").utf8.map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
        String(UnicodeScalar(byte))
      default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return "\(scheme)://\(host):\(port)/\(path.joined())"
  }
}
