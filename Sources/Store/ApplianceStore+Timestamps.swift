package import Delivery
import Foundation
import GRDB
import Mail

extension ApplianceStore: TimestampLog {
  package func isTimestamped(_ size: Int) throws -> Bool { try timestamp(over: size) != nil }

  package func unstamped() throws -> UnstampedCheckpoint? {
    try look { database in
      try database.first(
        """
        SELECT size, note FROM handover JOIN checkpoint USING (size)
        WHERE size NOT IN (SELECT size FROM timestamp)
        """
      ).map { UnstampedCheckpoint(size: $0["size"], note: $0["note"]) }
    }
  }

  package func keep(_ token: TimestampToken, over size: Int) throws {
    try owned().book.transaction { database, _ in
      try database.run(
        "INSERT INTO timestamp (size, token, at) VALUES (?, ?, ?) ON CONFLICT (size) DO NOTHING",
        [size, Data(token.reply), token.at.seconds])
      try database.run("DELETE FROM timestampFailure")
    }
  }

  package func standing() throws -> AuthorityStanding {
    try look { database in
      try database.first("SELECT since, last FROM timestampFailure").map { row in
        .failing(since: Timestamp(seconds: row["since"]), last: Timestamp(seconds: row["last"]))
      } ?? .answering
    }
  }

  package func note(_ standing: AuthorityStanding) throws {
    try owned().book.transaction { database, _ in
      switch standing {
      case .answering: try database.run("DELETE FROM timestampFailure")
      case .failing(let since, let last):
        try database.run(
          "INSERT OR REPLACE INTO timestampFailure (one, since, last) VALUES (1, ?, ?)", [since.seconds, last.seconds])
      }
    }
  }
}

extension ApplianceStore {
  /// The timestamp of the checkpoint over the first `size` entries; nil if it bears none.
  package func timestamp(over size: Int) throws -> TimestampToken? {
    try look { database in
      try database.first("SELECT token, at FROM timestamp WHERE size = ?", [size]).map(Self.token)
    }
  }

  /// The newest checkpoint of this ledger that bears a timestamp; nil if none does. One that it goes on from, after a
  /// restore, is another ledger.
  package func lastTimestamped() throws -> (checkpoint: KeptCheckpoint, token: TimestampToken)? {
    try look { database in
      try database.first(
        """
        SELECT size, note, checkpoint.at AS signed, token, timestamp.at AS at
        FROM timestamp JOIN checkpoint USING (size)
        WHERE instr(note, (SELECT substr(value, 1, instr(value, '+') - 1) FROM meta WHERE key = 'ledger') || char(10)) = 1
        ORDER BY size DESC LIMIT 1
        """
      ).map { row in
        let checkpoint = KeptCheckpoint(
          size: row["size"], note: row["note"], at: Timestamp(seconds: row["signed"]))
        return (checkpoint, Self.token(row))
      }
    }
  }

  private static func token(_ row: Row) -> TimestampToken {
    TimestampToken(reply: row.bytes("token"), at: Timestamp(seconds: row["at"]))
  }
}
