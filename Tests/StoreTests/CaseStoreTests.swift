import Audit
import Cryptography
import Delivery
import Foundation
import GRDB
import Mail
import Testing

@testable import Store

@Suite("Cases")
struct CaseStoreTests {
  let bench: Workbench
  let store: ApplianceStore

  init() throws {
    bench = try Workbench()
    store = try bench.open()
  }

  @Test("an opened case is there with its row, parts, mark and entry, also after a restart")
  func opens() throws {
    let again = try Workbench()
    let row: Case
    do { row = try again.open().admit(1) }
    let store = try again.open()
    #expect(try store.find(row.id) == row)
    let facts = try #require(try store.unseal(.facts, of: row.id))
    #expect(try JSONDecoder().decode(LeaverFacts.self, from: Data(facts)) == canary)
    #expect(try store.unseal(.credential, of: row.id) == nil)
    #expect(try store.handled()[departure(1).person]?.caseID == row.id)
    let entry = try Entry(parsing: try #require(try store.entries(of: row.id).first))
    #expect(entry.event == .detect)
    #expect(entry.case == row.id.description)
  }

  @Test("the same departure opens no second case and leaves no key behind")
  func alreadyHandled() throws {
    try store.admit(1)
    #expect(throws: CaseStoreError.alreadyHandled) { try store.admit(1) }
    #expect(try store.cases().count == 1)
    #expect(try store.size() == 1)
  }

  @Test("a case that cannot be stored leaves no key, no row and no entry")
  func failedOpen() throws {
    let id = CaseID.random()
    // An address can stand in no entry: the ledger refuses, and everything with it.
    let new = NewCase(
      row: Case(id: id, stage: .detected, opened: time(), since: time()), departure: departure(7), seal: [:],
      entries: [EntryDraft(.detect, case: id, ["from": "a@b.example"])])
    #expect(throws: AuditError.self) { try store.open(new, at: time()) }
    #expect(try store.find(id) == nil)
    #expect(try store.size() == 0)
    #expect(try store.handled().isEmpty)
    let slots = try Data(contentsOf: URL(fileURLWithPath: bench.slots)).dropFirst(SlotFile.slotSize)
    #expect(slots.allSatisfy { $0 == 0 })
  }

  @Test("every column of a row comes back", arguments: Stage.allCases.filter { $0 != .purged })
  func columns(stage: Stage) throws {
    var row = try store.admit(1)
    row.stage = stage
    row.hold = stage == .held ? Hold(reason: .noDates, resume: .detected) : nil
    row.since = time(5)
    row.attempts = 3
    row.nextAttempt = time(60)
    row.lastClass = .greylisted
    row.acceptedAt = time(4)
    row.ground = .expire
    row = try store.put(CaseChange(row, expected: .detected), at: time(5))
    #expect(try store.find(row.id) == row)
    #expect(try store.cases(at: [stage]) == [row])
    #expect(try store.cases(at: Set(Stage.allCases).subtracting([stage])).isEmpty)
    #expect(try store.counts() == [stage: 1])
  }

  @Test("the tables know every reason, part, class and verdict that the code knows")
  func vocabulary() throws {
    for (number, reason) in HoldReason.allCases.enumerated() {
      var row = try store.admit(number)
      row.stage = .held
      row.hold = Hold(reason: reason, resume: .queued)
      try store.commit(CaseChange(row, expected: .detected), at: time())
      #expect(try store.find(row.id)?.hold?.reason == reason)
    }
    for (number, reason) in LegalHold.Reason.allCases.enumerated() {
      var row = try store.admit(900 + number)
      row.legalHold = LegalHold(reason: reason, review: time().date, since: time())
      try store.commit(CaseChange(row, expected: .detected), at: time())
      #expect(try store.find(row.id)?.legalHold == row.legalHold)
    }
    var row = try store.admit(1000)
    for part in SealedPart.allCases {
      row = try store.put(
        CaseChange(row, expected: .detected, seal: [part: Array(part.rawValue.utf8)]), at: time())
      #expect(try store.unseal(part, of: row.id) == Array(part.rawValue.utf8))
    }
    var number = 0
    for verdict in Attempt.Result.Verdict.allCases {
      for outcome in OutcomeClass.allCases {
        number += 1
        let attempt = Attempt(
          number: number, started: time(), intent: time(1), finished: time(2),
          result: .init(
            verdict: verdict, class: outcome, code: 450, enhanced: EnhancedStatus(parsing: "4.7.1")))
        row = try store.put(CaseChange(row, expected: .detected, attempt: attempt), at: time())
        #expect(try store.attempts(of: row.id).last == attempt)
      }
    }
  }

  @Test("an attempt grows by its number: begun, intended, ended")
  func attempts() throws {
    var row = try store.admit(1)
    var attempt = Attempt(number: 1, started: time(1))
    row = try store.put(CaseChange(row, expected: .detected, attempt: attempt), at: time(1))
    #expect(try store.attempts(of: row.id) == [attempt])
    attempt.intent = time(2)
    row = try store.put(CaseChange(row, expected: .detected, attempt: attempt), at: time(2))
    attempt.finished = time(3)
    attempt.result = .init(verdict: .accepted, code: 250)
    row = try store.put(CaseChange(row, expected: .detected, attempt: attempt), at: time(3))
    try store.commit(
      CaseChange(row, expected: .detected, attempt: Attempt(number: 2, started: time(4))), at: time(4))
    #expect(try store.attempts(of: row.id) == [attempt, Attempt(number: 2, started: time(4))])
  }

  @Test("an intent is never taken back")
  func intentStands() throws {
    var row = try store.admit(1)
    let intended = Attempt(number: 1, started: time(1), intent: time(2))
    row = try store.put(CaseChange(row, expected: .detected, attempt: intended), at: time(2))
    #expect(throws: DatabaseError.self) {
      try store.commit(
        CaseChange(row, expected: .detected, attempt: Attempt(number: 1, started: time(1))), at: time(3))
    }
    #expect(try store.attempts(of: row.id) == [intended])
  }

