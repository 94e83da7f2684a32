import Audit
import Delivery
import Foundation
import GRDB
import Mail
import Synchronization

/// Writes entries and checkpoints inside of the transactions of others, and keeps the tree's head in memory.
///
/// The head moves on only after the commit, so a step that is rolled back leaves no trace in it.
final class LedgerBook: Sendable {
  /// The right edge of the tree and the time of the newest entry.
  struct Head: Sendable, Hashable {
    var frontier = MerkleFrontier()
    /// Entry times never decrease, whatever the clock does.
    var seconds: Int64 = 0
  }

  private let signer: NoteSigner
  /// What tags the entries that are about an address.
  let keys: LookupKeys
  private let group: CommitGroup<Head>

  init(head: Head, signer: NoteSigner, keys: LookupKeys, queue: DatabaseQueue) {
    self.signer = signer
    self.keys = keys
    group = CommitGroup(queue, state: head)
  }

  var verifier: NoteVerifier { signer.verifier }

  /// How many steps wait for the next transaction.
  var waiting: Int { group.waiting }
  /// True while a step is being carried out.
  var isLed: Bool { group.isLed }

  /// Runs `body` as one step with the present head.
  ///
  /// What it makes of the head counts only if the step commits. Steps of several callers may share a transaction.
  func transaction<Value: Sendable>(
    _ body: @escaping @Sendable (Database, inout Head) throws -> Value
  ) throws -> Value {
    let box = Box<Value>()
    try group.run { database, head in
      let made = try body(database, &head)
      box.value.withLock { $0 = made }
    }
    guard let made = box.value.withLock({ $0 }) else { throw DatabaseError(message: "the step gave no value") }
    return made
  }

  /// Inserts the entries; returns the index of the last, or of the newest there is if `drafts` is empty.
  @discardableResult
  func append(_ drafts: [EntryDraft], to head: inout Head, at now: Timestamp, in database: Database) throws
    -> Int
  {
    for draft in drafts {
      head.seconds = max(head.seconds, now.seconds)
      var fields = draft.fields
      if let address = draft.about {
        let tag = try keys.tag(of: address, at: Timestamp(seconds: head.seconds), in: database)
        fields["tag"] = tag.map { .string($0) }
      }
      let entry = try Entry(
        event: draft.event, case: draft.caseID?.description, at: head.seconds, fields: fields)
      let leaf = entry.leafHash
      try database.run(
        "INSERT INTO entry (idx, bytes, leaf, event, caseID) VALUES (?, ?, ?, ?, ?)",
        [
          head.frontier.size, Data(entry.bytes), Data(leaf), draft.event.rawValue,
          draft.caseID.map { Data($0.bytes) },
        ])
      try head.frontier.append(leafHash: leaf) { try LedgerTree(database: database).keep($0) }
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

  /// Carries a step's value out of it.
  private final class Box<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
  }
}
