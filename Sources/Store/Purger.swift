import Audit
import Delivery
import Foundation
import GRDB
import Logging
import Mail

/// Carries a batch of closed cases through the steps of `PurgeStep`, with one scan for all of them.
struct Purger: Sendable {
  private let store: ApplianceStore
  private let owner: ApplianceStore.Owner
  private let skipping: Set<PurgeStep>
  private let after: @Sendable (PurgeStep) throws -> Void

  /// - Parameters:
  ///   - skipping: steps to leave out; only a test does that, to show that each one matters.
  ///   - after: called when a step has been done; what it throws ends the purge there, as a crash would.
  init(
    _ store: ApplianceStore, skipping: Set<PurgeStep> = [],
    after: @escaping @Sendable (PurgeStep) throws -> Void = { _ in }
  ) throws {
    self.store = store
    self.owner = try store.owned()
    self.skipping = skipping
    self.after = after
  }

  /// Purges what can be purged of the batch.
  ///
  /// Cases that are not closed, under a legal hold, or gone already, are passed over.
  func purge(_ batch: [Case], at now: Timestamp) throws -> [PurgeResult] {
    var results = Results()
    let rows = try batch.compactMap { try store.find($0.id) }
    let fresh = rows.filter { Stage.closed.contains($0.stage) && $0.legalHold == nil }
    var clean = fresh
    var files = 0
    try step(.scanPlaintext) { (clean, files) = try scanPlaintext(fresh, into: &results) }
    try step(.record) { try record(clean, files: files, at: now) }
    let records = try store.look { database in
      try rows.compactMap { try PurgeRecord.fetch($0.id, from: database) }
    }
    guard !records.isEmpty else { return results.all }
    try step(.shred) { try owner.slots.kill(records.map(\.slot)) }
    try step(.delete) { try delete(records) }
    var busy = false
    try step(.truncate) { busy = try !truncate() }
    guard !busy else {
      let residue = [Residue(needle: "unfinished", encoding: "busy", file: "refpassport.db-wal", offset: 0)]
      for record in records {
        results.add(record.row.id, purged: false, files: record.files, residue: residue)
      }
      return results.all
    }
    var outcome = FileScan.Outcome()
    let needles = records.flatMap { $0.prints.needles(of: $0.row.id) }
    try step(.scanCiphertext) { outcome = FileScan(needles).run(over: [store.ownRoot]) }
    if !outcome.report.residue.isEmpty {
      try step(.vacuum) {
        try vacuum()
        if !skipping.contains(.truncate) { _ = try truncate() }
        outcome = FileScan(needles).run(over: [store.ownRoot])
      }
    }
    let (gone, left) = records.partitioned { outcome.residue(of: $0.row.id).isEmpty }
    for record in left {
      results.add(
        record.row.id, purged: false, files: outcome.report.files, residue: outcome.residue(of: record.row.id)
      )
    }
    try step(.tell) { try tell(gone, files: outcome.report.files, at: now, into: &results) }
    try step(.checkpoint) { _ = try store.checkpoint(at: now) }
    return results.all
  }

  private func step(_ step: PurgeStep, _ body: () throws -> Void) throws {
    guard !skipping.contains(step) else { return }
    try body()
    try after(step)
  }

  /// Looks for the facts of the cases in clear; returns those of which nothing was found.
  ///
  /// The others stay where they are.
  private func scanPlaintext(_ rows: [Case], into results: inout Results) throws -> (
    clean: [Case], files: Int
  ) {
    guard !rows.isEmpty else { return ([], 0) }
    let needles = try rows.flatMap { try store.needles(of: $0.id) }
    let opened = rows.map(\.opened.seconds).min() ?? 0
    let outcome = FileScan(needles).run(over: [store.ownRoot] + store.sharedRoots(since: opened))
    if outcome.report.unreadable > 0 {
      store.logger.warning("files not scanned", metadata: ["count": "\(outcome.report.unreadable)"])
    }
    let (clean, dirty) = rows.partitioned { outcome.residue(of: $0.id).isEmpty }
    for row in dirty {
      results.add(row.id, purged: false, files: outcome.report.files, residue: outcome.residue(of: row.id))
    }
    return (clean, outcome.report.files)
  }

