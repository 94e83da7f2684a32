/// A Message-ID (RFC 5322 §3.6.4): random left of the @, so that it tells nothing, and set once for all attempts.
package struct MessageID: Sendable, Hashable, Codable {
  /// Without angle brackets.
  private let identifier: String

  /// `random` is written in base32 left of `domain`; 16 bytes make a clash impossible in practice.
  package init(random: [UInt8], domain: String) { identifier = Base32.encode(random) + "@" + domain }

  /// Reads `<left@right>`, printable ASCII without spaces and brackets inside, at most 250 octets.
  package init?(parsing text: String) {
    guard text.utf8.count <= 252, text.hasPrefix("<"), text.hasSuffix(">"), text.utf8.count > 2 else { return nil }
    let inner = text.dropFirst().dropLast()
    let parts = inner.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }),
      inner.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") })
    else { return nil }
    identifier = String(inner)
  }

  /// Without angle brackets, as a report quotes it.
  package var bare: String { identifier }

  /// With angle brackets, as the header has it.
  package var text: String { "<\(identifier)>" }

  package init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let id = MessageID(parsing: text) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a Message-ID"))
    }
    self = id
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
