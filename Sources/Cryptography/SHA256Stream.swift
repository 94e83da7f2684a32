import COpenSSL

/// A SHA-256 digest taken piece by piece.
///
/// `finish()` leaves the stream empty and ready for the next digest, so one stream can hash a million small
/// inputs without asking OpenSSL for a context each time. One thread at a time.
package final class SHA256Stream {
  /// Fetched once: looking the algorithm up costs more than hashing a ledger entry.
  nonisolated(unsafe) private static let algorithm = EVP_MD_fetch(nil, "SHA256", nil)

  private let context: OpaquePointer

  /// An empty stream.
  package init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, Self.algorithm, nil) == 1 else {
      preconditionFailure("OpenSSL offers no SHA-256")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Appends one byte to what is hashed.
  package func update(byte: UInt8) {
    withUnsafeBytes(of: byte) { update(raw: $0) }
  }

  /// Appends `bytes` to what is hashed.
  package func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update(raw: $0) }
  }

  /// Appends a slice to what is hashed, without a copy of it.
  package func update(_ bytes: ArraySlice<UInt8>) {
    bytes.withUnsafeBytes { update(raw: $0) }
  }

  /// Appends raw memory to what is hashed.
  package func update(raw bytes: UnsafeRawBufferPointer) {
    guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else {
      preconditionFailure("OpenSSL stopped hashing")
    }
  }

  /// The digest of everything appended since the last `finish()`; 32 bytes.
  package func finish() -> [UInt8] {
    let digest = [UInt8](unsafeUninitializedCapacity: SHA256.size) { buffer, count in
      count = EVP_DigestFinal_ex(context, buffer.baseAddress, nil) == 1 ? SHA256.size : 0
    }
    guard digest.count == SHA256.size, EVP_DigestInit_ex(context, nil, nil) == 1 else {
      preconditionFailure("OpenSSL stopped hashing")
    }
    return digest
  }
}
