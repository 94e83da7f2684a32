import Audit
import Cryptography

/// The random number of a case: 16 bytes, written base64url without padding; the only name a case has outside its seal.
package struct CaseID: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The 16 random bytes.
  package let bytes: [UInt8]

  package static let length = 16

  /// A new random case number. One that is written with a hyphen first is drawn anew: on a command line it would be
  /// taken for an option.
  ///
  /// - Parameter draw: gives 16 random bytes.
  package static func random(_ draw: () -> [UInt8] = { Randomness.bytes(length) }) -> CaseID {
    while true {
      if let id = CaseID(bytes: draw()), !id.description.hasPrefix("-") { return id }
    }
  }

  /// Nil unless `bytes` are exactly 16.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Self.length else { return nil }
    self.bytes = bytes
  }

  /// Reads the written form, as an operator types it.
  package init?(_ text: String) {
    guard let bytes = Base64URL.decode(text), bytes.count == Self.length else { return nil }
    self.bytes = bytes
  }

  package var description: String { Base64URL.encode(bytes) }

  package init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let id = CaseID(text) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a case number"))
    }
    self = id
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
