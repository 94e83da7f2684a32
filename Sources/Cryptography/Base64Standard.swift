/// Bytes in the standard alphabet with padding (RFC 4648 §4), as keys, notes and proofs carry them.
package enum Base64Standard {
  static let alphabet = Base64Alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

  /// The padded text of `bytes`, on one line.
  package static func encode(_ bytes: [UInt8]) -> String {
    let text = alphabet.encode(bytes)
    return text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
  }

  /// The bytes of `text`; `nil` unless it is exactly what `encode` writes for them (RFC 4648 §3.5).
  package static func decode(_ text: some StringProtocol) -> [UInt8]? {
    let units = Array(text.utf8)
    guard units.count.isMultiple(of: 4) else { return nil }
    let body = units.prefix { $0 != UInt8(ascii: "=") }
    let padding = units[body.endIndex...]
    guard padding.count <= 2, padding.allSatisfy({ $0 == UInt8(ascii: "=") }) else { return nil }
    return alphabet.decode(body)
  }
}
