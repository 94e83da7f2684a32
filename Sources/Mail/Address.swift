/// One mail address, which can only exist well-formed: neither CR, LF, NUL, spaces nor unquoted specials get through, so
/// that no value of a person can become a command of the session.
///
/// The local part is a dot-atom (RFC 5321 §4.1.2), which may hold UTF-8 (RFC 6531 §3.3); the domain is a host name in
/// A-label form and lower case. Quoted local parts and domain literals are refused.
package struct Address: Sendable, Hashable {
  package let localPart: String
  package let domain: String

  /// Parses `local@domain`.
  package init(
    parsing text: String, domains: any DomainEncoder = ASCIIOnlyDomains()
  ) throws(AddressError) {
    guard !text.isEmpty else { throw .empty }
    guard text.utf8.count <= 1000 else { throw .tooLong }
    guard !text.unicodeScalars.contains(where: Self.isControl) else { throw .controlCharacter }
    guard let at = text.lastIndex(of: "@") else { throw .noAt }
    let domain = String(text[text.index(after: at)...])
    try self.init(localPart: String(text[..<at]), domain: domain, domains: domains)
  }

  /// Checks the two parts and puts the domain into its wire form.
  package init(localPart: String, domain: String, domains: any DomainEncoder) throws(AddressError) {
    try Self.check(localPart: localPart)
    guard !domain.hasPrefix("[") else { throw .domainLiteral }
    guard !domain.unicodeScalars.contains(where: Self.isControl) else { throw .controlCharacter }
    let encoded: String
    do { encoded = try domains.asciiDomain(domain).lowercased() } catch { throw .nonASCIIDomain }
    try Self.check(domain: encoded)
    // RFC 5321 §4.5.3.1.3: a path has at most 256 octets, its angle brackets included.
    guard localPart.utf8.count + 1 + encoded.utf8.count <= 254 else { throw .tooLong }
    self.localPart = localPart
    self.domain = encoded
  }

  /// `local@domain`, as it goes on the wire.
  package var text: String { localPart + "@" + domain }

  /// The form that the ledger's commitments are made over: local part and domain in lower case.
  package var normalised: String { localPart.lowercased() + "@" + domain }

  /// True if the local part is not ASCII, so that the session must offer SMTPUTF8 (RFC 6531).
  package var needsSMTPUTF8: Bool { localPart.utf8.contains { $0 >= 0x80 } }

  private static func check(localPart: String) throws(AddressError) {
    guard !localPart.hasPrefix("\"") else { throw .quotedLocalPart }
    guard localPart.utf8.count <= 64 else { throw .tooLong }
    let atoms = localPart.split(separator: ".", omittingEmptySubsequences: false)
    guard atoms.allSatisfy({ !$0.isEmpty && $0.unicodeScalars.allSatisfy(isAtomText) }) else { throw .localPart }
  }

  private static func check(domain: String) throws(AddressError) {
    guard domain.utf8.count <= 255 else { throw .tooLong }
    let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
    for label in labels {
      guard label.utf8.count <= 63 else { throw .tooLong }
      guard let first = label.utf8.first, let last = label.utf8.last, first != UInt8(ascii: "-"),
        last != UInt8(ascii: "-"), label.utf8.allSatisfy(isHostText)
      else { throw .domain }
    }
    // No top-level domain is a number (RFC 3696 §2): this is an IP address without its brackets.
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    guard labels.last?.utf8.contains(where: letters.contains) == true else { throw .domain }
  }

  /// RFC 5322 §3.2.3 atext, and UTF-8 beyond ASCII (RFC 6532 §3.2) without controls and invisible formats.
  private static func isAtomText(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9": true
    case "!", "#", "$", "%", "&", "'", "*", "+", "-", "/", "=", "?", "^", "_", "`", "{", "|", "}", "~": true
    default: scalar.value >= 0x80 && !isControl(scalar) && !scalar.properties.isWhitespace
    }
  }

  private static func isHostText(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
    default: false
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
    default: false
    }
  }
}

extension Address: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Redacted: an address must not reach a log by interpolation.
  package var description: String { "<address>" }
  package var debugDescription: String { "<address>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
