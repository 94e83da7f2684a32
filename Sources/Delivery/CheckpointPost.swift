import Audit
package import Mail

/// The newest checkpoint that was queued for the officer.
package struct HandedOver: Sendable, Hashable {
  /// The number of entries it signs.
  package var size: Int
  package var at: Timestamp

  package init(size: Int, at: Timestamp) {
    self.size = size
    self.at = at
  }
}

/// What the store remembers of checkpoints that left the house.
package protocol CheckpointLog: Sendable {
  /// Nil before the first.
  func handedOver() throws -> HandedOver?
  /// True if there is a `purge` entry at or after this index.
  func hasPurge(since index: Int) throws -> Bool
  /// Queues the note for the officer, with its timestamp if it bears one, in the place of one that waits still, and
  /// remembers that.
  func handOver(_ note: String, size: Int, at now: Timestamp) throws
}

/// Mails checkpoints to the officer, since a ledger is only as good as its heads in other hands: the first one when the
/// appliance is set up, one with every batch of purges, and one a day while entries are added.
///
/// An authority is asked for its timestamp first, if there is one, and the checkpoint goes with it or without.
package struct CheckpointPost: Sendable {
  private let ledger: any AuditLedger
  private let log: any CheckpointLog
  private let stamping: CheckpointStamping
  /// Seconds between two checkpoints without a purge.
  private static let rhythm: Int64 = 86_400

  package init(ledger: any AuditLedger, log: any CheckpointLog, stamping: CheckpointStamping) {
    self.ledger = ledger
    self.log = log
    self.stamping = stamping
  }

  /// Signs the present head, and queues it for the officer if it is due.
  package func round(at now: Timestamp) async throws {
    let note = try ledger.checkpoint(at: now)
    let size = try Checkpoint(parsing: SignedNote(parsing: note).text).size
    guard try isDue(size: size, at: now) else { return try await stamping.catchUp(at: now) }
    try await stamping.stamp(UnstampedCheckpoint(size: size, note: note), at: now)
    try log.handOver(note, size: size, at: now)
  }

  private func isDue(size: Int, at now: Timestamp) throws -> Bool {
    guard size > 0 else { return false }
    guard let last = try log.handedOver() else { return true }
    guard size > last.size else { return false }
    return try now - last.at >= Self.rhythm || log.hasPurge(since: last.size)
  }
}
