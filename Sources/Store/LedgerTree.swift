import Audit
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

  /// The inclusion proof of an entry in the tree of the first `size`; nil if there is no such entry.
  func inclusionProof(index: Int, size: Int) throws -> [[UInt8]]? {
    try MerkleTree.inclusionProof(index: index, size: size, root: reader.root)
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
