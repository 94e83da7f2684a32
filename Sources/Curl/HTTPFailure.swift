import CCurl

/// Why an exchange came to no whole answer.
///
/// `host` is the host of the URL; nothing else of the request is told.
package enum HTTPFailure: Error, Sendable {
  /// The request cannot be sent as it is; the words say why.
  case unusable(String)
  case unresolvable(host: String)
  case unreachable(host: String)
  /// No TLS 1.2 or newer, or the certificate or its name is wrong, or the CA file cannot be read.
  case tls(host: String)
  case timedOut(host: String)
  /// The connection broke while the answer was awaited or arrived.
  case cut(host: String)
  /// The body is longer than `limit` octets.
  case tooLarge(limit: Int)
  /// The callback threw; the exchange was ended.
  case consumerThrew(any Error)
  /// The task was cancelled.
  case cancelled
  /// Anything else, by libcurl's code.
  case other(code: Int)

  init(_ code: CURLcode, host: String) {
    self =
      switch code {
      case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .unresolvable(host: host)
      case CURLE_COULDNT_CONNECT: .unreachable(host: host)
      case CURLE_OPERATION_TIMEDOUT: .timedOut(host: host)
      case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR: .cut(host: host)
      case CURLE_ABORTED_BY_CALLBACK: .cancelled
      case _ where code.isAboutTLS: .tls(host: host)
      default: .other(code: Int(code.rawValue))
      }
  }

  /// A sentence for operators.
  package var advice: String {
    switch self {
    case .unusable(let why): "The request was not sent: \(why)."
    case .unresolvable(let host): "The name \(host) cannot be resolved; look at the address and at DNS."
    case .unreachable(let host):
      "Nothing answers at \(host); look at the address, the firewall and the proxy."
    case .tls(let host):
      "No trusted TLS connection to \(host): its certificate, its name or the CA file does not fit."
    case .timedOut(let host): "\(host) did not answer in time."
    case .cut(let host): "The connection to \(host) broke before the answer was whole."
    case .tooLarge(let limit): "The answer was longer than the \(limit) octets allowed."
    case .consumerThrew: "The answer could not be processed; the exchange was ended."
    case .cancelled: "The exchange was cancelled."
    case .other(let code): "The exchange failed (libcurl code \(code))."
    }
  }
}

extension HTTPFailure: CustomStringConvertible {
  /// The advice: the error of a consumer may quote what it read, so it is not told.
  package var description: String { advice }
}

extension CURLcode {
  /// True for the codes by which libcurl tells of TLS: handshake, certificate, name, CA file, pin.
  var isAboutTLS: Bool {
    switch self {
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_NOTFOUND,
      CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
      CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT, CURLE_SSL_SHUTDOWN_FAILED:
      true
    default: false
    }
  }
}
