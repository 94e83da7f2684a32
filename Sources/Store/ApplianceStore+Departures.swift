package import Delivery
import Foundation
import GRDB
package import Mail

extension ApplianceStore: DepartureLog {
  package func baseline() throws -> Timestamp? {
    try look { database in
      let row = try database.first("SELECT value FROM meta WHERE key = 'baseline'")
      return (row?["value"] as String?).flatMap { Int64($0) }.map { Timestamp(seconds: $0) }
    }
  }

  package func takeBaseline(_ departures: [Departure], at now: Timestamp) throws {
    _ = try owned()
    try queue.write { database in
      for departure in departures where try !Self.isHandled(departure, in: database) {
        try Self.remember(departure, reason: .baseline, caseID: nil, at: now, in: database)
      }
      try database.run(
        "INSERT OR IGNORE INTO meta (key, value) VALUES ('baseline', ?)", [String(now.seconds)])
    }
  }

  package func handled() throws -> [PersonMark: HandledDeparture] {
    try look { database in
      let rows = try Row.fetchCursor(database.cachedStatement(sql: Self.everyDeparture))
      var handled: [PersonMark: HandledDeparture] = [:]
      while let row = try rows.next() {
        let departure = try Self.departure(row)
        handled[departure.departure.person] = departure
      }
      return handled
    }
  }

  package func firstSighted(_ departures: [Departure], at now: Timestamp) throws -> [Timestamp] {
    _ = try owned()
    return try queue.write { database in
      let first = try departures.map { departure in
        let row = try database.first(
          "SELECT at FROM sighting WHERE person = ? AND termination = ?",
          [Data(departure.person.bytes), Data(departure.termination.bytes)])
        return Timestamp(seconds: row?["at"] ?? now.seconds)
      }
      try database.run("DELETE FROM sighting WHERE at < ?", [Self.never])
      for (departure, first) in zip(departures, first) {
        try database.run(
          "INSERT OR REPLACE INTO sighting (person, termination, at) VALUES (?, ?, ?)",
          [Data(departure.person.bytes), Data(departure.termination.bytes), first.seconds])
      }
      return first
    }
  }

  package func exclude(_ departure: Departure, at now: Timestamp) throws {
    _ = try owned()
    try queue.write { database in
      try Self.remember(departure, reason: .excluded, caseID: nil, at: now, in: database)
    }
  }

  package func disbelieve(_ departure: Departure) throws {
    _ = try owned()
    try queue.write { database in
      try database.run(
        "INSERT OR REPLACE INTO sighting (person, termination, at) VALUES (?, ?, ?)",
        [Data(departure.person.bytes), Data(departure.termination.bytes), Self.never])
    }
  }

  /// When a date that is disbelieved was sighted, in Unix seconds: after any that can come.
  private static let never: Int64 = 253_402_300_799

  package func reset(_ person: PersonMark, telling entries: [EntryDraft], at now: Timestamp) throws {
    let book = try owned().book
    try book.transaction { database, head in
      try Self.reset(person, in: database)
      try book.append(entries, to: &head, at: now, in: database)
    }
  }

  static func reset(_ person: PersonMark, in database: Database) throws {
    try database.run("DELETE FROM departure WHERE person = ?", [Data(person.bytes)])
    try database.run(
      "DELETE FROM sighting WHERE person = ? AND at < ?", [Data(person.bytes), Self.never])
  }

  /// Keeps the start mark that is there if the new one is nil.
  ///
  /// A person that is not remembered stays so.
  package func update(_ departure: Departure, at now: Timestamp) throws {
    _ = try owned()
    try queue.write { database in
      try database.run(
        "UPDATE departure SET termination = ?, start = coalesce(?, start), gone = ? WHERE person = ?",
        [
          Data(departure.termination.bytes), departure.start.map { Data($0.bytes) }, departure.isGone,
          Data(departure.person.bytes),
        ])
    }
  }

  /// Everything remembered, oldest first.
  package func departures() throws -> [HandledDeparture] {
    try look { database in
      try database.all(Self.everyDeparture + " ORDER BY at, person").map(Self.departure)
    }
  }

  private static let everyDeparture = "SELECT person, termination, start, reason, caseID, at, gone FROM departure"

  /// True if this departure has its case, was there before the baseline, or is excluded.
  ///
  /// A person known with another start date has been hired again since: that is a new departure. A moved
  /// termination date is not.
  static func isHandled(_ departure: Departure, in database: Database) throws -> Bool {
    let row = try database.first(
      "SELECT start FROM departure WHERE person = ?", [Data(departure.person.bytes)])
    guard let row else { return false }
    guard let known = row["start"] as Data?, let start = departure.start else { return true }
    return [UInt8](known) == start.bytes
  }

  /// True if what is remembered of the person is this very departure, with its case: told twice because of a crash.
  static func isTheSame(_ departure: Departure, in database: Database) throws -> Bool {
    let row = try database.first(
      "SELECT 1 FROM departure WHERE person = ? AND reason = 'case' AND termination = ? AND start IS ?",
      [
        Data(departure.person.bytes), Data(departure.termination.bytes), departure.start.map { Data($0.bytes) },
      ])
    return row != nil
  }

  static func remember(
    _ departure: Departure, reason: HandledDeparture.Reason, caseID: CaseID?, at now: Timestamp,
    in database: Database
  ) throws {
    try database.run(
      """
      INSERT INTO departure (person, termination, start, reason, caseID, at, gone) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (person) DO UPDATE SET termination = excluded.termination, start = excluded.start,
        reason = excluded.reason, caseID = excluded.caseID, at = excluded.at, gone = excluded.gone
      """,
      [
        Data(departure.person.bytes), Data(departure.termination.bytes),
        departure.start.map { Data($0.bytes) },
        reason.rawValue, caseID.map { Data($0.bytes) }, now.seconds, departure.isGone,
      ])
  }

  /// A row of `everyDeparture`, by the places of its columns: there may be very many.
  private static func departure(_ row: Row) throws -> HandledDeparture {
    guard let reason = HandledDeparture.Reason(rawValue: row[3]) else {
      throw StoreError.unreadableRow(table: "departure")
    }
    let marks = Departure(
      person: PersonMark(bytes: try row.bytes(at: 0)), termination: ValueMark(bytes: try row.bytes(at: 1)),
      start: row.hasNull(atIndex: 2) ? nil : ValueMark(bytes: try row.bytes(at: 2)), isGone: row[6])
    return HandledDeparture(
      departure: marks, reason: reason, caseID: row.hasNull(atIndex: 4) ? nil : CaseID(bytes: try row.bytes(at: 4)),
      at: Timestamp(seconds: row[5]))
  }
}
