import COpenSSL

extension Ed25519 {
  /// The key that signs; its bytes stay inside OpenSSL, which wipes them when the key is dropped.
  package final class PrivateKey: Sendable {
    /// The half that may be shown to anybody.
    package let publicKey: PublicKey
    nonisolated(unsafe) private let key: OpaquePointer

    /// A fresh key.
    package static func generate() throws -> PrivateKey {
      try PrivateKey(seed: SecretKey(randomOfSize: 32))
    }

    /// A key from the 32-byte seed of RFC 8032 §5.1.5.
    package convenience init(seed: SecretKey) throws {
      let key = seed.withBytes {
        EVP_PKEY_new_raw_private_key(
          EVP_PKEY_ED25519, nil, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count)
      }
      try self.init(adopting: key)
    }

    /// A key from an unencrypted PEM text (PKCS#8, RFC 8410 §7).
    ///
    /// Throws `.unusableKey` when it holds no key, an encrypted one, or one of another kind.
    package convenience init(pem: String) throws {
      let text = Array(pem.utf8)
      let key = text.withUnsafeBytes { bytes -> OpaquePointer? in
        guard let source = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else {
          return nil
        }
        defer { BIO_free(source) }
        // Never ask at the terminal for a pass phrase: a daemon would hang there.
        return PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil)
      }
      try self.init(adopting: key)
    }

    private init(adopting key: OpaquePointer?) throws {
      guard let key else {
        ERR_clear_error()
        throw CryptographyError.unusableKey(reason: "no readable Ed25519 private key")
      }
      do {
        guard EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 else {
          throw CryptographyError.unusableKey(reason: "the private key is not of the kind Ed25519")
        }
        var raw = [UInt8](repeating: 0, count: 32)
        var count = raw.count
        guard EVP_PKEY_get_raw_public_key(key, &raw, &count) == 1 else {
          throw CryptographyError.libraryFailed(operation: "reading a public key")
        }
        publicKey = try PublicKey(raw: raw)
      } catch {
        EVP_PKEY_free(key)
        throw error
      }
      self.key = key
    }

    deinit { EVP_PKEY_free(key) }

    /// The key as unencrypted PEM (PKCS#8, RFC 8410 §7): for a file with mode 0600 only.
    package var pem: String {
      get throws {
        guard let sink = BIO_new(BIO_s_mem()) else {
          throw CryptographyError.libraryFailed(operation: "writing a key")
        }
        defer { BIO_free(sink) }
        var start: UnsafeMutablePointer<CChar>?
        guard
          PEM_write_bio_PKCS8PrivateKey(sink, key, nil, nil, 0, nil, nil) == 1,
          case let count = BIO_ctrl(sink, BIO_CTRL_INFO, 0, &start), count > 0, let start
        else { throw CryptographyError.libraryFailed(operation: "writing a key") }
        return String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
      }
    }

    /// The 64-byte signature over exactly `message`; the same message always gives the same signature.
    package func sign(_ message: [UInt8]) throws -> [UInt8] {
      guard let context = EVP_MD_CTX_new() else {
        throw CryptographyError.libraryFailed(operation: "signing")
      }
      defer { EVP_MD_CTX_free(context) }
      var signature = [UInt8](repeating: 0, count: Ed25519.signatureSize)
      var count = signature.count
      guard
        EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
        EVP_DigestSign(context, &signature, &count, message, message.count) == 1,
        count == Ed25519.signatureSize
      else { throw CryptographyError.libraryFailed(operation: "signing") }
      return signature
    }
  }
}

extension Ed25519.PrivateKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "Ed25519.PrivateKey(redacted)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
