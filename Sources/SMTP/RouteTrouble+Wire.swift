package import Curl
package import Delivery

extension RouteTrouble {
  /// The trouble behind a connection that could not be made, with the key to look at.
  package init(_ failure: WireFailure) {
    let preamble = Preamble(failure.replies)
    let reached = failure.hasConnected ? preamble.awaiting : .connect
    let handshake: Phase = preamble.startedTLS ? .starttls : .connect
    let code = failure.replyCode.flatMap { $0 >= 400 ? $0 : nil }
    // What the relay calls temporary is no matter of configuration (AUTH 454, STARTTLS 454, greeting 421).
    let isTransient = code.map { (400..<500).contains($0) } ?? false
    switch failure.kind {
    case .unresolvable:
      self.init(
        kind: .unresolvable, phase: .connect,
        advice: "The relay's name cannot be resolved; look at smtp.url and at DNS.")
    case .unreachable:
      self.init(
        kind: .unreachable, phase: .connect,
        advice: "Nothing answers at the relay's address; look at smtp.url and at the firewall.")
    case .timedOut:
      self.init(
        kind: .unreachable, phase: reached, code: code,
        advice: "The relay did not answer in time; look at smtp.url, its port and the firewall.")
    case .lost:
      self.init(
        kind: .unreachable, phase: reached, code: code,
        advice: "The relay closed the connection; look at smtp.url, and whether it lets this machine in.")
    case let kind where isTransient && kind.isSpoken:
      self = .busy(at: kind.phase ?? reached, code: code)
    case .login where code == nil:
      self = .authNotOffered
    case .login:
      self = .authRefused(at: .auth, code: code)
    case .tlsNotOffered:
      self.init(
        kind: .starttlsNotOffered, phase: .starttls, code: code,
        advice: "The relay offers no STARTTLS; look at smtp.tls, or use smtps:// in smtp.url.")
    case .handshake:
      self.init(
        kind: .tls, phase: handshake,
        advice:
          "The relay agrees to no TLS of smtp.tls_minimum, or wants another smtp.client_certificate_file; "
          + "smtps:// in smtp.url is for TLS from the start (port 465).")
    case .untrusted:
      self.init(
        kind: .tls, phase: handshake,
        advice: "The relay's certificate is not trusted or names another host; "
          + "look at smtp.ca_file and the host in smtp.url.")
    case .caFile:
      self.init(kind: .tls, phase: .connect, advice: "The certificates of smtp.ca_file cannot be read.")
    case .clientCertificate:
      self.init(
        kind: .tls, phase: .connect,
        advice: "smtp.client_certificate_file or smtp.client_key_file cannot be read, or they do not belong together.")
    case .refused, .unintelligible:
      if code != nil {
        self.init(
          kind: .unreachable, phase: failure.kind.phase ?? reached, code: code,
          advice: "The relay refuses sessions from this machine; look at smtp.url and at the relay's rules.")
      } else {
        self.init(
          kind: .unintelligible, phase: reached,
          advice: "What answers at smtp.url does not speak SMTP; look at the port and at smtp:// or smtps://."
        )
      }
    case .other:
      self.init(
        kind: .unreachable, phase: reached, code: code,
        advice: "The connection failed (libcurl code \(failure.code)); look at smtp.url.")
    }
  }

  /// Credentials are set and would not be used: nothing is sent, since it would go unauthenticated.
  static let authNotOffered = RouteTrouble(
    kind: .authNotOffered, phase: .auth,
    advice:
      "The relay offers no AUTH that fits; look at smtp.auth, or at smtp.url for the submission port.")

  static func authRefused(at phase: Phase, code: Int?) -> RouteTrouble {
    RouteTrouble(
      kind: .authRefused, phase: phase, code: code,
      advice:
        "The relay refuses the login or wants one; look at smtp.username, its password or token, smtp.auth and smtp.tls."
    )
  }

  static func busy(at phase: Phase, code: Int?) -> RouteTrouble {
    RouteTrouble(
      kind: .busy, phase: phase, code: code,
      advice: "The relay has no time now; if it goes on, look at the relay and at smtp.sessions.")
  }
}

extension WireFailure.Kind {
  /// True if it is the relay's reply that ended the session.
  fileprivate var isSpoken: Bool { [.login, .tlsNotOffered, .refused, .unintelligible].contains(self) }

  /// The step that the failure itself names.
  fileprivate var phase: Phase? {
    switch self {
    case .login: .auth
    case .tlsNotOffered: .starttls
    case .refused: .ehlo
    default: nil
    }
  }
}
