import Audit
import Delivery
import Foundation
import GRDB
package import Mail

extension ApplianceStore: EntryPruner {
  package func prune(at now: Timestamp) throws -> Int {
    let book = try owned().book
    return try book.transaction { database, head in
      var promise = LedgerPromise()
      for row in try database.all("SELECT bytes FROM entry WHERE caseID IS NULL AND event = 'config' ORDER BY idx") {
        promise.take(try Entry(parsing: row.bytes("bytes")))
      }
      guard
        let limit = promise.limit(at: now.seconds),
        let upto = try Self.lastEntry(until: limit, size: head.frontier.size, in: database)
      else { return 0 }
      // Whole cases only, whose personal data are gone: what is left of the ledger must still make sense.
      let lines = try database.all(
        """
        SELECT idx, leaf FROM entry WHERE caseID IN (
          SELECT caseID FROM entry WHERE caseID IS NOT NULL
            AND caseID NOT IN (SELECT id FROM "case" WHERE stage <> 'purged')
          GROUP BY caseID HAVING max(idx) < ?
        ) ORDER BY idx
        """, [upto])
      for line in lines {
        try database.run(
          "UPDATE entry SET bytes = ?, event = 'pruned', caseID = NULL WHERE idx = ?",
          [Data(LedgerLine.pruned(leaf: line.bytes("leaf")).bytes), line["idx"] as Int])
      }
      guard !lines.isEmpty else { return 0 }
      let draft = EntryDraft(.operator, Pruning.Word(upto: upto, count: lines.count).fields)
      try book.append([draft], to: &head, at: now, in: database)
      // Whoever takes an export from now on must find the word under its checkpoint.
      _ = try book.checkpoint(of: head, at: now, in: database)
      return lines.count
    }
  }

  /// The last entry that was made no later than `limit`, which stays: times never run back, so it bears witness that all
  /// before it are as old. Nil if there is none.
  private static func lastEntry(until limit: Int64, size: Int, in database: Database) throws -> Int? {
    var range = 0..<size
    while let middle = range.isEmpty ? nil : range.lowerBound + range.count / 2 {
      guard
        let row = try database.first(
          "SELECT idx, bytes FROM entry WHERE idx >= ? AND event <> 'pruned' LIMIT 1", [middle])
      else { return nil }
      let index: Int = row["idx"]
      if try Entry(parsing: row.bytes("bytes")).seconds <= limit {
        range = (index + 1)..<range.upperBound
      } else {
        range = range.lowerBound..<middle
      }
    }
    guard range.lowerBound > 0 else { return nil }
    return try database.first(
      "SELECT max(idx) AS idx FROM entry WHERE idx < ? AND event <> 'pruned'", [range.lowerBound])?["idx"]
  }
}
