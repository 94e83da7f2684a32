/// Why the ledger would not take or trust some bytes, named for what the caller does next.
///
/// Reasons are fixed texts: no case repeats what the refused bytes held.
package enum AuditError: Error, Equatable, Sendable {
  /// The bytes are no JSON of the kind the ledger uses: refuse them. `offset` counts bytes from 0.
  case malformedJSON(offset: Int, reason: String)
  /// A value has no canonical form (an integer of 2^53 or more): store it as a string.
  case notRepresentable(reason: String)
  /// The entry breaks a rule of the ledger: mend the code that makes it, or distrust the export.
  case refusedEntry(reason: String)
  /// The text is no checkpoint: ask for another copy.
  case malformedCheckpoint(reason: String)
  /// The text is no signed note: ask for another copy.
  case malformedNote(reason: String)
  /// The name or key cannot sign or verify notes: ask for another one.
  case unusableKey(reason: String)
  /// The note bears no valid signature of the key that was asked about: do not trust it.
  case signatureRefused(reason: String)
  /// The text is no proof: ask for another copy.
  case malformedProof(reason: String)
  /// The entry is not in the tree that the checkpoint signs, or not at this place: do not trust the proof.
  case notIncluded
  /// The newer ledger does not begin with the older one: keep both checkpoints, they are evidence.
  case notConsistent
  /// The text is no receipt: ask for another copy.
  case malformedReceipt(reason: String)

  /// The cause in a few fixed words, fit for a report.
  package var reason: String {
    switch self {
    case .malformedJSON(let offset, let reason): "\(reason) (at byte \(offset))"
    case .notRepresentable(let reason), .refusedEntry(let reason), .malformedCheckpoint(let reason),
      .malformedNote(let reason), .unusableKey(let reason), .signatureRefused(let reason),
      .malformedProof(let reason), .malformedReceipt(let reason):
      reason
    case .notConsistent: "the hashes do not lead from the older checkpoint to the newer one"
    case .notIncluded: "the hashes do not lead from the entry to the signed root"
    }
  }
}
