import Audit
import Delivery
import Foundation
import GRDB
import Mail
import Testing

@testable import Store

@Suite("Entries are dropped after their retention, whole cases at a time, and every proof still holds")
struct PruningTests {
  let bench: Workbench
  init() throws { bench = try Workbench() }

  /// A day longer than a purge may take.
  static let kept: Int64 = 86_400 + 500
  static let promise: [String: CanonicalJSON] = ["purgeLatest": 500, Pruning.promiseField: .integer(kept)]

  static let late = "the case that begins here is not purged, though the ledger promises it"

  /// A ledger with a purged case, an open one from the same time, and later another purged one.
  private func begin(_ store: ApplianceStore) throws -> (old: Case, open: Case, young: Case) {
    try store.append([EntryDraft(.config, Self.promise)], at: time())
    let old = try store.admitCancelled(1)
    let open = try store.admit(2)
    #expect(try store.purge([old], at: time(20)).allSatisfy { $0.purged })
    try store.append([EntryDraft(.operator, ["act": "reveal"])], at: time(30))
    let young = try store.admit(3, at: time(900))
    let change = try young.moved(by: .cancel, at: time(910)) { $0.ground = .cancel }
    let cancelled = try store.put(change, at: time(910))
    #expect(try store.purge([cancelled], at: time(920)).allSatisfy { $0.purged })
    return (old, open, young)
  }

  private func verify(_ store: ApplianceStore, held: [String] = []) throws -> LedgerReport {
    let last = try #require(try store.lastCheckpoint())
    return LedgerVerifier.verify(
      entries: try store.entries(0..<last.size), checkpoint: last.note, vkey: try bench.verifier.vkey, held: held)
  }

  @Test("nothing is dropped before its time, nor of a case that is not purged; then the hash is left, and a word of it")
  func drops() throws {
    let store = try bench.open()
    let (old, open, young) = try begin(store)
    let before = try store.checkpoint(at: time(930))
    let place = try #require(try store.index(of: old.id))
    let receipt = try #require(try store.proof(at: place))
    let lines = try store.entries(0..<100)
    #expect(try store.prune(at: time(999)) == 0)
    #expect(try store.prune(at: time(Self.kept - 1)) == 0)
    #expect(try store.entries(0..<100) == lines)

    // The newest of the old entries bears witness of their age, and stays.
    let now = time(30 + Self.kept)
    #expect(try store.prune(at: now) == 3)
    let left = try store.entries(0..<100)
    #expect(left.count == lines.count + 1)
    for (was, is_) in zip(lines, left) {
      #expect(LedgerLine(is_).leafHash == LedgerLine(was).leafHash)
    }
    #expect(left.count { $0.starts(with: Array(#"{"leaf":"#.utf8)) } == 3)
    let text = left.map { String(decoding: $0, as: UTF8.self) }.joined()
    #expect(!text.contains(old.id.description))
    #expect(text.contains(open.id.description) && text.contains(young.id.description))
    #expect(try store.places(of: old.id).isEmpty && store.index(of: old.id) == nil)
    #expect(try store.proof(at: 1) == nil)
    let report = try verify(store, held: [before])
    // The open case is late by now, and the ledger says so; nothing else is wrong.
    #expect(report.findings.map(\.text) == [Self.late] && report.pruned == 3)
    // What was handed out before still holds.
    let entry = try #require(receipt.extra)
    #expect(try receipt.verify(entryBytes: entry, by: bench.verifier).size > place)
    // And once more there is nothing to do, and nothing is said.
    #expect(try store.prune(at: now) == 0)
    #expect(try store.entries(0..<100) == left)
  }

  @Test("the next case goes when its time has come; what is about no case stays")
  func later() throws {
    let store = try bench.open()
    let (_, open, young) = try begin(store)
    try store.append([EntryDraft(.operator, ["act": "reveal"])], at: time(5_000))
    #expect(try store.prune(at: time(800 + Self.kept)) == 3)
    #expect(try store.prune(at: time(6_000 + Self.kept)) == 3)
    _ = try store.checkpoint(at: time(7_000 + Self.kept))
    #expect(try store.index(of: young.id) == nil)
    #expect(try store.index(of: open.id) != nil)
    let events = try store.entries(0..<100).compactMap { try? Entry(parsing: $0) }.map(\.event)
    #expect(events == [.config, .detect, .operator, .operator, .operator, .operator])
    let report = try verify(store)
    #expect(report.findings.map(\.text) == [Self.late] && report.pruned == 6)
  }

