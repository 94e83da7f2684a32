import COpenSSL

/// Authenticated encryption of one text under one key (AES-256-GCM, NIST SP 800-38D).
///
/// A sealed text is `nonce (12) ‖ ciphertext ‖ tag (16)`. The nonce is random, which is safe up to 2³² texts
/// a key (SP 800-38D §8.3); a key here seals the few rows of one case.
package enum AES256GCM {
  /// The length of a key in bytes.
  package static let keySize = 32
  static let nonceSize = 12
  static let tagSize = 16
  /// How many bytes a sealed text is longer than its plaintext.
  package static let overhead = nonceSize + tagSize

  /// Seals `plaintext`; `context` is authenticated but not stored, and must be given again to open.
  ///
  /// Throws `.unusableKey` unless the key has 32 bytes.
  package static func seal(
    _ plaintext: [UInt8], key: SecretKey, authenticating context: [UInt8]
  ) throws -> [UInt8] {
    try seal(plaintext, key: key, authenticating: context, nonce: Randomness.bytes(nonceSize))
  }

  /// Opens what `seal` made.
  ///
  /// Throws `.authenticationFailed` when a byte, the key or the context is another one.
  package static func open(
    _ sealed: [UInt8], key: SecretKey, authenticating context: [UInt8]
  ) throws -> [UInt8] {
    guard sealed.count >= overhead else { throw CryptographyError.authenticationFailed }
    let cipher = try Cipher(key: key, nonce: Array(sealed[..<nonceSize]), sealing: false)
    try cipher.authenticate(context)
    var plaintext = try cipher.run(sealed[nonceSize..<(sealed.count - tagSize)])
    var tag = Array(sealed.suffix(tagSize))
    guard
      EVP_CIPHER_CTX_ctrl(cipher.context, EVP_CTRL_AEAD_SET_TAG, Int32(tagSize), &tag) == 1,
      cipher.finish()
    else {
      plaintext.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
      throw CryptographyError.authenticationFailed
    }
    return plaintext
  }

  /// Seals under a nonce the caller chose: for published vectors only, a nonce used twice breaks the cipher.
  static func seal(
    _ plaintext: [UInt8], key: SecretKey, authenticating context: [UInt8], nonce: [UInt8]
  ) throws -> [UInt8] {
    let cipher = try Cipher(key: key, nonce: nonce, sealing: true)
    try cipher.authenticate(context)
    let ciphertext = try cipher.run(plaintext[...])
    var tag = [UInt8](repeating: 0, count: tagSize)
    guard
      cipher.finish(),
      EVP_CIPHER_CTX_ctrl(cipher.context, EVP_CTRL_AEAD_GET_TAG, Int32(tagSize), &tag) == 1
    else { throw CryptographyError.libraryFailed(operation: "sealing") }
    return nonce + ciphertext + tag
  }
}

/// One run of the cipher over one text.
private final class Cipher {
  let context: OpaquePointer

  init(key: SecretKey, nonce: [UInt8], sealing: Bool) throws {
    guard key.count == AES256GCM.keySize else {
      throw CryptographyError.unusableKey(reason: "an AES-256 key has 32 bytes")
    }
    guard nonce.count == AES256GCM.nonceSize else {
      throw CryptographyError.libraryFailed(operation: "choosing a nonce")
    }
    guard let context = EVP_CIPHER_CTX_new() else {
      throw CryptographyError.libraryFailed(operation: "starting a cipher")
    }
    self.context = context
    let started = key.withBytes {
      EVP_CipherInit_ex(
        context, EVP_aes_256_gcm(), nil, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), nonce,
        sealing ? 1 : 0)
    }
    guard started == 1 else { throw CryptographyError.libraryFailed(operation: "starting a cipher") }
  }

  /// Frees the context; OpenSSL wipes the key schedule in it.
  deinit { EVP_CIPHER_CTX_free(context) }

  func authenticate(_ bytes: [UInt8]) throws {
    guard !bytes.isEmpty else { return }
    var written: Int32 = 0
    guard EVP_CipherUpdate(context, nil, &written, bytes, try length(bytes.count)) == 1 else {
      throw CryptographyError.libraryFailed(operation: "authenticating")
    }
  }

  func run(_ bytes: ArraySlice<UInt8>) throws -> [UInt8] {
    guard !bytes.isEmpty else { return [] }
    let size = try length(bytes.count)
    let output = [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, count in
      var written: Int32 = 0
      let done = bytes.withUnsafeBufferPointer {
        EVP_CipherUpdate(context, buffer.baseAddress, &written, $0.baseAddress, size)
      }
      count = done == 1 ? Int(written) : 0
    }
    guard output.count == bytes.count else { throw CryptographyError.libraryFailed(operation: "ciphering") }
    return output
  }

  /// Ends the run; when opening, `false` says that the tag does not match.
  func finish() -> Bool {
    var rest = [UInt8](repeating: 0, count: 16)
    var written: Int32 = 0
    return EVP_CipherFinal_ex(context, &rest, &written) == 1
  }

  private func length(_ count: Int) throws -> Int32 {
    guard let length = Int32(exactly: count) else {
      throw CryptographyError.libraryFailed(operation: "ciphering more than 2 GiB")
    }
    return length
  }
}
