import COpenSSL
import Cryptography

/// The question to an authority (RFC 3161 §2.4.1): a digest, a nonce, and the wish for the certificate. Nothing more can
/// be in it.
package struct TimestampQuery: Sendable, Hashable {
  /// SHA-256 of what is asked about.
  package let digest: [UInt8]
  /// Nine bytes, of which 64 bits are random; nil in the question behind a token that is kept.
  package let nonce: [UInt8]?

  /// Asks about `bytes`, with a nonce of its own.
  package init(over bytes: [UInt8]) {
    digest = SHA256.hash(bytes)
    // The first byte keeps the number positive and the length the same.
    nonce = [1] + Randomness.bytes(8)
  }

  /// What a kept token must answer, whoever asked then.
  init(anyOver bytes: [UInt8]) {
    digest = SHA256.hash(bytes)
    nonce = nil
  }

  /// What is sent: DER.
  package func der() throws(TimestampError) -> [UInt8] {
    guard let bytes = try OpenSSLQuery(self).der() else { throw .noAnswer("the query could not be written") }
    return bytes
  }
}

/// A query in OpenSSL's form; frees itself.
final class OpenSSLQuery {
  private let handle: OpaquePointer

  init(_ query: TimestampQuery) throws(TimestampError) {
    guard let handle = TS_REQ_new() else { throw .noAnswer("the query could not be made") }
    self.handle = handle
    var digest = query.digest
    guard
      TS_REQ_set_version(handle, 1) == 1, copenssl_ts_set_imprint(handle, &digest, Int32(digest.count)) == 1,
      TS_REQ_set_cert_req(handle, 1) == 1, Self.set(query.nonce, in: handle)
    else { throw .noAnswer("the query could not be made") }
  }

  deinit { TS_REQ_free(handle) }

  func der() -> [UInt8]? {
    var start: UnsafeMutablePointer<UInt8>?
    let count = i2d_TS_REQ(handle, &start)
    guard count > 0, let start else { return nil }
    defer { CRYPTO_free(start, nil, 0) }
    return Array(UnsafeBufferPointer(start: start, count: Int(count)))
  }

  /// What an answer must fit, with copies of digest and nonce; the caller frees it.
  func expectation() -> OpaquePointer? { TS_REQ_to_TS_VERIFY_CTX(handle, nil) }

  private static func set(_ nonce: [UInt8]?, in handle: OpaquePointer) -> Bool {
    guard let nonce else { return true }
    guard let number = BN_bin2bn(nonce, Int32(nonce.count), nil) else { return false }
    defer { BN_free(number) }
    guard let integer = BN_to_ASN1_INTEGER(number, nil) else { return false }
    defer { ASN1_INTEGER_free(integer) }
    return TS_REQ_set_nonce(handle, integer) == 1
  }
}
