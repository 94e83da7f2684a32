import COpenSSL

extension TimestampError {
  /// What OpenSSL says of an answer that did not hold; empties its queue.
  static func fromErrorQueue() -> TimestampError {
    var found: TimestampError?
    var data: UnsafePointer<CChar>?
    var flags: Int32 = 0
    while case let code = ERR_get_error_all(nil, nil, nil, &data, &flags), code != 0 {
      guard found == nil, ERR_GET_LIB(code) == ERR_LIB_TS else { continue }
      switch ERR_GET_REASON(code) {
      case TS_R_MESSAGE_IMPRINT_MISMATCH: found = .wrongImprint
      case TS_R_NONCE_MISMATCH, TS_R_NONCE_NOT_RETURNED: found = .wrongNonce
      case TS_R_NO_TIME_STAMP_TOKEN: found = .refused(.unexplained)
      case TS_R_CERTIFICATE_VERIFY_ERROR: found = chainFault(data.map { String(cString: $0) } ?? "")
      case TS_R_SIGNATURE_FAILURE, TS_R_ESS_SIGNING_CERTIFICATE_ERROR, TS_R_THERE_MUST_BE_ONE_SIGNER:
        found = .badSignature
      case TS_R_BAD_PKCS7_TYPE, TS_R_BAD_TYPE, TS_R_DETACHED_CONTENT, TS_R_PKCS7_TO_TS_TST_INFO_FAILED,
        TS_R_UNSUPPORTED_VERSION, TS_R_WRONG_CONTENT_TYPE, TS_R_TOKEN_NOT_PRESENT:
        found = .malformed
      default: break
      }
    }
    // Whatever else it is, the signature was not found to hold.
    return found ?? .badSignature
  }

  /// By the text that OpenSSL puts beside the fault of a chain, in its own words.
  private static func chainFault(_ text: String) -> TimestampError {
    func tells(_ codes: Int32...) -> Bool {
      codes.contains { text.hasSuffix(String(cString: X509_verify_cert_error_string(Int($0)))) }
    }
    if tells(X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_NOT_YET_VALID) { return .expired }
    if tells(X509_V_ERR_INVALID_PURPOSE) { return .wrongPurpose }
    return .untrusted
  }
}
