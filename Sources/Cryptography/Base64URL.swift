/// Bytes in the URL-safe alphabet without padding (RFC 4648 §5, RFC 7515 §2), as entries and tokens carry them.
package enum Base64URL {
  static let alphabet = Base64Alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")

  /// The unpadded text of `bytes`.
  package static func encode(_ bytes: [UInt8]) -> String { alphabet.encode(bytes) }

  /// The bytes of `text`; `nil` unless it is exactly what `encode` writes for them (RFC 4648 §3.5).
  package static func decode(_ text: some StringProtocol) -> [UInt8]? {
    alphabet.decode(Array(text.utf8)[...])
  }
}
