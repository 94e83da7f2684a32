package import Cryptography
package import Mail

/// The reverse-path of an attempt: where reports come back to, and by which key they are matched.
package struct ReturnPath: Sendable {
  package enum Style: String, Sendable, Hashable, CaseIterable, Codable {
    /// `bounces+TOKEN@…`, a new keyed token per attempt (variable envelope return path).
    case verp
    /// The bounce address as it is, for relays that refuse tagged senders; ENVID and Message-ID correlate.
    case plain
  }
  private let bounceAddress: Address
  package let style: Style
  private let key: SecretKey

  /// - Parameter key: keys the tokens, so that nobody can make one up.
  package init(bounceAddress: Address, style: Style, key: SecretKey) {
    self.bounceAddress = bounceAddress
    self.style = style
    self.key = key
  }

  /// The envelope of one attempt: one recipient, DSN wishes of RFC 3461 (headers only, so that the reference does not
  /// lie in the bounce mailbox), and an ENVID that proves a report where the return path cannot.
  package func envelope(to recipient: Address, case id: CaseID, attempt: Int) throws -> Envelope {
    let token = token(case: id, attempt: attempt)
    let sender =
      switch style {
      case .plain: bounceAddress
      case .verp: try bounceAddress.tagged(with: token)
      }
    let envelopeID = EnvelopeID(caseID: id, attempt: attempt, token: token)
    return Envelope(sender: sender, recipient: recipient, dsn: DSNRequest(envid: envelopeID.text))
  }

  /// The envelope of a notice to the organisation itself: reports of it go to the bounce address as it is.
  package func envelope(of notice: Notice) -> Envelope {
    Envelope(
      sender: bounceAddress, recipient: notice.recipient,
      dsn: DSNRequest(envid: "notice", notify: [.failure]))
  }

  /// What is written into a mail so that its reports find back.
  package func trace(case id: CaseID, attempt: Int, message: MessageID) -> AttemptTrace {
    AttemptTrace(token: token(case: id, attempt: attempt), message: mark(of: message.bare))
  }

  /// The token of one attempt: 10 bytes of HMAC over case number and attempt, so it can be recomputed and not be guessed.
  package func token(case id: CaseID, attempt: Int) -> VERPToken {
    VERPToken(bytes: Array(code("verp", id.bytes + Array(String(attempt).utf8)).prefix(10)))
  }

  /// The token in an address that a report came to; nil if it is not the bounce address with a tag.
  package func token(in address: String) -> VERPToken? {
    (try? Address(parsing: address)).flatMap { VERPToken(from: $0, base: bounceAddress) }
  }

  /// True if the token in an ENVID is the one of its attempt.
  package func proves(_ envelopeID: EnvelopeID) -> Bool {
    token(case: envelopeID.caseID, attempt: envelopeID.attempt) == envelopeID.token
  }

  /// The keyed mark of a Message-ID without brackets, 32 bytes.
  package func mark(of messageID: String) -> [UInt8] { code("message", Array(messageID.utf8)) }

  private func code(_ label: String, _ content: [UInt8]) -> [UInt8] {
    key.withBytes { HMACSHA256.code(key: Array($0), Array(label.utf8), content) }
  }
}

// The probe: a mail to the bounce address, which shows that what is sent there is seen.
extension ReturnPath {
  /// The token of a probe; no attempt has the same.
  package func token(probe number: Int64, at sent: Timestamp) -> VERPToken {
    VERPToken(bytes: Array(code("probe", Array("\(number).\(sent.seconds)".utf8)).prefix(10)))
  }

  /// The envelope of a probe: to the address that reports of an attempt would come to. Nobody reports of it.
  package func envelope(ofProbe token: VERPToken) throws -> Envelope {
    let recipient = style == .verp ? try bounceAddress.tagged(with: token) : bounceAddress
    return Envelope(sender: bounceAddress, recipient: recipient, dsn: DSNRequest(envid: "probe", notify: []))
  }
}

extension ReturnPath {
  /// `CASE.ATTEMPT.TOKEN`: 22 characters, a number and 16 characters, of the 100 that an ENVID may have (RFC 3461 §4.4).
  package struct EnvelopeID: Sendable, Hashable {
    package let caseID: CaseID
    package let attempt: Int
    package let token: VERPToken

    init(caseID: CaseID, attempt: Int, token: VERPToken) {
      self.caseID = caseID
      self.attempt = attempt
      self.token = token
    }

    /// Nil for any text that has not this form. Upper and lower case of the token do not count, those of the case do.
    package init?(_ text: String) {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      guard text.utf8.count <= 100, parts.count == 3, let caseID = CaseID(String(parts[0])),
        let attempt = Int(parts[1]), attempt >= 1, String(attempt) == parts[1],
        let bytes = Base32.decode(parts[2]), bytes.count == 10
      else { return nil }
      self.init(caseID: caseID, attempt: attempt, token: VERPToken(bytes: bytes))
    }

    package var text: String { "\(caseID).\(attempt).\(token.text)" }
  }
}