  private func record(_ rows: [Case], files: Int, at now: Timestamp) throws {
    guard !rows.isEmpty else { return }
    try owner.book.transaction { [owner] database, _ in
      for row in rows {
        guard let slot = try ApplianceStore.find(row.id, in: database)?.slot else { continue }
        let sealed = try database.all("SELECT part, blob FROM sealed WHERE caseID = ?", [Data(row.id.bytes)])
        let prints = Fingerprints(
          ciphertext: sealed.flatMap { Fingerprints.windows(of: $0.bytes("blob")) },
          slot: Fingerprints.ends(ofSlot: try owner.slots.wrapped(at: slot) ?? []))
        let change = try row.moved(by: .purge, at: now) { $0.ground = row.ground ?? row.stage.ground }
        do {
          try CaseRow.update(change.after, expected: change.expected, in: database)
        } catch CaseStoreError.moved {
          // A person held it, or its purge, while the scan ran: it is no longer to be purged.
          continue
        }
        let scope = sealed.map { $0["part"] as String }.sorted()
        try PurgeRecord(row: change.after, slot: slot, scope: scope, files: files, prints: prints)
          .insert(into: database, at: now)
      }
    }
  }

  private func delete(_ records: [PurgeRecord]) throws {
    try owner.book.transaction { database, _ in
      for record in records {
        try database.run("DELETE FROM sealed WHERE caseID = ?", [Data(record.row.id.bytes)])
        try database.run("DELETE FROM attempt WHERE caseID = ?", [Data(record.row.id.bytes)])
        try database.run("DELETE FROM report WHERE caseID = ?", [Data(record.row.id.bytes)])
      }
    }
  }

  /// Empties the write-ahead log; false if a reader was in the way for about a second.
  private func truncate() throws -> Bool {
    try store.queue.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA busy_timeout = 100")
      defer { try? database.execute(sql: "PRAGMA busy_timeout = 5000") }
      for _ in 0..<10 {
        let row = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        if row?[0] == 0 { return true }
      }
      return false
    }
  }

  /// Writes the database anew, without gaps; not done if a reader is in the way, and then the scan says so.
  private func vacuum() throws {
    do {
      try store.queue.writeWithoutTransaction { try $0.execute(sql: "VACUUM") }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
      store.logger.warning("database not written anew: a reader is in the way")
    }
  }

  private func tell(_ records: [PurgeRecord], files: Int, at now: Timestamp, into results: inout Results)
    throws
  {
    guard !records.isEmpty else { return }
    try owner.book.transaction { [owner] database, head in
      for record in records {
        let change = try record.row.moved(
          by: .erase, at: now,
          fields: [
            "after": .string(record.row.ground?.rawValue ?? ""), "how": "shred",
            "scope": .array(record.scope.map { .string($0) }), "slot": .integer(Int64(record.slot)),
            "scan": .object(["files": .integer(Int64(max(files, record.files))), "hits": 0]),
          ])
        try database.run(
          #"UPDATE "case" SET stage = 'purged', slot = NULL, nextAttempt = NULL, since = ? WHERE id = ? AND stage = 'purging'"#,
          [now.seconds, Data(record.row.id.bytes)])
        guard database.changesCount == 1 else {
          throw try CaseRow.miss(record.row.id, expected: .purging, in: database)
        }
        try database.run("DELETE FROM purgeRecord WHERE caseID = ?", [Data(record.row.id.bytes)])
        try owner.book.append(change.entries, to: &head, at: now, in: database)
      }
    }
    owner.slots.release(records.map(\.slot))
    for record in records {
      results.add(record.row.id, purged: true, files: max(files, record.files), residue: [])
    }
  }

  private struct Results {
    private(set) var all: [PurgeResult] = []

    mutating func add(_ id: CaseID, purged: Bool, files: Int, residue: [Residue]) {
      all.append(PurgeResult(caseID: id, purged: purged, files: files, residue: residue))
    }
  }
}

extension Stage {
  /// Why a case that is closed here may be purged, if its row does not say.
  fileprivate var ground: PurgeGround {
    switch self {
    case .confirmed: .confirm
    case .undeliverable: .fail
    case .cancelled: .cancel
    default: .expire
    }
  }
}

extension Array {
  /// Those that are so, and those that are not, both in order.
  fileprivate func partitioned(_ isSo: (Element) -> Bool) -> ([Element], [Element]) {
    (filter(isSo), filter { !isSo($0) })
  }
}
