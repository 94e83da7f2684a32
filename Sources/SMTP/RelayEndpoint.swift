/// Where the relay listens: `smtp://host:port` or `smtps://host:port`.
package struct RelayEndpoint: Sendable, Hashable {
  /// TLS before the first octet; else by STARTTLS.
  package let isImplicitTLS: Bool
  /// A host name, an IPv4 address, or an IPv6 address in brackets.
  package let host: String
  /// Without one: 25 for smtp, 465 for smtps.
  package let port: Int

  package init(parsing url: String) throws(RelayError) {
    let rest: Substring
    if url.hasPrefix("smtp://") {
      (isImplicitTLS, rest) = (false, url.dropFirst(7))
    } else if url.hasPrefix("smtps://") {
      (isImplicitTLS, rest) = (true, url.dropFirst(8))
    } else {
      throw .url
    }
    let authority = rest.hasSuffix("/") ? rest.dropLast() : rest
    let afterHost = authority.lastIndex(of: "]").map { authority.index(after: $0) } ?? authority.startIndex
    if let colon = authority[afterHost...].firstIndex(of: ":") {
      let digits = authority[authority.index(after: colon)...]
      guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
        let port = Int(digits), (1...65_535).contains(port)
      else { throw .url }
      self.port = port
      host = String(authority[..<colon])
    } else {
      port = isImplicitTLS ? 465 : 25
      host = String(authority)
    }
    guard Self.isHost(host) else { throw .url }
  }

  /// Letters, digits, hyphens and dots, or an address in brackets: nothing that a URL or a command could read
  /// otherwise.
  static func isHost(_ text: String) -> Bool {
    let isLiteral = text.hasPrefix("[") && text.hasSuffix("]")
    let inner = isLiteral ? text.dropFirst().dropLast() : Substring(text)
    guard !inner.isEmpty, inner.utf8.count <= 255 else { return false }
    return inner.unicodeScalars.allSatisfy {
      switch $0 {
      case "a"..."z", "A"..."Z", "0"..."9", "-", ".": true
      case ":": isLiteral
      default: false
      }
    }
  }
}
