/// A display name with an address (RFC 5322 §3.4): the organisation's own senders.
package struct Mailbox: Sendable, Hashable {
  /// Nil if there is only an address.
  package let displayName: String?
  package let address: Address

  package init(displayName: String?, address: Address) throws(AddressError) {
    if let displayName {
      guard !displayName.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
        throw .controlCharacter
      }
      guard displayName.utf8.count <= 200 else { throw .tooLong }
    }
    self.displayName = displayName.flatMap { $0.isEmpty ? nil : $0 }
    self.address = address
  }

  /// Parses `Name <local@domain>`, `"Quoted, name" <local@domain>` or `local@domain`.
  package init(parsing text: String, domains: any DomainEncoder = ASCIIOnlyDomains()) throws(AddressError) {
    guard let open = text.lastIndex(of: "<") else {
      try self.init(displayName: nil, address: Address(parsing: text, domains: domains))
      return
    }
    guard text.hasSuffix(">") else { throw .displayName }
    let address = try Address(parsing: String(text[text.index(after: open)...].dropLast()), domains: domains)
    try self.init(displayName: Self.unquoted(text[..<open]), address: address)
  }

  private static func unquoted(_ text: Substring) throws(AddressError) -> String {
    var words = text
    while words.last == " " { words.removeLast() }
    while words.first == " " { words.removeFirst() }
    guard words.first == "\"" else {
      guard !words.contains("\"") && !words.contains("<") && !words.contains(">") else { throw .displayName }
      return String(words)
    }
    guard words.count >= 2, words.last == "\"" else { throw .displayName }
    var plain = ""
    var escaped = false
    for character in words.dropFirst().dropLast() {
      if !escaped, character == "\\" {
        escaped = true
        continue
      }
      guard escaped || character != "\"" else { throw .displayName }
      plain.append(character)
      escaped = false
    }
    guard !escaped else { throw .displayName }
    return plain
  }

  /// The form in a header: atoms as they are, other ASCII quoted, the rest as encoded words (RFC 2047 §5).
  package var headerText: String {
    guard let displayName else { return address.text }
    return "\(Phrase.encode(displayName)) <\(address.text)>"
  }
}

extension Mailbox: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "<mailbox>" }
  package var debugDescription: String { "<mailbox>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A phrase of a structured header (RFC 5322 §3.2.5).
enum Phrase {
  static func encode(_ text: String) -> String {
    let isASCII = text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    // What looks like an encoded word would be decoded by the reader: it is encoded itself.
    guard isASCII, !text.contains("=?") else { return EncodedWord.encode(text) }
    let isAtoms = text.unicodeScalars.allSatisfy { scalar in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", " ", "-", "_", "'", "&", "+", "/", "!", "#": true
      default: false
      }
    }
    // Blanks count inside quotes only: between atoms, readers make one of many.
    guard !isAtoms || text.hasPrefix(" ") || text.hasSuffix(" ") || text.contains("  ") else { return text }
    return "\"" + text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] } + "\""
  }
}
