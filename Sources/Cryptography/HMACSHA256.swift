import COpenSSL

/// A keyed SHA-256 code (RFC 2104, RFC 4231); 32 bytes.
package enum HMACSHA256 {
  /// The code of the parts laid end to end, under `key` of any length.
  ///
  /// The parts are joined without separators: end a label with a byte that cannot occur in it.
  package static func code(key: [UInt8], _ parts: [UInt8]...) -> [UInt8] {
    key.withUnsafeBytes { code(rawKey: $0, parts) }
  }

  /// The code of the parts laid end to end, under a secret key.
  package static func code(key: SecretKey, _ parts: [UInt8]...) -> [UInt8] {
    key.withBytes { code(rawKey: $0, parts) }
  }

  /// Whether two byte strings are equal, in time that depends on their length only.
  package static func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
  }

  private static func code(rawKey key: UnsafeRawBufferPointer, _ parts: [[UInt8]]) -> [UInt8] {
    var message: [UInt8] = []
    message.reserveCapacity(parts.reduce(0) { $0 + $1.count })
    for part in parts { message += part }
    // The joined copy may hold an address: it is wiped before its memory is given back.
    defer { message.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
    let code = [UInt8](unsafeUninitializedCapacity: SHA256.size) { buffer, count in
      let done = HMAC(
        EVP_sha256(), key.baseAddress, Int32(key.count), message, message.count, buffer.baseAddress, nil)
      count = done == nil ? 0 : SHA256.size
    }
    guard code.count == SHA256.size else { preconditionFailure("OpenSSL offers no HMAC-SHA-256") }
    return code
  }
}
