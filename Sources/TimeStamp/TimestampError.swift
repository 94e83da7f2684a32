/// Why there is no token, or why one does not hold.
package enum TimestampError: Error, Sendable, Hashable {
  /// The authority could not be reached or broke off; why, in a sentence.
  case noAnswer(String)
  /// It answered with this HTTP status; a redirect is not followed.
  case httpStatus(Int)
  /// It answered, though not with `application/timestamp-reply`: something else listens there.
  case wrongContentType
  /// Its answer is longer than any is taken.
  case tooLong
  /// The bytes are no timestamp reply in DER, or more than one.
  case malformed
  /// It refused (RFC 3161 §2.4.2).
  case refused(Refusal)
  /// The token is over other bytes.
  case wrongImprint
  /// The token answers another query.
  case wrongNonce
  /// None of the roots has issued the authority's certificate.
  case untrusted
  /// The authority's certificate, or one above it, is out of its time.
  case expired
  /// The certificate is not for timestamps alone (RFC 3161 §2.3).
  case wrongPurpose
  /// The signature, or the certificate that it names, does not fit.
  case badSignature
  /// Its certificate bears a mail address of the organisation: kept, it would be taken for a leaver's by every scan.
  case bearsAddress
  /// The appliance is being stopped.
  case cancelled
  /// The file with the roots cannot be used; what is wrong with it.
  case unusableRoots(file: String, reason: String)

  /// Why an authority refuses, by what it may say about it.
  package enum Refusal: Int32, Sendable, Hashable, CaseIterable {
    case badAlgorithm = 0
    case badRequest = 2
    case badDataFormat = 5
    case timeNotAvailable = 14
    case unacceptedPolicy = 15
    case unacceptedExtension = 16
    case additionalInformationNotAvailable = 17
    case systemFailure = 25
    /// It does not say.
    case unexplained = -1
  }
}

extension TimestampError: CustomStringConvertible {
  /// A sentence for operators, without the last stop.
  package var description: String {
    switch self {
    case .noAnswer(let sentence): sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
    case .httpStatus(let status):
      300..<400 ~= status
        ? "the authority answers with a redirect (HTTP \(status)), which is not followed: name the address it leads to"
        : "the authority answers with HTTP \(status): look at the address"
    case .wrongContentType: "what answers there is no timestamp authority (no application/timestamp-reply)"
    case .tooLong: "the answer is longer than any timestamp"
    case .malformed: "the answer is no timestamp reply"
    case .refused(let refusal): "the authority refuses (\(refusal.words))"
    case .wrongImprint: "the token is over other bytes"
    case .wrongNonce: "the token answers another query"
    case .untrusted: "the authority's certificate was issued by none of the roots in the CA file"
    case .expired: "the authority's certificate, or one above it, is expired or not valid yet"
    case .wrongPurpose: "the authority's certificate is not for timestamps alone"
    case .badSignature: "the token's signature does not hold"
    case .bearsAddress:
      "the authority's certificate bears a mail address of organisation.domain, which a scan would take for a leaver's: "
        + "it needs a certificate without"
    case .cancelled: "the appliance is being stopped"
    case .unusableRoots(let file, let reason): "\(file) \(reason)"
    }
  }
}

extension TimestampError.Refusal {
  fileprivate var words: String {
    switch self {
    case .badAlgorithm: "it does not know SHA-256"
    case .badRequest: "it does not permit or support such a request"
    case .badDataFormat: "it cannot read the query"
    case .timeNotAvailable: "it does not know the time"
    case .unacceptedPolicy: "it does not support the policy"
    case .unacceptedExtension: "it does not support the extension"
    case .additionalInformationNotAvailable: "it cannot give what was asked for besides"
    case .systemFailure: "a failure of its own"
    case .unexplained: "it does not say why"
    }
  }
}
