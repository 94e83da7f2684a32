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
