package import Mail

/// Drops entries of the ledger whose retention is over. Implemented by `Store`.
package protocol EntryPruner: Sendable {
  /// Drops the entries of purged cases that the ledger's own configuration entries no longer promise to keep, and tells of
  /// it by an entry; what stays of each is its leaf hash, so that root and proofs hold. Returns how many.
  func prune(at now: Timestamp) throws -> Int
}
