/// Why a relay's configuration cannot be used; each names the key to look at.
package enum RelayError: Error, Sendable, Hashable, CaseIterable, CustomStringConvertible {
  case url, clearTextBeyondLoopback, username, mechanism, ehloName

  package var description: String {
    switch self {
    case .url: "smtp.url must be smtp://host:port or smtps://host:port and nothing more"
    case .clearTextBeyondLoopback: "smtp.tls may be none only for a relay on this machine"
    case .username: "smtp.username must be one line and not empty"
    case .mechanism: "smtp.auth must name a mechanism that fits: a password and a token are not used alike"
    case .ehloName: "the EHLO name must be a host name or an address in brackets"
    }
  }
}
