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
      guard
        let (size, note) = try newest(in: database),
        let row = try database.first("SELECT bytes FROM entry WHERE idx = ?", [index]),
        let hashes = try LedgerTree(database: database).inclusionProof(index: index, size: size)
      else { return nil }
      return TlogProof(index: index, hashes: hashes, extra: row.bytes("bytes"), checkpoint: note)
    }
  }

  /// The proof that the ledger of the newest checkpoint begins with the first `size` entries; nil if it is shorter.
  package func consistencyProof(since size: Int) throws -> ConsistencyProof? {
    try look { database in
      guard
        let (newest, note) = try newest(in: database),
        let hashes = try LedgerTree(database: database).consistencyProof(from: size, to: newest)
      else { return nil }
      return ConsistencyProof(oldSize: size, hashes: hashes, checkpoint: note)
    }
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
    try look { database in
      let event = event?.rawValue
      return try database.first(
        "SELECT max(idx) AS idx FROM entry WHERE caseID = ?1 AND (?2 IS NULL OR event = ?2)",
        [Data(id.bytes), event])?["idx"]
    }
  }

  /// Where the entries of one case are, first to last.
  package func indices(of id: CaseID) throws -> [Int] {
    try look { database in
      try database.all("SELECT idx FROM entry WHERE caseID = ? ORDER BY idx", [Data(id.bytes)]).map { $0["idx"] }
    }
  }

  private func newest(in database: Database) throws -> (Int, SignedNote)? {
    try database.first("SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1").map {
      ($0["size"], try SignedNote(parsing: $0["note"]))
    }
  }
}
