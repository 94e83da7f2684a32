package import Mail

/// The signed statements about a leaver, made before the document is drawn. Sealed with the case between the two steps.
package struct Credential: Sendable, Codable, Hashable {
  /// `reference.json`: the RefPassport Standard record with its detached Ed25519 signature.
  package var record: [UInt8]
  /// `reference.vc.jwt`: W3C VC 2.0, `vc+jwt`, EdDSA.
  package var vc: [UInt8]
  /// The key's name, as it stands in the `issue` entry and in the JWT header.
  package var keyID: String
  /// The time of issue: printed, signed, and the document's `/M`.
  package var issued: Timestamp

  package init(record: [UInt8], vc: [UInt8], keyID: String, issued: Timestamp) {
    self.record = record
    self.vc = vc
    self.keyID = keyID
    self.issued = issued
  }
}

extension Credential: CustomStringConvertible, CustomReflectable {
  package var description: String { "<credential>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Writes the reference. Implemented by `Reference`.
package protocol ReferenceIssuer: Sendable {
  /// Step one: sign record and VC. `facts` must have name, start and end.
  func credential(for facts: LeaverFacts, case id: CaseID, at now: Timestamp) throws -> Credential
  /// Step two: draw, attach (`reference.json`, `reference.vc.jwt`, `issue.tlog-proof` in this order), sign, and verify
  /// the finished PDF again. Throws `IssueFailure`.
  func document(
    for facts: LeaverFacts, credential: Credential, proof: [UInt8], case id: CaseID
  ) async throws -> [UInt8]
}

/// Why a reference was not made.
package enum IssueFailure: Error, Sendable, Hashable {
  /// Facts that must be there are missing: hold.
  case incomplete
  /// No font can draw one of the values: hold. Names which fact, never its value.
  case unprintable(field: String)
  /// Something of ours failed: the sentence is for operators and holds nothing personal.
  case failed(String)
}
