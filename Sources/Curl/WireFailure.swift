import CCurl

/// Why no connection could be opened, secured and authenticated.
package struct WireFailure: Error, Sendable, Hashable {
  package enum Kind: Sendable, Hashable, CaseIterable {
    case unresolvable, unreachable, timedOut
    /// The connection ended.
    case lost
    /// TLS was asked for and is not to be had by STARTTLS.
    case tlsNotOffered
    /// The two sides agree on no TLS 1.2 or newer, or the other side does not speak TLS.
    case handshake
    /// The certificate is not trusted, not valid now, or for another name.
    case untrusted
    /// The CA file cannot be read.
    case caFile
    /// The client certificate or its key cannot be read, or they do not belong together.
    case clientCertificate
    /// No mechanism in common, or the login was refused; the reply code tells which.
    case login
    /// The session was refused at EHLO.
    case refused
    /// A reply that is out of place, or none at all.
    case unintelligible
    case other
  }

  package let kind: Kind
  /// The code of the last reply; nil if there was none.
  package let replyCode: Int?
  /// True if TCP stood.
  package let hasConnected: Bool
  /// The octets of all replies so far.
  ///
  /// They may quote an account: for parsing only, never for a log.
  package let replies: [UInt8]
  /// libcurl's code.
  package let code: Int

  package init(
    kind: Kind, replyCode: Int? = nil, hasConnected: Bool = true, replies: [UInt8] = [], code: Int = 0
  ) {
    self.kind = kind
    self.replyCode = replyCode
    self.hasConnected = hasConnected
    self.replies = replies
    self.code = code
  }
}

extension WireFailure: CustomStringConvertible, CustomReflectable {
  package var description: String { "\(kind), libcurl code \(code)" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

extension WireFailure.Kind {
  init(_ code: CURLcode) {
    self =
      switch code {
      case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .unresolvable
      case CURLE_COULDNT_CONNECT: .unreachable
      case CURLE_OPERATION_TIMEDOUT: .timedOut
      case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR: .lost
      case CURLE_USE_SSL_FAILED: .tlsNotOffered
      case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_ISSUER_ERROR: .untrusted
      case CURLE_SSL_CACERT_BADFILE: .caFile
      case CURLE_SSL_CERTPROBLEM: .clientCertificate
      case CURLE_LOGIN_DENIED, CURLE_AUTH_ERROR: .login
      case CURLE_REMOTE_ACCESS_DENIED: .refused
      case CURLE_WEIRD_SERVER_REPLY: .unintelligible
      case _ where code.isAboutTLS: .handshake
      default: .other
      }
  }
}
