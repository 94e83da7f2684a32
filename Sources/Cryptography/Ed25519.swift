import COpenSSL

/// Ed25519 signatures (RFC 8032 §5.1): 32-byte public keys, 64-byte signatures.
package enum Ed25519 {
  /// The length of a signature in bytes.
  package static let signatureSize = 64

  /// The key anybody may have, which tells whether a signature is genuine.
  package struct PublicKey: Hashable, Sendable {
    /// The 32 bytes of RFC 8032 §5.1.5.
    package let raw: [UInt8]

    /// A key from its 32 bytes; throws `.unusableKey` for any other length.
    package init(raw: [UInt8]) throws {
      guard raw.count == 32 else {
        throw CryptographyError.unusableKey(reason: "an Ed25519 public key has 32 bytes")
      }
      self.raw = raw
    }

    /// Whether `signature` was made over exactly `message` with the private half of this key.
    package func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
      guard
        signature.count == Ed25519.signatureSize,
        let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, raw, raw.count)
      else { return false }
      defer { EVP_PKEY_free(key) }
      guard let context = EVP_MD_CTX_new() else { return false }
      defer { EVP_MD_CTX_free(context) }
      guard EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1 else {
        ERR_clear_error()
        return false
      }
      let verdict = EVP_DigestVerify(context, signature, signature.count, message, message.count)
      if verdict != 1 { ERR_clear_error() }
      return verdict == 1
    }
  }
}
