/// A file inside the PDF, associated with the document as a whole (ISO 19005-3 §6.8).
struct Attachment: Hashable, Sendable {
  /// How the file relates to the page.
  enum Relationship: String, Sendable {
    case data = "Data"
    case supplement = "Supplement"
  }

  let name: String
  let mediaType: String
  let relationship: Relationship
  let description: String
  let bytes: [UInt8]

  static let recordName = "reference.json"
  static let credentialName = "reference.vc.jwt"
  static let proofName = "issue.tlog-proof"

  /// The three attachments of a reference, in the order in which they are written.
  static func all(record: [UInt8], credential: [UInt8], proof: [UInt8]) -> [Attachment] {
    [
      Attachment(
        name: recordName, mediaType: "application/json", relationship: .data,
        description: "RefPassport record with its signature", bytes: record),
      Attachment(
        name: credentialName, mediaType: "application/vc+jwt", relationship: .data,
        description: "W3C Verifiable Credential", bytes: credential),
      Attachment(
        name: proofName, mediaType: "text/plain", relationship: .supplement,
        description: "Proof that the issue stands in the audit ledger", bytes: proof),
    ]
  }
}
