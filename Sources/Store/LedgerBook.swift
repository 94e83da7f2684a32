import Audit
import Delivery
import Foundation
import GRDB
import Mail
import Synchronization

/// Writes entries and checkpoints inside of the transactions of others, and keeps the tree's head in memory.
///
/// The head moves on only after the commit, so a step that is rolled back leaves no trace in it. All calls come from the
/// one serial connection that writes.
final class LedgerBook: Sendable {
  /// The right edge of the tree and the time of the newest entry.
  struct Head: Sendable, Hashable {
    var frontier = MerkleFrontier()
    /// Entry times never decrease, whatever the clock does.
    var seconds: Int64 = 0
  }

  private let signer: NoteSigner
  private let committed: Mutex<Head>

  init(head: Head, signer: NoteSigner) {
    committed = Mutex(head)
    self.signer = signer
  }

  var verifier: NoteVerifier { signer.verifier }

  /// Runs `body` in one immediate transaction with the present head; what it makes of the head counts only if the
  /// transaction commits.
  func transaction<Value>(in queue: DatabaseQueue, _ body: (Database, inout Head) throws -> Value) throws
    -> Value
  {
    try queue.writeWithoutTransaction { database in
      var head = committed.withLock { $0 }
      var value: Value?
      try database.inTransaction(.immediate) {
        value = try body(database, &head)
        return .commit
      }
      committed.withLock { $0 = head }
      guard let value else { throw DatabaseError(message: "the transaction gave no value") }
      return value
    }
  }

  /// Inserts the entries; returns the index of the last, or of the newest there is if `drafts` is empty.
  @discardableResult
  func append(_ drafts: [EntryDraft], to head: inout Head, at now: Timestamp, in database: Database) throws
    -> Int
  {
    for draft in drafts {
      head.seconds = max(head.seconds, now.seconds)
      let entry = try Entry(
        event: draft.event, case: draft.caseID?.description, at: head.seconds, fields: draft.fields)
      let leaf = entry.leafHash
      try database.run(
        "INSERT INTO entry (idx, bytes, leaf, event, caseID) VALUES (?, ?, ?, ?, ?)",
        [
          head.frontier.size, Data(entry.bytes), Data(leaf), draft.event.rawValue,
          draft.caseID.map { Data($0.bytes) },
        ])
      _ = head.frontier.append(leafHash: leaf)
    }
    return head.frontier.size - 1
  }

  /// The signed note of the head: the one that is kept for this size already, or a new one.
  func checkpoint(of head: Head, at now: Timestamp, in database: Database) throws -> String {
    if let row = try database.first("SELECT note FROM checkpoint WHERE size = ?", [head.frontier.size]) {
      return row["note"]
    }
    let checkpoint = try Checkpoint(
      origin: signer.verifier.name, size: head.frontier.size, root: head.frontier.root)
    let note = try signer.sign(checkpoint).serialised
    try database.run(
      "INSERT INTO checkpoint (size, note, at) VALUES (?, ?, ?)", [head.frontier.size, note, now.seconds])
    return note
  }
}
