package import Logging
package import Mail

/// Drops entries of the ledger. Implemented by `Store`.
package protocol EntryPruner: Sendable {
  /// Drops the entries of purged cases that are no younger than `limit`, and tells of it by an entry; what stays of each
  /// is its leaf hash, so that root and proofs hold. Returns how many.
  func prune(before limit: Timestamp, at now: Timestamp) throws -> Int
}

/// How long the ledger keeps what it says of purged cases.
package struct EntryRetention: Sendable {
  private let pruner: any EntryPruner
  private let seconds: Int64
  private let logger: Logger

  /// - Parameter seconds: how long after the last entry of a case; 0 keeps all for good.
  package init(_ pruner: any EntryPruner, seconds: Int64, logger: Logger) {
    self.pruner = pruner
    self.seconds = seconds
    self.logger = logger
  }

  /// Drops what is due; once a day is enough.
  package func round(at now: Timestamp) throws {
    guard seconds > 0 else { return }
    let count = try pruner.prune(before: now + -seconds, at: now)
    if count > 0 { logger.notice("entries dropped after their retention", metadata: ["count": "\(count)"]) }
  }
}
