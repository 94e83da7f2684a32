package import Delivery
import Foundation
import GRDB
package import Mail

// What was seen beside handled departures, and when Bob was read: marks, codes and times.
extension ApplianceStore {
  package func observe(_ remarks: [(person: PersonMark, remark: Remark)], at now: Timestamp) throws {
    guard !remarks.isEmpty else { return }
    _ = try owned()
    try queue.write { database in
      for (person, remark) in remarks {
        try database.run(
          """
          INSERT INTO observation (person, remark, first, last, times) VALUES (?, ?, ?, ?, 1)
          ON CONFLICT (person, remark) DO UPDATE SET last = excluded.last, times = times + 1
          """,
          [Data(person.bytes), remark.rawValue, now.seconds, now.seconds])
      }
    }
  }

  package func timesObserved(_ person: PersonMark, _ remark: Remark) throws -> Int {
    try look { database in
      let row = try database.first(
        "SELECT times FROM observation WHERE person = ? AND remark = ?", [Data(person.bytes), remark.rawValue])
      return row?["times"] ?? 0
    }
  }

  /// Everything that was noted, the newest last.
  package func observations() throws -> [Observation] {
    try look { database in
      try database.all("SELECT * FROM observation ORDER BY last, person, remark").map { row in
        guard let remark = Remark(rawValue: row["remark"]) else {
          throw StoreError.unreadableRow(table: "observation")
        }
        return Observation(
          person: PersonMark(bytes: row.bytes("person")), remark: remark, first: Timestamp(seconds: row["first"]),
          last: Timestamp(seconds: row["last"]), times: row["times"])
      }
    }
  }

  package func lastPoll() throws -> Timestamp? {
    try look { database in
      let row = try database.first("SELECT value FROM meta WHERE key = 'polled'")
      return (row?["value"] as String?).flatMap { Int64($0) }.map { Timestamp(seconds: $0) }
    }
  }

  package func notePolled(at now: Timestamp) throws {
    _ = try owned()
    try queue.write { database in
      try database.run(
        "INSERT INTO meta (key, value) VALUES ('polled', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [String(now.seconds)])
      try database.run("DELETE FROM observation WHERE last < ?", [now.seconds - Observation.retention])
    }
  }
}
