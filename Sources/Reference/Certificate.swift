import COpenSSL

/// An X.509 certificate: DER bytes that OpenSSL could read.
package final class Certificate: Sendable {
  nonisolated(unsafe) let handle: OpaquePointer
  /// The certificate's DER bytes.
  package let der: [UInt8]

  /// Takes over `handle`.
  init(adopting handle: OpaquePointer) throws {
    var bytes: UnsafeMutablePointer<UInt8>?
    let count = i2d_X509(handle, &bytes)
    guard count > 0, let bytes else {
      X509_free(handle)
      throw ReferenceError.libraryFailed(operation: "writing a certificate")
    }
    der = Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    CRYPTO_free(bytes, nil, 0)
    self.handle = handle
  }

  /// The first certificate of a PEM text; throws `.malformed`.
  package convenience init(pem: String) throws {
    let handle = MemoryInput(Array(pem.utf8)).read { PEM_read_bio_X509($0, nil, { _, _, _, _ in -1 }, nil) }
    guard let handle else {
      ERR_clear_error()
      throw ReferenceError.malformed(part: "certificate", reason: "no readable PEM certificate")
    }
    try self.init(adopting: handle)
  }

  deinit { X509_free(handle) }

  /// The certificate as PEM text.
  package var pem: String {
    get throws { try MemoryOutput.text(of: "a certificate") { PEM_write_bio_X509($0, handle) } }
  }

  /// The issuer's name, in DER.
  var issuerDER: [UInt8] {
    get throws {
      try derBytes("an issuer") { i2d_X509_NAME(X509_get_issuer_name(handle), $0) }
    }
  }

  /// The serial number, in DER.
  var serialDER: [UInt8] {
    get throws {
      try derBytes("a serial number") { i2d_ASN1_INTEGER(X509_get_serialNumber(handle), $0) }
    }
  }
}

/// A private key of the kind that signs PDFs; its bytes stay inside OpenSSL.
package final class SealingKey: Sendable {
  nonisolated(unsafe) let handle: OpaquePointer

  init(adopting handle: OpaquePointer) { self.handle = handle }

  /// A fresh key on a named curve, `P-256` or `P-384`.
  static func generate(curve: String) throws -> SealingKey {
    guard let handle = copenssl_generate_ec_key(curve) else {
      throw ReferenceError.libraryFailed(operation: "making a key")
    }
    return SealingKey(adopting: handle)
  }

  /// A key from an unencrypted PEM text; throws `.malformed` unless it is an EC key.
  convenience init(pem: String) throws {
    // Never ask at the terminal for a pass phrase: a daemon would hang there.
    let handle = MemoryInput(Array(pem.utf8)).read {
      PEM_read_bio_PrivateKey($0, nil, { _, _, _, _ in -1 }, nil)
    }
    guard let handle else {
      ERR_clear_error()
      throw ReferenceError.malformed(part: "private key", reason: "no readable PEM key")
    }
    self.init(adopting: handle)
    guard EVP_PKEY_get_id(handle) == EVP_PKEY_EC else {
      throw ReferenceError.malformed(part: "private key", reason: "not an EC key")
    }
  }

  deinit { EVP_PKEY_free(handle) }

  /// Unencrypted PKCS#8 PEM: for a file with mode 0600 only.
  var pem: String {
    get throws {
      try MemoryOutput.text(of: "a key") { PEM_write_bio_PKCS8PrivateKey($0, handle, nil, nil, 0, nil, nil) }
    }
  }

  /// The DER-encoded ECDSA signature over the SHA-256 digest of `message`.
  func sign(_ message: [UInt8]) throws -> [UInt8] {
    guard let context = EVP_MD_CTX_new() else { throw ReferenceError.libraryFailed(operation: "signing") }
    defer { EVP_MD_CTX_free(context) }
    var count = 0
    guard
      EVP_DigestSignInit(context, nil, EVP_sha256(), nil, handle) == 1,
      EVP_DigestSign(context, nil, &count, message, message.count) == 1
    else { throw ReferenceError.libraryFailed(operation: "signing") }
    var signature = [UInt8](repeating: 0, count: count)
    guard EVP_DigestSign(context, &signature, &count, message, message.count) == 1, count <= signature.count
    else {
      throw ReferenceError.libraryFailed(operation: "signing")
    }
    return Array(signature.prefix(count))
  }
}

extension SealingKey: CustomStringConvertible, CustomReflectable {
  package var description: String { "SealingKey(redacted)" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Bytes lent to OpenSSL as something to read from.
struct MemoryInput {
  private let bytes: [UInt8]
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The source is valid for the length of `body` only.
  func read<Result>(_ body: (OpaquePointer) throws -> Result?) rethrows -> Result? {
    try bytes.withUnsafeBytes { buffer -> Result? in
      guard
        let size = Int32(exactly: buffer.count), let source = BIO_new_mem_buf(buffer.baseAddress, size)
      else { return nil }
      defer { BIO_free(source) }
      return try body(source)
    }
  }
}

/// What OpenSSL wrote.
enum MemoryOutput {
  static func text(of what: String, _ write: (OpaquePointer) -> Int32) throws -> String {
    guard let sink = BIO_new(BIO_s_mem()) else {
      throw ReferenceError.libraryFailed(operation: "writing \(what)")
    }
    defer { BIO_free(sink) }
    var start: UnsafeMutablePointer<CChar>?
    guard write(sink) == 1, case let count = BIO_ctrl(sink, BIO_CTRL_INFO, 0, &start), count > 0, let start
    else {
      throw ReferenceError.libraryFailed(operation: "writing \(what)")
    }
    return String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
  }
}

/// What an `i2d_…` function writes.
func derBytes(
  _ what: String, _ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>) -> Int32
) throws -> [UInt8] {
  var start: UnsafeMutablePointer<UInt8>?
  let count = encode(&start)
  guard count > 0, let start else { throw ReferenceError.libraryFailed(operation: "writing \(what)") }
  defer { CRYPTO_free(start, nil, 0) }
  return Array(UnsafeBufferPointer(start: start, count: Int(count)))
}
