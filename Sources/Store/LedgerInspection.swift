import Audit
import GRDB

/// Goes through the whole ledger at the start: every entry's bytes against its leaf, the tree over them against every
/// kept subtree and every checkpoint, the last checkpoint against its signature.
///
/// What it cannot see is that entries after the last checkpoint were removed from the end: a checkpoint in other hands
/// shows that.
struct LedgerInspection {
  let verifier: NoteVerifier

  /// The head of the ledger as it stands; throws `ledgerDamaged` or `otherLedger`.
  func run(in database: Database) throws -> LedgerBook.Head {
    try checkOwner(in: database)
    let notes = try Row.fetchAll(database, sql: "SELECT size, note FROM checkpoint ORDER BY size")
    var pending = try notes.map { (size: $0["size"] as Int, checkpoint: try checkpoint(in: $0["note"])) }[...]
    if let last = notes.last { try checkSignature(of: last["note"]) }
    var head = LedgerBook.Head()
    let hasher = TreeHasher()
    let tree = LedgerTree(database: database)
    var newest: [UInt8] = []
    var pruned = PrunedLines()
    try take(&pending, at: head.frontier)
    let rows = try Row.fetchCursor(database, sql: "SELECT idx, bytes, leaf FROM entry ORDER BY idx")
    while let row = try rows.next() {
      let index: Int = row[0]
      guard index == head.frontier.size else {
        throw StoreError.ledgerDamaged(index: head.frontier.size, reason: "the entry is missing")
      }
      newest = try row.bytes(at: 1)
      let leaf = try row.bytes(at: 2)
      guard pruned.leaf(of: newest, at: index, hasher) == leaf else {
        throw StoreError.ledgerDamaged(index: index, reason: "its bytes do not match its leaf hash")
      }
      try head.frontier.append(leafHash: leaf, hasher: hasher) { subtree in
        guard subtree.level >= LedgerTree.keptLevel else { return }
        guard try tree.kept(level: subtree.level, place: subtree.place) == subtree.hash else {
          throw StoreError.ledgerDamaged(
            index: subtree.leaves.lowerBound,
            reason: "the kept hash of the \(subtree.leaves.count) entries from there is not theirs")
        }
      }
      try take(&pending, at: head.frontier)
    }
    if let lost = pending.first {
      throw StoreError.ledgerDamaged(
        index: head.frontier.size,
        reason: "a checkpoint signs \(lost.size) entries, \(head.frontier.size) are there")
    }
    if let stray = pruned.stray {
      throw StoreError.ledgerDamaged(
        index: stray, reason: "it or one before it was dropped, and no later entry says so")
    }
    if head.frontier.size > 0 {
      guard let entry = try? Entry(parsing: newest) else {
        throw StoreError.ledgerDamaged(index: head.frontier.size - 1, reason: "it is no entry")
      }
      head.seconds = entry.seconds
    }
    return head
  }

  /// Compares the tree with the checkpoint of its size, if there is one.
  private func take(
    _ pending: inout ArraySlice<(size: Int, checkpoint: Checkpoint)>, at frontier: MerkleFrontier
  ) throws {
    guard let next = pending.first, next.size == frontier.size else { return }
    guard next.checkpoint.size == next.size, next.checkpoint.root == frontier.root else {
      throw StoreError.ledgerDamaged(
        index: nil, reason: "the first \(next.size) entries do not give the root of their checkpoint")
    }
    pending.removeFirst()
  }

  private func checkpoint(in note: String) throws -> Checkpoint {
    guard let note = try? SignedNote(parsing: note), let checkpoint = try? Checkpoint(parsing: note.text)
    else {
      throw StoreError.ledgerDamaged(index: nil, reason: "a checkpoint cannot be read")
    }
    return checkpoint
  }

  private func checkSignature(of note: String) throws {
    guard let note = try? SignedNote(parsing: note), (try? verifier.checkpoint(in: note)) != nil else {
      throw StoreError.ledgerDamaged(
        index: nil, reason: "the last checkpoint is not signed by the ledger's key")
    }
  }

  private func checkOwner(in database: Database) throws {
    guard let row = try Row.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'ledger'") else {
      return
    }
    let found: String = row["value"]
    guard found == verifier.vkey else { throw StoreError.otherLedger(expected: verifier.vkey, found: found) }
  }
}

/// Keeps track of lines whose entries were dropped: later entries must say so, and of as many.
private struct PrunedLines {
  private var tally = PruningTally()
  /// How such an entry begins, since the names of its fields are in order.
  private let word = Array("{\"act\":\"\(Pruning.act)\"".utf8)

  /// The last line that was dropped, if not all of them were told of.
  var stray: Int? { tally.isTold ? nil : tally.last }

  /// The leaf of a line.
  mutating func leaf(of bytes: [UInt8], at index: Int, _ hasher: TreeHasher) -> [UInt8] {
    if case .pruned(let leaf) = LedgerLine(bytes) {
      tally.drop(index)
      return leaf
    }
    // Few entries say it; reading every one would take longer than hashing it.
    if bytes.starts(with: word), let entry = try? Entry(parsing: bytes), let word = Pruning.Word(entry) {
      tally.take(word)
    }
    return hasher.leaf(bytes)
  }
}
