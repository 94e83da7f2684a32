package import Delivery
import GRDB
package import Mail

extension ApplianceStore: CheckpointLog {
  package func handedOver() throws -> HandedOver? {
    try look { database in
      try database.first("SELECT size, at FROM handover").map {
        HandedOver(size: $0["size"], at: Timestamp(seconds: $0["at"]))
      }
    }
  }

  package func hasPurge(since index: Int) throws -> Bool {
    try look { database in
      try database.first("SELECT 1 FROM entry WHERE idx >= ? AND event = 'purge' LIMIT 1", [index]) != nil
    }
  }

  package func handOver(_ note: String, size: Int, at now: Timestamp) throws {
    try owned().book.transaction { database, _ in
      let draft = NoticeDraft(.checkpoint, .init(detail: note))
      // The newer one vouches for all that the older one did.
      try database.run("DELETE FROM notice WHERE kind = ? AND mail IS NULL", [draft.kind.rawValue])
      let number = try Self.queue([draft], due: now, at: now, in: database)
      try database.run(
        "UPDATE notice SET stamped = (SELECT size FROM timestamp WHERE size = ?) WHERE number = ?", [size, number])
      try database.run(
        """
        INSERT INTO handover (one, size, at) VALUES (1, ?, ?)
        ON CONFLICT (one) DO UPDATE SET size = excluded.size, at = excluded.at
        """, [size, now.seconds])
    }
  }
}