  @Test("a step that comes too late is told so and changes nothing")
  func moved() throws {
    let row = try store.admit(1)
    let held = try row.held(for: .operator, at: time(1))
    try store.commit(held, at: time(1))
    var late = try row.moved(by: .issue, at: time(2))
    late.seal = [.credential: [1, 2, 3]]
    #expect(throws: CaseStoreError.moved(row.id, expected: .detected)) { try store.commit(late, at: time(2)) }
    #expect(try store.find(row.id) == held.committed)
    #expect(try store.unseal(.credential, of: row.id) == nil)
    #expect(try store.size() == 2)
    let stranger = Case(id: .random(), stage: .detected, opened: time(), since: time())
    #expect(throws: CaseStoreError.notFound(stranger.id)) {
      try store.commit(CaseChange(stranger, expected: .detected), at: time())
    }
  }

  @Test("a step decided before others changed the case is refused, though the case is back at the same stage")
  func revisions() throws {
    let row = try store.admit(1)
    let late = try row.moved(by: .issue, at: time(4), seal: [.credential: [1, 2, 3]])
    let held = try store.put(try row.held(for: .operator, at: time(1)), at: time(1))
    let released = try store.put(try held.moved(by: .release, at: time(2)), at: time(2))
    #expect(released.stage == row.stage && released.revision == 2)
    #expect(throws: CaseStoreError.moved(row.id, expected: .detected)) { try store.commit(late, at: time(4)) }
    #expect(try store.find(row.id) == released)
    #expect(try store.unseal(.credential, of: row.id) == nil)
  }

  @Test("entry and state are one: an entry the ledger refuses undoes the step")
  func atomic() throws {
    let row = try store.admit(1)
    var change = try row.moved(by: .issue, at: time(1), seal: [.credential: [1]])
    change.entries.append(EntryDraft(.issue, case: row.id, ["to": "someone@acme.example"]))
    #expect(throws: AuditError.self) { try store.commit(change, at: time(1)) }
    #expect(try store.find(row.id) == row)
    #expect(try store.unseal(.credential, of: row.id) == nil)
    #expect(try store.size() == 1)
    // The head in memory was not moved by what was undone: the next entry still fits the tree.
    try store.commit(try row.moved(by: .issue, at: time(2)), at: time(2))
    let proof = try store.proof(of: .issue, case: row.id, at: time(3))
    try proof.verify(entryBytes: try store.entries(1..<2)[0], by: bench.verifier)
  }

  @Test(
    "SQLite itself refuses rows that cannot be",
    arguments: [
      #"UPDATE "case" SET stage = 'lost'"#,
      #"UPDATE "case" SET stage = 'held'"#,
      #"UPDATE "case" SET holdReason = 'operator', holdResume = 'queued'"#,
      #"UPDATE "case" SET stage = 'purged', ground = 'confirm'"#,
      #"UPDATE "case" SET stage = 'purging'"#,
      #"UPDATE "case" SET attempts = -1"#,
      #"UPDATE "case" SET slot = NULL"#,
      #"UPDATE "case" SET slot = 0"#,
      #"DELETE FROM "case""#,
      "UPDATE sealed SET part = 'address'",
      "UPDATE sealed SET blob = x'00'",
      "INSERT INTO sealed VALUES (zeroblob(16), 'facts', zeroblob(40))",
      "UPDATE entry SET leaf = zeroblob(32)",
      "DELETE FROM entry",
      "INSERT INTO entry VALUES (7, zeroblob(8), zeroblob(32), 'detect', NULL)",
      "UPDATE checkpoint SET note = ''",
      "DELETE FROM checkpoint",
      "UPDATE departure SET reason = 'baseline'",
    ])
  func constraints(statement: String) throws {
    try store.admit(1)
    try store.admit(2)
    _ = try store.checkpoint(at: time())
    #expect(throws: DatabaseError.self) { try store.queue.write { try $0.execute(sql: statement) } }
  }

  @Test("sealed bytes are bound to their case and to their part")
  func binding() throws {
    let one = try store.admit(1)
    let two = try store.admit(2)
    try store.queue.write { database in
      try database.execute(
        sql: """
          UPDATE sealed SET blob = (SELECT blob FROM sealed WHERE caseID = ? AND part = 'facts')
          WHERE caseID = ? AND part = 'facts'
          """, arguments: [Data(two.id.bytes), Data(one.id.bytes)])
      try database.execute(
        sql: """
          UPDATE sealed SET blob = (SELECT blob FROM sealed WHERE caseID = ?1 AND part = 'salt')
          WHERE caseID = ?1 AND part = 'mail'
          """, arguments: [Data(one.id.bytes)])
    }
    #expect(throws: CaseStoreError.keyGone(one.id)) { try store.unseal(.facts, of: one.id) }
    #expect(throws: CaseStoreError.keyGone(one.id)) { try store.unseal(.mail, of: one.id) }
    #expect(try store.unseal(.salt, of: one.id)?.count == 32)
    #expect(throws: CaseStoreError.self) { try store.unseal(.facts, of: .random()) }
  }

  @Test("many tasks at once: every step lands once, and the tree fits the entries")
  func concurrency() async throws {
    let store = self.store
    let rows = try (0..<8).map { try store.admit($0) }
    let won = try await withThrowingTaskGroup(of: Int.self) { group in
      for row in rows {
        for _ in 0..<4 {
          group.addTask {
            do {
              try store.commit(try row.moved(by: .issue, at: time(1), seal: [.credential: [1]]), at: time(1))
              return 1
            } catch CaseStoreError.moved { return 0 }
          }
        }
        group.addTask {
          try store.append([EntryDraft(.config, nil, ["note": "reloaded"])], at: time(2))
          return 0
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(won == rows.count)
    #expect(try store.size() == rows.count * 3)
    let note = try SignedNote(parsing: try store.checkpoint(at: time(3)))
    let root = MerkleTree.root(ofEntries: try store.entries(0..<1000))
    #expect(try bench.verifier.checkpoint(in: note).root == root)
  }

  @Test("a case remembers what was promised when it was opened; those of an earlier version find out")
  func promise() throws {
    var rows: [CaseID] = []
    let bench = try Workbench()
    do {
      let store = try bench.open()
      rows.append(try store.admit(1).id)
      for (number, seconds) in [(2, 500), (3, 900)] {
        try store.append([EntryDraft(.config, ["purgeLatest": .integer(Int64(seconds))])], at: time())
        rows.append(try store.admit(number).id)
      }
      try store.append([EntryDraft(.config, ["note": "says nothing of it"])], at: time())
      rows.append(try store.admit(4).id)
      #expect(try rows.map { try store.find($0)?.promise } == [nil, 500, 900, 900])
    }
    try bench.tamper(#"ALTER TABLE "case" DROP COLUMN promise"#, "DELETE FROM grdb_migrations WHERE identifier = '10'")
    let store = try bench.open()
    #expect(try rows.map { try store.find($0)?.promise } == [nil, 500, 900, 900])
  }
}

extension EntryDraft {
  init(_ event: EntryEvent, _ id: CaseID?, _ fields: [String: CanonicalJSON]) {
    self.init(event, case: id, fields)
  }
}
