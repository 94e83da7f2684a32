package import Audit
import Cryptography
package import Delivery
import Foundation
import GRDB
package import Mail

extension ApplianceStore: AddressLookup {
  package func lookup(_ address: Address, by actor: String, at now: Timestamp) throws -> LookupAnswer {
    let book = try owned().book
    return try book.transaction { database, head in
      let tags = try book.keys.tags(of: address, in: database)
      let mentions = try tags.flatMap { try Self.mentions(of: $0.tag, in: database) }
      let cases = try Dictionary(grouping: mentions, by: \.caseID).map { id, mentions in
        LookupAnswer.Find(
          case: id, stage: try Self.find(id, in: database)?.row.stage ?? .purged, mentions: mentions.map(\.mention),
          purge: try Self.purge(of: id, in: database))
      }
      var draft = try Self.signed("lookup", by: actor, book, at: now, in: database)
      draft.fields["found"] = .integer(Int64(cases.count))
      try book.append([draft], to: &head, at: now, in: database)
      return LookupAnswer(
        cases: cases.sorted { ($0.mentions.first?.index ?? 0) < ($1.mentions.first?.index ?? 0) },
        quarters: tags.map(\.epoch.description))
    }
  }

  /// An act of a person that concerns no single case; who it was is told under the key of the quarter, if there is one.
  static func signed(
    _ act: String, by actor: String, _ book: LedgerBook, at now: Timestamp, in database: Database
  ) throws -> EntryDraft {
    var fields: [String: CanonicalJSON] = ["act": .string(act)]
    if try !LookupKeys.all(in: database).isEmpty {
      let key = try book.keys.key(of: Epoch(of: now), in: database)
      fields["by"] = .string(Commitment.actor(salt: key.withBytes { Array($0) }, name: actor))
    }
    return EntryDraft(.operator, fields)
  }

  /// Enters an act of a person that concerns no single case.
  package func note(
    _ act: String, _ fields: [String: CanonicalJSON], by actor: String, at now: Timestamp
  ) throws {
    let book = try owned().book
    try book.transaction { database, head in
      var draft = try Self.signed(act, by: actor, book, at: now, in: database)
      draft.fields.merge(fields) { $1 }
      try book.append([draft], to: &head, at: now, in: database)
    }
  }

  package func destroyLookupKeys(at now: Timestamp) throws -> [Epoch] {
    let owner = try owned()
    let due = try look { try owner.book.keys.due(at: now, in: $0) }
    guard !due.isEmpty else { return [] }
    // Killed before it is told: a crash between the two finds the rows still there, and kills once more.
    try owner.book.keys.kill(due)
    try owner.book.transaction { [book = owner.book] database, head in
      for (epoch, _) in due {
        try database.run("DELETE FROM epoch WHERE quarter = ?", [epoch.description])
        let draft = EntryDraft(.epochDestroyed, ["epoch": .string(epoch.description)])
        try book.append([draft], to: &head, at: now, in: database)
      }
    }
    owner.slots.release(due.map(\.slot))
    return due.map(\.epoch)
  }

  private static func mentions(
    of tag: String, in database: Database
  ) throws -> [(caseID: CaseID, mention: LookupAnswer.Mention)] {
    try database.all(
      "SELECT idx, bytes, caseID FROM entry WHERE caseID IS NOT NULL AND instr(bytes, ?) > 0 ORDER BY idx",
      [Data("\"tag\":\"\(tag)\"".utf8)]
    ).map { row in
      guard let id = CaseID(bytes: row.bytes("caseID")) else { throw StoreError.unreadableRow(table: "entry") }
      return (id, try mention(row))
    }
  }

  private static func purge(of id: CaseID, in database: Database) throws -> LookupAnswer.Mention? {
    try database.first(
      "SELECT idx, bytes FROM entry WHERE caseID = ? AND event = 'purge' ORDER BY idx DESC LIMIT 1", [Data(id.bytes)]
    ).map(mention)
  }

  private static func mention(_ row: Row) throws -> LookupAnswer.Mention {
    let entry = try Entry(parsing: row.bytes("bytes"))
    return LookupAnswer.Mention(
      index: row["idx"], event: entry.event.rawValue, time: Timestamp(seconds: entry.seconds).iso8601)
  }
}
