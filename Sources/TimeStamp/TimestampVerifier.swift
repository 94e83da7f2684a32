import COpenSSL
import Cryptography
package import Delivery
import Glibc
import Mail

/// Decides whether an authority's answer holds.
package struct TimestampVerifier: Sendable {
  private let roots: TimestampRoots

  package init(roots: TimestampRoots) { self.roots = roots }

  /// The token in an answer to `query` that has just come: the certificates must be valid now.
  package func token(in reply: [UInt8], answering query: TimestampQuery) throws(TimestampError) -> TimestampToken {
    try check(reply, query, asOf: nil)
  }

  /// The token in an answer that was kept, whoever asked: the certificates must have been valid at the time it tells,
  /// since a token outlives them.
  package func token(in reply: [UInt8], over bytes: [UInt8]) throws(TimestampError) -> TimestampToken {
    let time = try TimestampReply(reply).time()
    return try check(reply, TimestampQuery(anyOver: bytes), asOf: time)
  }

  func check(_ bytes: [UInt8], _ query: TimestampQuery, asOf time: Timestamp?) throws(TimestampError)
    -> TimestampToken
  {
    let reply = try TimestampReply(bytes)
    if let refusal = reply.refusal { throw .refused(refusal) }
    guard let context = try OpenSSLQuery(query).expectation() else { throw .malformed }
    defer { TS_VERIFY_CTX_free(context) }
    guard let store = roots.store() else { throw .untrusted }
    // The context frees the store.
    _ = TS_VERIFY_CTX_set_store(context, store)
    if let time { X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), time_t(time.seconds)) }
    _ = copenssl_ts_check_signature(context)
    ERR_clear_error()
    guard reply.holds(by: context) else { throw TimestampError.fromErrorQueue() }
    return TimestampToken(reply: bytes, at: try reply.time())
  }
}

/// An authority's answer in OpenSSL's form, parsed and not believed; frees itself.
final class TimestampReply {
  private let handle: OpaquePointer

  init(_ bytes: [UInt8]) throws(TimestampError) {
    guard bytes.count <= TimestampToken.longest else { throw .tooLong }
    let (handle, used) = bytes.withUnsafeBufferPointer { buffer -> (OpaquePointer?, Int) in
      var place = buffer.baseAddress
      let handle = d2i_TS_RESP(nil, &place, buffer.count)
      return (handle, buffer.baseAddress.flatMap { start in place.map { $0 - start } } ?? 0)
    }
    ERR_clear_error()
    guard let handle else { throw .malformed }
    self.handle = handle
    guard used == bytes.count else { throw .malformed }
  }

  deinit { TS_RESP_free(handle) }

  /// Why there is no token in it; nil if it was granted.
  var refusal: TimestampError.Refusal? {
    guard let info = TS_RESP_get_status_info(handle) else { return .unexplained }
    // Granted, with modifications or without (RFC 3161 §2.4.2).
    if let status = TS_STATUS_INFO_get0_status(info), 0...1 ~= ASN1_INTEGER_get(status) { return nil }
    guard let failure = TS_STATUS_INFO_get0_failure_info(info) else { return .unexplained }
    return TimestampError.Refusal.allCases.first { reason in
      reason != .unexplained && ASN1_BIT_STRING_get_bit(failure, reason.rawValue) == 1
    } ?? .unexplained
  }

  func holds(by expectation: OpaquePointer) -> Bool { TS_RESP_verify_response(expectation, handle) == 1 }

  /// The time it tells, to the second.
  func time() throws(TimestampError) -> Timestamp {
    if let refusal { throw .refused(refusal) }
    var parts = tm()
    guard let info = TS_RESP_get_tst_info(handle), let time = TS_TST_INFO_get_time(info),
      ASN1_TIME_to_tm(time, &parts) == 1
    else { throw .malformed }
    return Timestamp(seconds: Int64(timegm(&parts)))
  }
}
