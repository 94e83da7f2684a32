import Audit
import Delivery
import Foundation
import GRDB

/// The kept hashes of the larger perfect subtrees, so that a proof in a ledger of any length takes few reads.
///
/// They are a copy of what the entries say: written with the entry that completes them, and compared at every start.
struct LedgerTree {
  /// Subtrees of 256 leaves and more are kept.
  static let keptLevel = 8

  let database: Database

  func keep(_ subtree: MerkleSubtree) throws {
    guard subtree.level >= Self.keptLevel else { return }
    try database.run(
      "INSERT INTO subtree (level, place, hash) VALUES (?, ?, ?)",
      [subtree.level, subtree.place, Data(subtree.hash)])
  }

  /// Nil if the subtree is not kept.
  func kept(level: Int, place: Int) throws -> [UInt8]? {
    try database.first("SELECT hash FROM subtree WHERE level = ? AND place = ?", [level, place])?.bytes("hash")
  }

  /// The proof of an entry against a checkpoint over the first `size`, with the entry's bytes in `extra`; nil if it covers
  /// no such entry.
  func proof(at index: Int, size: Int, note: String) throws -> TlogProof? {
    guard
      let hashes = try MerkleTree.inclusionProof(index: index, size: size, root: reader.root),
      let row = try database.first("SELECT bytes FROM entry WHERE idx = ? AND event <> 'pruned'", [index])
    else { return nil }
    return TlogProof(
      index: index, hashes: hashes, extra: row.bytes("bytes"), checkpoint: try SignedNote(parsing: note))
  }

  /// Where the newest entry of a case is, of any event or of one; nil if there is none.
  func newest(of id: CaseID, event: EntryEvent?) throws -> Int? {
    try database.first(
      "SELECT max(idx) AS idx FROM entry WHERE caseID = ?1 AND (?2 IS NULL OR event = ?2)",
      [Data(id.bytes), event?.rawValue])?["idx"]
  }

  /// The proof that the tree of the first `newSize` entries begins with that of the first `oldSize`.
  func consistencyProof(from oldSize: Int, to newSize: Int) throws -> [[UInt8]]? {
    try MerkleTree.consistencyProof(from: oldSize, to: newSize, root: reader.root)
  }

  /// The root over the first `size` entries.
  func root(size: Int) throws -> [UInt8] { try reader.root(of: 0..<size) }

  /// Keeps what an earlier version did not.
  func rebuild() throws {
    var frontier = MerkleFrontier()
    let leaves = try Row.fetchCursor(database, sql: "SELECT leaf FROM entry ORDER BY idx")
    while let row = try leaves.next() {
      try frontier.append(leafHash: row.bytes("leaf")) { try keep($0) }
    }
  }

  private var reader: MerkleSubtreeReader<any Error> {
    MerkleSubtreeReader(keptLevel: Self.keptLevel) { level, place in
      guard let hash = try kept(level: level, place: place) else {
        throw StoreError.ledgerDamaged(index: place << level, reason: "the kept hash from there on is missing")
      }
      return hash
    } leaves: { range in
      try database.all(
        "SELECT leaf FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx", [range.lowerBound, range.upperBound]
      ).map { $0.bytes("leaf") }
    }
  }
}
