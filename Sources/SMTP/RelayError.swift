/// Why a relay's configuration cannot be used; each names the key to look at.
package enum RelayError: Error, Sendable, Hashable, CaseIterable, CustomStringConvertible {
  case url, clearTextBeyondLoopback, username, password, mechanism, ehloName

  package var description: String {
    switch self {
    case .url: "smtp.url must be smtp://host:port or smtps://host:port and nothing more"
    case .clearTextBeyondLoopback: "smtp.tls may be none only for a relay on this machine"
    case .username: "smtp.username must be one line and not empty"
    case .password: "the password behind smtp.password_file must be one line and not empty"
    case .mechanism: "the AUTH mechanism must be a SASL name such as PLAIN"
    case .ehloName: "the EHLO name must be a host name or an address in brackets"
    }
  }
}
