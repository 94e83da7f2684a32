package import Delivery
import Foundation
import GRDB
package import Mail

/// A signed tree head as it is kept.
package struct KeptCheckpoint: Sendable, Hashable {
  /// The number of entries it signs.
  package let size: Int
  /// The signed note (C2SP tlog-checkpoint).
  package let note: String
  package let at: Timestamp

  init(size: Int, note: String, at: Timestamp) {
    self.size = size
    self.note = note
    self.at = at
  }

  /// From a row of `checkpoint`.
  init(_ row: Row) { self.init(size: row["size"], note: row["note"], at: Timestamp(seconds: row["at"])) }
}

/// A purge that has begun and has not ended.
package struct PendingPurge: Sendable, Hashable {
  package let caseID: CaseID
  package let started: Timestamp
}

extension ApplianceStore {
  /// All cases, oldest first, purged ones included.
  package func cases() throws -> [Case] { try cases(at: Set(Stage.allCases)) }

  /// How many cases stand at each stage; stages without any are left out.
  package func counts() throws -> [Stage: Int] {
    try look { database in
      let rows = try database.all(#"SELECT stage, count(*) AS number FROM "case" GROUP BY stage"#)
      return try rows.reduce(into: [:]) { counts, row in
        guard let stage = Stage(rawValue: row["stage"]) else { throw StoreError.unreadableRow(table: "case") }
        counts[stage] = row["number"]
      }
    }
  }

  /// The entries with these indices, as stored and hashed; fewer if the ledger is shorter.
  package func entries(_ range: Range<Int>) throws -> [[UInt8]] {
    try look { try Self.lines(range, in: $0) }
  }

  /// Everything that the newest checkpoint signs, with that, in one look; nil before the first.
  package func signedEntries() throws -> (entries: [[UInt8]], checkpoint: KeptCheckpoint)? {
    try look { database in
      guard let newest = try newestCheckpoint(in: database) else { return nil }
      return (try Self.lines(0..<newest.size, in: database), newest)
    }
  }

  private static func lines(_ range: Range<Int>, in database: Database) throws -> [[UInt8]] {
    let rows = try Row.fetchCursor(
      database.cachedStatement(sql: "SELECT bytes FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx"),
      arguments: [range.lowerBound, range.upperBound])
    var entries: [[UInt8]] = []
    while let row = try rows.next() { entries.append(try row.bytes(at: 0)) }
    return entries
  }

  /// The entries of one case, first to last.
  package func entries(of id: CaseID) throws -> [[UInt8]] { try places(of: id).map(\.bytes) }

  /// The entries of one case, first to last, with their indices.
  package func places(of id: CaseID) throws -> [(index: Int, bytes: [UInt8])] {
    try look { database in
      try database.all("SELECT idx, bytes FROM entry WHERE caseID = ? ORDER BY idx", [Data(id.bytes)])
        .map { ($0["idx"], $0.bytes("bytes")) }
    }
  }

  /// The newest checkpoint; nil before the first.
  package func lastCheckpoint() throws -> KeptCheckpoint? { try look { try newestCheckpoint(in: $0) } }

  func newestCheckpoint(in database: Database) throws -> KeptCheckpoint? {
    try database.first("SELECT size, note, at FROM checkpoint ORDER BY size DESC LIMIT 1").map(KeptCheckpoint.init)
  }

  /// The vkey of the ledger in this directory; nil before it was first opened by its owner.
  package func ledgerKey() throws -> String? {
    try look { try $0.first("SELECT value FROM meta WHERE key = 'ledger'")?["value"] }
  }

  /// The purges that have begun and not ended, oldest first.
  package func purgeRecords() throws -> [PendingPurge] {
    try look { database in
      try database.all("SELECT caseID, started FROM purgeRecord ORDER BY started, caseID").map { row in
        guard let id = CaseID(bytes: row.bytes("caseID")) else {
          throw StoreError.unreadableRow(table: "purgeRecord")
        }
        return PendingPurge(caseID: id, started: Timestamp(seconds: row["started"]))
      }
    }
  }
}
