import Cryptography
package import Delivery
import Foundation
import GRDB
package import Mail

extension ApplianceStore: CaseStore {
  package func open(_ new: NewCase, at now: Timestamp) throws {
    let owner = try owned()
    // Asked before a slot is spent, and again inside of the transaction, which decides.
    guard try look({ try Self.mayOpen(new, in: $0) }) else { throw CaseStoreError.alreadyHandled }
    let id = new.row.id
    let seal = CaseSeal(id: id, key: SecretKey(randomOfSize: AES256GCM.keySize))
    let sealed = try new.seal.map { (part: $0, blob: try seal.seal($0, $1)) }
    let slot = try owner.slots.store(seal.key, for: id)
    do {
      try owner.book.transaction { database, head in
        guard try Self.mayOpen(new, in: database) else { throw CaseStoreError.alreadyHandled }
        try CaseRow.insert(new.row, slot: slot, into: database)
        for (part, blob) in sealed { try Self.save(part, blob, of: id, in: database) }
        try Self.remember(new.departure, reason: .case, caseID: id, at: now, in: database)
        _ = try Self.queue(new.notices, due: now, at: now, in: database)
        try owner.book.append(new.entries, to: &head, at: now, in: database)
      }
    } catch {
      try owner.slots.kill([slot])
      owner.slots.release([slot])
      throw error
    }
  }

  /// True if the departure has no case yet, or its case is the purged one that this one replaces.
  private static func mayOpen(_ new: NewCase, in database: Database) throws -> Bool {
    guard let old = new.replacing else {
      return try !(new.isAnother ? isTheSame(new.departure, in: database) : isHandled(new.departure, in: database))
    }
    guard try find(old, in: database)?.row.stage == .purged else { return false }
    let row = try database.first(
      "SELECT 1 FROM departure WHERE person = ? AND caseID = ?",
      [Data(new.departure.person.bytes), Data(old.bytes)])
    return row != nil
  }

  package func find(_ id: CaseID) throws -> Case? {
    try look { try Self.find(id, in: $0)?.row }
  }

  package func cases(at stages: Set<Stage>) throws -> [Case] {
    guard !stages.isEmpty else { return [] }
    let marks = Array(repeating: "?", count: stages.count).joined(separator: ", ")
    return try look { database in
      try database.all(
        #"SELECT \#(CaseRow.columns) FROM "case" WHERE stage IN (\#(marks)) ORDER BY opened, id"#,
        StatementArguments(stages.map(\.rawValue).sorted())
      ).map(CaseRow.decode)
    }
  }

  package func commit(_ change: CaseChange, at now: Timestamp) throws {
    let owner = try owned()
    let id = change.after.id
    let sealed = try change.seal.isEmpty ? [] : seal(change.seal, of: id, slots: owner.slots)
    try owner.book.transaction { database, head in
      try CaseRow.update(change.after, expected: change.expected, in: database)
      for (part, blob) in sealed { try Self.save(part, blob, of: id, in: database) }
      if let attempt = change.attempt { try AttemptRow.save(attempt, of: id, in: database) }
      if let report = change.report { try Self.save(report, of: id, in: database) }
      if let person = change.returned { try Self.reset(person, in: database) }
      _ = try Self.queue(change.notices, due: now, at: now, in: database)
      try owner.book.append(change.entries, to: &head, at: now, in: database)
    }
  }

  package func unseal(_ part: SealedPart, of id: CaseID) throws -> [UInt8]? {
    let slots = try owned().slots
    let row = try look { database in
      try database.first(
        """
        SELECT slot, blob FROM "case" LEFT JOIN sealed ON caseID = id AND part = ? WHERE id = ?
        """, [part.rawValue, Data(id.bytes)])
    }
    guard let row else { throw CaseStoreError.notFound(id) }
    guard let slot = row["slot"] as Int? else { throw CaseStoreError.keyGone(id) }
    guard let blob = row["blob"] as Data? else { return nil }
    return try CaseSeal(id: id, key: try slots.key(at: slot, for: id)).open(part, [UInt8](blob))
  }

  package func attempts(of id: CaseID) throws -> [Attempt] {
    try look { database in
      try database.all("SELECT * FROM attempt WHERE caseID = ? ORDER BY number", [Data(id.bytes)])
        .map(AttemptRow.decode)
    }
  }

  /// The case with its slot; the slot is nil once the case is purged.
  static func find(_ id: CaseID, in database: Database) throws -> (row: Case, slot: Int?)? {
    let row = try database.first(#"SELECT \#(CaseRow.columns) FROM "case" WHERE id = ?"#, [Data(id.bytes)])
    return try row.map { (try CaseRow.decode($0), $0["slot"]) }
  }

  /// Seals parts for a case.
  ///
  /// That needs no transaction: if the case has moved meanwhile, nothing of it is stored.
  private func seal(
    _ parts: [SealedPart: [UInt8]], of id: CaseID, slots: SlotFile
  ) throws -> [(part: SealedPart, blob: [UInt8])] {
    let seal = try seal(of: id, slots: slots)
    return try parts.map { (part: $0, blob: try seal.seal($0, $1)) }
  }

  /// The case's seal, its key fetched for this one use.
  private func seal(of id: CaseID, slots: SlotFile) throws -> CaseSeal {
    guard let found = try look({ try Self.find(id, in: $0) }) else { throw CaseStoreError.notFound(id) }
    guard let slot = found.slot else { throw CaseStoreError.keyGone(id) }
    return CaseSeal(id: id, key: try slots.key(at: slot, for: id))
  }

  private static func save(_ part: SealedPart, _ blob: [UInt8], of id: CaseID, in database: Database) throws {
    try database.run(
      """
      INSERT INTO sealed (caseID, part, blob) VALUES (?, ?, ?)
      ON CONFLICT (caseID, part) DO UPDATE SET blob = excluded.blob
      """,
      [Data(id.bytes), part.rawValue, Data(blob)])
  }
}
