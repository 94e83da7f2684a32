import Cryptography
import Delivery
import GRDB
package import Mail

extension ApplianceStore: RestoreLog {
  package func restoredAt() throws -> Timestamp? {
    try look { database in
      let row = try database.first("SELECT value FROM meta WHERE key = 'restored'")
      return (row?["value"] as String?).flatMap { Int64($0) }.map { Timestamp(seconds: $0) }
    }
  }

  package func endRestore(by actor: String, at now: Timestamp) throws -> Bool {
    let book = try owned().book
    return try book.transaction { database, head in
      guard try database.first("SELECT 1 FROM meta WHERE key = 'restored'") != nil else { return false }
      try database.run("DELETE FROM meta WHERE key = 'restored'")
      try book.append(
        [try Self.signed("restore-end", by: actor, book, at: now, in: database)], to: &head, at: now, in: database)
      return true
    }
  }
}
