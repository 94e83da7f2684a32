import Cryptography
package import Delivery
import GRDB
package import Mail

extension ApplianceStore: RestoreLog {
  package func restoreMark() throws -> RestoreMark? {
    try look { database in
      func seconds(_ key: String) throws -> Int64? {
        let row = try database.first("SELECT value FROM meta WHERE key = ?", [key])
        return (row?["value"] as String?).flatMap { Int64($0) }
      }
      return try seconds("restored").map {
        RestoreMark(
          at: Timestamp(seconds: $0), isPolled: try seconds("restorePolled") != nil,
          isEnded: try seconds("restoreEnded") != nil)
      }
    }
  }

  package func notePoll(at now: Timestamp) throws {
    guard let mark = try restoreMark(), !mark.isPolled else { return }
    try owned().book.transaction { database, _ in
      try database.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('restorePolled', ?)", [String(now.seconds)])
    }
  }

  package func endRestore(by actor: String, at now: Timestamp) throws -> Bool {
    guard let mark = try restoreMark(), mark.isPolled, !mark.isEnded else { return false }
    let book = try owned().book
    try book.transaction { database, head in
      try database.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('restoreEnded', ?)", [String(now.seconds)])
      let draft = try Self.signed("restore-end", by: actor, book, at: now, in: database)
      try book.append([draft], to: &head, at: now, in: database)
    }
    return true
  }
}
