package import Audit
package import Mail

/// The tamper-evident ledger. Implemented by `Store`, in the same database file as the cases.
package protocol AuditLedger: Sendable {
  /// Appends entries that belong to no case step; returns the index of the last.
  @discardableResult
  func append(_ drafts: [EntryDraft], at now: Timestamp) throws -> Int
  /// The number of entries.
  func size() throws -> Int
  /// Signs the present tree head, keeps it, and returns the signed note (C2SP tlog-checkpoint). Signs nothing new if
  /// the size has not changed since the last one.
  func checkpoint(at now: Timestamp) throws -> String
  /// The receipt of the newest entry of `event` for a case, against the checkpoint of the present tree head. Its
  /// `extra` holds the entry's bytes, so that the receipt can be checked without the ledger.
  func proof(of event: EntryEvent, case id: CaseID, at now: Timestamp) throws -> TlogProof
}
