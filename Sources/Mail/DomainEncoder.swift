/// Turns a domain as people write it into the form that goes on the wire (A-labels, RFC 5890 §2.3.2.1).
package protocol DomainEncoder: Sendable {
  /// Throws if the domain cannot be encoded; the error must not hold the domain.
  func asciiDomain(_ domain: String) throws -> String
}

/// Knows ASCII domains only; anything else is refused.
package struct ASCIIOnlyDomains: DomainEncoder {
  package init() {}

  package func asciiDomain(_ domain: String) throws -> String {
    guard domain.utf8.allSatisfy({ $0 < 0x80 }) else { throw AddressError.nonASCIIDomain }
    return domain
  }
}
