import COpenSSL
import Foundation

/// The certificates that must have issued the authority's: those of one PEM file, and no others.
package struct TimestampRoots: Sendable, Hashable {
  private let pem: [UInt8]
  /// Longer files hold something else, in bytes.
  private static let longest = 1 << 20

  /// Reads the file; throws `unusableRoots` unless it holds a certificate.
  package init(file: String) throws(TimestampError) {
    guard let handle = FileHandle(forReadingAtPath: file) else {
      throw .unusableRoots(file: file, reason: "cannot be read: is it there, and may you read it?")
    }
    defer { try? handle.close() }
    guard let data = try? handle.read(upToCount: Self.longest + 1), data.count <= Self.longest else {
      throw .unusableRoots(file: file, reason: "holds no certificates in PEM (-----BEGIN CERTIFICATE-----)")
    }
    pem = [UInt8](data)
    guard let store = store() else {
      throw .unusableRoots(file: file, reason: "holds no certificates in PEM (-----BEGIN CERTIFICATE-----)")
    }
    X509_STORE_free(store)
  }

  /// A store of its own that trusts them; the caller frees it. Nil if there is no certificate.
  func store() -> OpaquePointer? {
    pem.withUnsafeBytes { buffer -> OpaquePointer? in
      guard let size = Int32(exactly: buffer.count), let source = BIO_new_mem_buf(buffer.baseAddress, size),
        let store = X509_STORE_new()
      else { return nil }
      defer { BIO_free(source) }
      var count = 0
      while let certificate = PEM_read_bio_X509(source, nil, { _, _, _, _ in -1 }, nil) {
        if X509_STORE_add_cert(store, certificate) == 1 { count += 1 }
        X509_free(certificate)
      }
      ERR_clear_error()
      if count > 0 { return store }
      X509_STORE_free(store)
      return nil
    }
  }
}
