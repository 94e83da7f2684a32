/// The SHA-256 digest of some bytes (FIPS 180-4); 32 bytes.
package enum SHA256 {
  /// The length of a digest in bytes.
  package static let size = 32

  /// The digest of `bytes`.
  package static func hash(_ bytes: [UInt8]) -> [UInt8] {
    let stream = SHA256Stream()
    stream.update(bytes)
    return stream.finish()
  }

  /// The digest of any sequence of bytes.
  package static func hash(_ bytes: some Sequence<UInt8>) -> [UInt8] { hash(Array(bytes)) }
}
