package import Curl
import Delivery

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

  /// A way to log in (RFC 4954); the raw values are SASL names.
  package enum Mechanism: String, Sendable, Hashable, CaseIterable {
    case plain = "PLAIN"
    case login = "LOGIN"
    /// RFC 2195; the relay must know the password itself.
    case cramMD5 = "CRAM-MD5"
    /// Google's and Microsoft's, with a bearer token.
    case xoauth2 = "XOAUTH2"
    /// RFC 7628, with a bearer token.
    case oauthBearer = "OAUTHBEARER"

    package var takesToken: Bool { self == .xoauth2 || self == .oauthBearer }

    /// What is agreed to where none is pinned.
    ///
    /// PLAIN and LOGIN under TLS work wherever they are offered. CRAM-MD5 is offered by relays that keep no password in
    /// clear and then refuse it; libcurl would still prefer it.
    package static let ofPassword: [Mechanism] = [.plain, .login]
    package static let ofToken: [Mechanism] = [.oauthBearer, .xoauth2]
  }

  /// A login; its password or token is fetched anew for every session, so that a changed one counts at once.
  package struct Login: Sendable {
    /// The password or token is not to be had.
    package struct Missing: Error, Sendable, Hashable {
      /// A sentence for operators, that names the key to look at and never the secret.
      package let advice: String

      package init(advice: String) { self.advice = advice }
    }

    package typealias Source = @Sendable () throws(Missing) -> Secret

    package let username: String
    /// At least one; all take a password, or all take a token.
    package let mechanisms: [Mechanism]
    let secret: Source

    package init(
      username: String, mechanisms: [Mechanism] = Mechanism.ofPassword, secret: @escaping Source
    ) throws(RelayError) {
      guard !username.isEmpty, !username.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
        throw .username
      }
      guard let first = mechanisms.first, mechanisms.allSatisfy({ $0.takesToken == first.takesToken }) else {
        throw .mechanism
      }
      self.username = username
      self.mechanisms = mechanisms
      self.secret = secret
    }

    /// Fetches the password or token.
    var credential: WireTarget.Credential {
      get throws(RouteTrouble) {
        let secret: Secret
        do throws(Missing) {
          secret = try self.secret()
          guard !secret.isEmpty, !secret.hasControls else {
            throw Missing(advice: "The password or token for the relay is empty or holds control characters.")
          }
        } catch {
          throw RouteTrouble(kind: .credentials, phase: .auth, advice: error.advice)
        }
        return mechanisms.contains(where: \.takesToken) ? .token(secret) : .password(secret)
      }
    }
  }

  package let endpoint: RelayEndpoint
  package let tls: TLS
  /// A PEM file of certificates to trust instead of the system's.
  package let caFile: String?
  package let clientCertificate: WireTarget.ClientCertificate?
  package let tlsMinimum: WireTarget.TLSMinimum
  package let login: Login?
  /// What EHLO says; nil for this machine's name.
  package let ehloName: String?
  package let timeouts: SMTPTimeouts
  /// A session that was idle for longer is not used again.
  package let idleLimit: Duration

  package init(
    _ endpoint: RelayEndpoint, tls: TLS = .required, caFile: String? = nil,
    clientCertificate: WireTarget.ClientCertificate? = nil, tlsMinimum: WireTarget.TLSMinimum = .tls12,
    login: Login? = nil, ehloName: String? = nil, timeouts: SMTPTimeouts = SMTPTimeouts(),
    idleLimit: Duration = .seconds(60)
  ) throws(RelayError) {
    guard tls != .none || Loopback.contains(endpoint.host) else { throw .clearTextBeyondLoopback }
    if let ehloName, !RelayEndpoint.isHost(ehloName) { throw .ehloName }
    self.endpoint = endpoint
    self.tls = tls
    self.caFile = caFile
    self.clientCertificate = clientCertificate
    self.tlsMinimum = tlsMinimum
    self.login = login
    self.ehloName = ehloName
    self.timeouts = timeouts
    self.idleLimit = idleLimit
  }

  /// The connection that libcurl is to make, with the password or token of this moment.
  func target() throws(RouteTrouble) -> WireTarget {
    let security: WireTarget.Security =
      switch tls {
      case _ where endpoint.isImplicitTLS: .implicit
      case .required: .required
      case .opportunistic: login == nil ? .ifOffered : .required
      case .none: .none
      }
    var target = WireTarget(
      host: endpoint.host, port: endpoint.port, security: security, caFile: caFile,
      clientCertificate: clientCertificate, tlsMinimum: tlsMinimum, ehloName: ehloName, timeout: timeouts.connect)
    if let login {
      target.login = .init(
        username: login.username, credential: try login.credential, mechanisms: login.mechanisms.map(\.rawValue))
    }
    return target
  }
}
