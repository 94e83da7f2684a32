package import Audit
package import Delivery
import Foundation
import GRDB

extension ApplianceStore {
  /// The proof of an entry against the newest checkpoint; `extra` holds the entry's bytes, so that it stands by itself.
  ///
  /// Nil if no checkpoint covers the entry yet.
  package func proof(at index: Int) throws -> TlogProof? {
    try look { database in
      guard let newest = try newestCheckpoint(in: database) else { return nil }
      return try LedgerTree(database: database).proof(at: index, size: newest.size, note: newest.note)
    }
  }

  /// The proof that the ledger of the newest checkpoint begins with the first `size` entries; nil if it is shorter.
  package func consistencyProof(since size: Int) throws -> ConsistencyProof? {
    try look { database in
      try newestCheckpoint(in: database).flatMap { try Self.consistencyProof(from: size, to: $0, in: database) }
    }
  }

  static func consistencyProof(
    from size: Int, to new: KeptCheckpoint, in database: Database
  ) throws -> ConsistencyProof? {
    guard let hashes = try LedgerTree(database: database).consistencyProof(from: size, to: new.size) else { return nil }
    return ConsistencyProof(oldSize: size, hashes: hashes, checkpoint: try SignedNote(parsing: new.note))
  }

  /// The root over the first `size` entries; nil if there are fewer.
  package func root(size: Int) throws -> [UInt8]? {
    try look { database in
      guard size >= 0, try database.first("SELECT max(idx) AS last FROM entry")?["last"] ?? -1 >= size - 1 else {
        return nil
      }
      return try LedgerTree(database: database).root(size: size)
    }
  }

  /// Where the newest entry of a case is, of any event or of one; nil if there is none.
  package func index(of id: CaseID, event: EntryEvent? = nil) throws -> Int? {
    try look { try LedgerTree(database: $0).newest(of: id, event: event) }
  }
}