  @Test("a dropped ledger opens again; one that was dropped by hand does not")
  func restart() throws {
    do {
      let store = try bench.open()
      _ = try begin(store)
      #expect(try store.prune(at: time(100 + Self.kept)) == 3)
      _ = try store.checkpoint(at: time(100 + Self.kept))
    }
    do { _ = try bench.open() }
    // The word that was given reaches to entry 5, and is about three: neither one behind it nor a fourth may go.
    let copy = bench.path + ".copy"
    try FileManager.default.copyItem(atPath: bench.database, toPath: copy)
    for (index, last) in [(6, 6), (3, 4)] {
      let row = try DatabaseQueue(path: bench.database).read {
        try $0.first("SELECT leaf FROM entry WHERE idx = ?", [index])
      }
      let line = LedgerLine.pruned(leaf: try #require(row).bytes("leaf")).bytes
      try bench.tamper(
        """
        UPDATE entry SET bytes = CAST('\(String(decoding: line, as: UTF8.self))' AS BLOB), event = 'pruned',
          caseID = NULL WHERE idx = \(index)
        """)
      #expect(
        throws: StoreError.ledgerDamaged(
          index: last, reason: "it or one before it was dropped, and no later entry says so")
      ) {
        try bench.open()
      }
      for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: bench.database + suffix) }
      try FileManager.default.copyItem(atPath: copy, toPath: bench.database)
    }
    try FileManager.default.removeItem(atPath: copy)
    try bench.tamper(
      "DROP TRIGGER entryStands",
      """
      UPDATE entry SET event = 'pruned', caseID = NULL,
        bytes = CAST('{"leaf":"' || 'x' || '"}' AS BLOB) WHERE idx = 7
      """)
    #expect(throws: StoreError.ledgerDamaged(index: 7, reason: "its bytes do not match its leaf hash")) {
      try bench.open()
    }
  }

  @Test(
    "the database itself refuses any other change of an entry",
    arguments: [
      "UPDATE entry SET bytes = CAST('{}' AS BLOB) WHERE idx = 1",
      "UPDATE entry SET event = 'pruned', caseID = NULL, leaf = zeroblob(32) WHERE idx = 1",
      "UPDATE entry SET event = 'pruned', caseID = NULL, idx = 99 WHERE idx = 1",
      "UPDATE entry SET event = 'pruned' WHERE idx = 1", "UPDATE entry SET event = 'pruned' WHERE idx = 0",
      "UPDATE entry SET bytes = CAST('{}' AS BLOB), event = 'pruned', caseID = NULL WHERE event = 'pruned'",
      "DELETE FROM entry WHERE event = 'pruned'",
    ])
  func triggers(statement: String) throws {
    do {
      let store = try bench.open()
      _ = try begin(store)
      #expect(try store.prune(at: time(100 + Self.kept)) == 3)
    }
    // Entry 1 is dropped; 5 is not yet.
    for statement in [statement, statement.replacing("idx = 1", with: "idx = 5")] {
      #expect(throws: DatabaseError.self) { try bench.tamper(statement) }
    }
  }

  @Test(
    "nothing is dropped that was not announced as long before, or could still be purged",
    arguments: [
      ([(0, ["purgeLatest": 500])], nil), ([(0, ["purgeLatest": 500, "entriesKept": 86_899])], nil),
      ([(0, ["entriesKept": 86_900])], nil), ([(0, ["purgeLatest": 500, "entriesKept": 0])], nil),
      ([(0, ["purgeLatest": 500, "entriesKept": 86_900])], 13_100),
      ([(0, ["purgeLatest": 500]), (10_000, ["purgeLatest": 500, "entriesKept": 86_900])], 13_100),
      ([(0, ["purgeLatest": 500]), (13_101, ["purgeLatest": 500, "entriesKept": 86_900])], nil),
      // Shortened just now; made longer; and a while for good in between.
      ([(0, ["purgeLatest": 500, "entriesKept": 90_000]), (99_000, ["entriesKept": 86_900])], nil),
      ([(0, ["purgeLatest": 500, "entriesKept": 86_900]), (99_000, ["entriesKept": 90_000])], 10_000),
      ([(0, ["purgeLatest": 500, "entriesKept": 86_900]), (1_000, [:]), (50_000, ["entriesKept": 86_900])], nil),
    ] as [([(Int64, [String: CanonicalJSON])], Int64?)])
  func promises(said: [(Int64, [String: CanonicalJSON])], limit: Int64?) throws {
    var promise = LedgerPromise()
    for (seconds, fields) in said {
      promise.take(try Entry(event: .config, case: nil, at: seconds, fields: fields))
    }
    #expect(promise.limit(at: 100_000) == limit)
  }
}
