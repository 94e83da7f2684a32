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
  private let style: Style
  private let key: SecretKey

  /// - Parameter key: keys the tokens, so that nobody can make one up.
  package init(bounceAddress: Address, style: Style, key: SecretKey) {
    self.bounceAddress = bounceAddress
    self.style = style
    self.key = key
  }

  /// The envelope of one attempt: one recipient, DSN wishes of RFC 3461 (headers only, so that the reference does not
  /// lie in the bounce mailbox), ENVID = the case number, and from the second delivery on its number too.
  package func envelope(to recipient: Address, case id: CaseID, delivery: Int = 1, attempt: Int) throws -> Envelope {
    let sender =
      switch style {
      case .plain: bounceAddress
      case .verp: try bounceAddress.tagged(with: token(case: id, attempt: attempt))
      }
    return Envelope(
      sender: sender, recipient: recipient, dsn: DSNRequest(envid: delivery == 1 ? id.description : "\(id).\(delivery)")
    )
  }

  /// The envelope of a notice to the organisation itself: reports of it go to the bounce address as it is.
  package func envelope(of notice: Notice) -> Envelope {
    Envelope(
      sender: bounceAddress, recipient: notice.recipient,
      dsn: DSNRequest(envid: "notice", notify: [.failure]))
  }

  /// The token of one attempt: 10 bytes of HMAC over case number and attempt, so it can be recomputed and not be guessed.
  package func token(case id: CaseID, attempt: Int) -> VERPToken {
    let code = key.withBytes {
      HMACSHA256.code(key: Array($0), Array("verp".utf8), id.bytes, Array(String(attempt).utf8))
    }
    return VERPToken(bytes: Array(code.prefix(10)))
  }
}
