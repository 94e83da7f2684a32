/// The token of a variable envelope return path: what a tagged bounce address carries after the `+`.
package struct VERPToken: Sendable, Hashable {
  package let bytes: [UInt8]

  package init(bytes: [UInt8]) { self.bytes = bytes }

  /// Lower-case base32: 10 bytes are 16 characters.
  package var text: String { Base32.encode(bytes) }

  /// The token in the address a report came to, if that is `base` with a tag.
  package init?(from recipient: Address, base: Address) {
    let local = recipient.localPart.lowercased(), prefix = base.localPart.lowercased() + "+"
    guard recipient.domain == base.domain, local.hasPrefix(prefix),
      let bytes = Base32.decode(local.dropFirst(prefix.count)), !bytes.isEmpty
    else { return nil }
    self.bytes = bytes
  }
}

extension Address {
  /// `local+TOKEN@domain`. Throws `tooLong` if the local part would exceed 64 octets (RFC 5321 §4.5.3.1.1).
  package func tagged(with token: VERPToken) throws(AddressError) -> Address {
    try Address(localPart: localPart + "+" + token.text, domain: domain, domains: ASCIIOnlyDomains())
  }
}
