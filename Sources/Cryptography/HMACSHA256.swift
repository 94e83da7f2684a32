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

  /// A code without its key, from which every code begins: looking the algorithms up again each time costs more than a short
  /// code itself. Never changed once it is made, so that any thread may copy it.
  nonisolated(unsafe) private static let template: OpaquePointer? = {
    guard let algorithm = EVP_MAC_fetch(nil, "HMAC", nil), let context = EVP_MAC_CTX_new(algorithm) else { return nil }
    EVP_MAC_free(algorithm)
    // The parameter points to both texts, so they must outlive it.
    return "digest".withCString { name in
      "SHA256".withCString { value in
        let digest = OSSL_PARAM_construct_utf8_string(name, UnsafeMutablePointer(mutating: value), 0)
        return EVP_MAC_CTX_set_params(context, [digest, OSSL_PARAM_construct_end()]) == 1 ? context : nil
      }
    }
  }()

  private static func code(rawKey key: UnsafeRawBufferPointer, _ parts: [[UInt8]]) -> [UInt8] {
    var message: [UInt8] = []
    message.reserveCapacity(parts.reduce(0) { $0 + $1.count })
    for part in parts { message += part }
    // The joined copy may hold an address: it is wiped before its memory is given back.
    defer { message.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
    let code = [UInt8](unsafeUninitializedCapacity: SHA256.size) { buffer, count in
      guard let template, let context = EVP_MAC_CTX_dup(template) else { return }
      defer { EVP_MAC_CTX_free(context) }
      // No key at all would mean that of before; one of no bytes is one.
      let bytes = key.baseAddress?.assumingMemoryBound(to: UInt8.self)
      let isDone =
        withUnsafePointer(to: UInt8(0)) { EVP_MAC_init(context, bytes ?? $0, key.count, nil) } == 1
        && EVP_MAC_update(context, message, message.count) == 1
        && EVP_MAC_final(context, buffer.baseAddress, &count, SHA256.size) == 1
      if !isDone { count = 0 }
    }
    guard code.count == SHA256.size else { preconditionFailure("OpenSSL offers no HMAC-SHA-256") }
    return code
  }
}
