/// Why text is no address; holds nothing of the text.
package enum AddressError: Error, Sendable, Hashable, CaseIterable, CustomStringConvertible {
  case empty, controlCharacter, noAt, quotedLocalPart, localPart, domain, domainLiteral, nonASCIIDomain, tooLong
  case displayName

  package var description: String {
    switch self {
    case .empty: "an address is empty"
    case .controlCharacter: "an address holds a line break or another control character"
    case .noAt: "an address has no @"
    case .quotedLocalPart: "an address has a quoted local part, which is not supported"
    case .localPart: "the part of an address before the @ is not a dot-atom (RFC 5321 §4.1.2)"
    case .domain: "the domain of an address is not a host name (RFC 5321 §4.1.2)"
    case .domainLiteral: "an address has an IP literal for a domain, which is not supported"
    case .nonASCIIDomain: "the domain of an address cannot be written in ASCII (RFC 5890)"
    case .tooLong: "an address, or a part of it, is too long (RFC 5321 §4.5.3.1)"
    case .displayName: "the display name of a mailbox is malformed"
    }
  }
}
