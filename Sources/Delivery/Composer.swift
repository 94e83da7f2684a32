package import Mail

/// Everything the leaver's mail is made of.
package struct LeaverMail: Sendable {
  package var facts: LeaverFacts
  package var recipient: Address
  package var caseID: CaseID
  package var messageID: MessageID
  package var date: Timestamp
  /// The signed PDF.
  package var document: [UInt8]
  /// `receipt.json`, the opening of the ledger's commitments.
  package var receipt: [UInt8]

  package init(
    facts: LeaverFacts, recipient: Address, caseID: CaseID, messageID: MessageID, date: Timestamp, document: [UInt8],
    receipt: [UInt8]
  ) {
    self.facts = facts
    self.recipient = recipient
    self.caseID = caseID
    self.messageID = messageID
    self.date = date
    self.document = document
    self.receipt = receipt
  }
}

/// Writes mails from templates. Implemented by `Templates`.
package protocol Composer: Sendable {
  /// The leaver's mail: RFC 5322 bytes, CRLF, 7-bit clean; made once and sent byte for byte ever after.
  func compose(_ mail: LeaverMail) throws -> [UInt8]
  /// A notice to HR, ops or the officer: case numbers and counts only.
  func compose(_ notice: Notice) throws -> [UInt8]
}

/// A mail of the appliance to the organisation itself; holds nothing personal of a leaver.
package struct Notice: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
    /// To HR: a case waits for a person.
    case held
    /// To HR: a reference could not be delivered.
    case undeliverable
    /// To the officer: the ledger's checkpoint.
    case checkpoint
  }
  package var kind: Kind
  package var recipient: Address
  package var messageID: MessageID
  package var date: Timestamp
  /// The case spoken of; nil for `checkpoint`.
  package var caseID: CaseID?
  /// The reason in one sentence (hold, refusal class), or the checkpoint's text.
  package var detail: String

  package init(
    kind: Kind, recipient: Address, messageID: MessageID, date: Timestamp, caseID: CaseID?, detail: String
  ) {
    self.kind = kind
    self.recipient = recipient
    self.messageID = messageID
    self.date = date
    self.caseID = caseID
    self.detail = detail
  }
}
