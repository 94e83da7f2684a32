import Audit
import Cryptography
import Delivery
import Foundation
import GRDB
import Mail
import Synchronization
import Testing

@testable import Store

@Suite("The purge")
struct PurgeTests {
  let bench: Workbench
  init() throws { bench = try Workbench() }

  /// The crash of a test.
  struct Crash: Error, Equatable { let step: PurgeStep }

  /// What lies in the data directory of this case, by facts in clear and by fingerprints taken before.
  private func remains(_ needles: [Needle]) -> [Residue] {
    FileScan(needles).run(over: [ScanRoot(path: bench.path, kind: .own)]).report.residue
  }

  /// The fingerprints of a case as it is sealed now.
  private func prints(of id: CaseID, in store: ApplianceStore) throws -> [Needle] {
    try store.queue.read { database in
      let blobs = try database.all("SELECT blob FROM sealed WHERE caseID = ?", [Data(id.bytes)])
      let slot = try #require(try ApplianceStore.find(id, in: database)?.slot)
      let prints = Fingerprints(
        ciphertext: blobs.flatMap { Fingerprints.windows(of: $0.bytes("blob")) },
        slot: Fingerprints.ends(ofSlot: try #require(try store.owned().slots.wrapped(at: slot))))
      return prints.needles(of: id)
    }
  }

  private func mail(_ bytes: Int = 40_000) -> [UInt8] {
    Array("Dear Zephyrine Quillfeather-Müller <z.quillfeather@acme.example>\r\n".utf8)
      + Randomness.bytes(bytes)
  }

  @Test("an open case is sealed: no byte of its facts lies in clear, in any encoding")
  func openCase() throws {
    let store = try bench.open()
    let row = try store.admit(1, mail: mail())
    let needles = try store.needles(of: row.id)
    #expect(needles.count > 100)
    #expect(remains(needles) == [])
    // The same scan finds them as soon as they do lie there.
    try Data(mail()).write(to: URL(fileURLWithPath: bench.path + "/leak"))
    #expect(Set(remains(needles).map(\.needle)) == ["name", "address"])
  }

  @Test("after the purge nothing is left but the ledger's story and a row without anything personal")
  func whole() throws {
    let store = try bench.open()
    var row = try store.admitCancelled(1, mail: mail())
    row = try store.put(
      CaseChange(row, expected: .cancelled, attempt: Attempt(number: 1, started: time())), at: time(11))
    let neighbour = try store.admit(2, mail: mail())
    let needles = try store.needles(of: row.id) + prints(of: row.id, in: store)
    #expect(Set(remains(needles).map(\.needle)) == ["ciphertext", "slot"])

    let results = try store.purge([row], at: time(20))

    #expect(results.count == 1)
    #expect(results[0].caseID == row.id && results[0].purged && results[0].residue.isEmpty)
    #expect(results[0].files >= 4)
    #expect(remains(needles) == [])
    let purged = try #require(try store.find(row.id))
    #expect(purged.stage == .purged && purged.ground == .cancel && purged.since == time(20))
    #expect(throws: CaseStoreError.keyGone(row.id)) { try store.unseal(.facts, of: row.id) }
    #expect(try store.attempts(of: row.id) == [])
    #expect(try store.purgeRecords() == [])
    #expect(try store.handled()[departure(1).person]?.caseID == row.id)
    #expect(try store.unseal(.mail, of: neighbour.id) != nil)
    let wal = try FileManager.default.attributesOfItem(atPath: bench.database + "-wal")[.size] as? Int
    #expect(try #require(wal) < 40_000)

    let entry = try Entry(parsing: try #require(try store.entries(of: row.id).last))
    #expect(entry.event == .purge)
    #expect(entry.fields["after"] == "cancel")
    #expect(entry.fields["how"] == "shred")
    #expect(entry.fields["scope"] == ["employee", "facts", "mail", "salt"])
    #expect(entry.fields["scan"]?["hits"] == 0)
    #expect(entry.fields["scan"]?["files"] == .integer(Int64(results[0].files)))
    let last = try #require(try store.lastCheckpoint())
    #expect(last.size == (try store.size()))
    let report = LedgerVerifier.verify(
      entries: try store.entries(0..<100), checkpoint: last.note, vkey: try bench.verifier.vkey)
    #expect(report.ok, "\(report.findings)")
  }

  @Test("a batch needs one scan, and takes only cases that are closed")
  func batch() throws {
    let store = try bench.open()
    let closed = try (0..<5).map { try store.admitCancelled($0) }
    let open = try store.admit(9)
    let scans = Mutex(0)
    let purger = try Purger(store) { step in
      if step == .scanCiphertext || step == .scanPlaintext { scans.withLock { $0 += 1 } }
    }
    let results = try store.purge(closed + [open], at: time(20), with: purger)
    #expect(Set(results.map(\.caseID)) == Set(closed.map(\.id)))
    #expect(results.allSatisfy { $0.purged })
    #expect(scans.withLock { $0 } == 2)
    #expect(try store.find(open.id)?.stage == .detected)
    #expect(try store.purge(closed, at: time(30)).isEmpty)
    #expect(try store.counts() == [.purged: 5, .detected: 1])
    // Freed slots are used again.
    let before = try store.owned().slots.count
    for number in 20..<30 { try store.admit(number) }
    #expect(try store.owned().slots.count == before)
  }

  @Test(
    "every closed stage is purged under its ground",
    arguments: [
      (Stage.confirmed, PurgeGround.confirm), (.undeliverable, .fail), (.cancelled, .cancel),
      (.expired, .expire),
    ])
  func grounds(stage: Stage, ground: PurgeGround) throws {
    let store = try bench.open()
    var row = try store.admit(1)
    row.stage = stage
    row = try store.put(CaseChange(row, expected: .detected), at: time(1))
    #expect(try store.purge([row], at: time(2)).map(\.purged) == [true])
    let entry = try Entry(parsing: try #require(try store.entries(of: row.id).last))
    #expect(entry.fields["after"]?.string == ground.rawValue)
  }

  @Test("a crash after any step is taken up after a restart, and told once", arguments: PurgeStep.allCases)
  func crash(step: PurgeStep) throws {
    let rows: [Case]
    let needles: [Needle]
    do {
      let store = try bench.open()
      rows = try (0..<3).map { try store.admitCancelled($0, mail: mail(5000)) }
      needles = try rows.flatMap { try store.needles(of: $0.id) + prints(of: $0.id, in: store) }
      let purger = try Purger(store) { if $0 == step { throw Crash(step: step) } }
      if step == .vacuum {
        _ = try store.purge(rows, at: time(20), with: purger)
      } else {
        #expect(throws: Crash(step: step)) { try store.purge(rows, at: time(20), with: purger) }
      }
    }
    let store = try bench.open()
    let pending = try store.cases(at: Stage.closed.union([.purging]))
    #expect(pending.count == ([.tell, .checkpoint, .vacuum].contains(step) ? 0 : 3))
    #expect(try store.purge(pending, at: time(30)).allSatisfy { $0.purged })
    #expect(remains(needles) == [])
    for row in rows {
      #expect(try store.find(row.id)?.stage == .purged)
      let entries = try store.entries(of: row.id).map { try Entry(parsing: $0) }
      #expect(entries.filter { $0.event == .purge }.count == 1)
    }
    #expect(try store.purgeRecords() == [])
  }

  @Test("without the plaintext scan a leak would go unnoticed; with it the case stays as it is")
  func leak() throws {
    let store = try bench.open()
    let row = try store.admitCancelled(1)
    let clean = try store.admitCancelled(
      2,
      facts: LeaverFacts(
        name: "Ottoline Brackenridge", title: nil, department: nil, start: nil, end: nil,
        workEmail: "o.brackenridge@acme.example"))
    let leak = bench.path + "/crash.log"
    try Data("cannot mail Z.Quillfeather@acme.example".utf8).write(to: URL(fileURLWithPath: leak))
    let results = try store.purge([row, clean], at: time(20))
    let result = try #require(results.first { $0.caseID == row.id })
    #expect(!result.purged)
    #expect(
      result.residue.first == Residue(needle: "address", encoding: "utf8", file: "crash.log", offset: 12))
    #expect(results.first { $0.caseID == clean.id }?.purged == true)
    #expect(try store.find(row.id) == row)
    #expect(try store.unseal(.facts, of: row.id) != nil)
    let needles = try store.needles(of: row.id)
    let blind = try Purger(store, skipping: [.scanPlaintext])
    // Blind, the purge would tell a lie: the address still lies there.
    #expect(try store.purge([row], at: time(21), with: blind).map(\.purged) == [true])
    #expect(remains(needles).map(\.needle).contains("address"))
  }

  @Test("a case that a person holds while the scan runs is left alone, the rest of its batch is purged")
  func heldMeanwhile() throws {
    let store = try bench.open()
    var row = try store.admit(1)
    row.stage = .undeliverable
    row.ground = .fail
    row = try store.put(CaseChange(row, expected: .detected), at: time(1))
    let other = try store.admitCancelled(2)
    let closed = row
    let purger = try Purger(store) { step in
      guard step == .scanPlaintext else { return }
      try store.commit(try closed.held(for: .operator, at: time(15)), at: time(15))
    }
    let results = try store.purge([row, other], at: time(20), with: purger)
    #expect(results.filter(\.purged).map(\.caseID) == [other.id])
    #expect(try store.find(row.id)?.stage == .held)
    #expect(try store.unseal(.facts, of: row.id) != nil)
  }

  @Test("a legal hold outlives a restart, and keeps the case from being purged, even if it comes while the scan runs")
  func legalHold() throws {
    let legal = LegalHold(reason: .litigation, review: CalendarDate(daysSince1970: 30_000), since: time(15))
    @Sendable func hold(_ row: Case, in store: ApplianceStore) throws -> Case {
      var row = row
      row.legalHold = legal
      return try store.put(CaseChange(row, expected: .cancelled), at: time(15))
    }
    var store: ApplianceStore? = try bench.open()
    let (early, late, free) = (
      try #require(store).admitCancelled(1), try #require(store).admitCancelled(2),
      try #require(store).admitCancelled(3)
    )
    _ = try hold(early, in: try #require(store))
    store = nil
    let reopened = try bench.open()
    #expect(try reopened.find(early.id)?.legalHold == legal)
    let purger = try Purger(reopened) { step in
      if step == .scanPlaintext { _ = try hold(late, in: reopened) }
    }
    let results = try reopened.purge([early, late, free], at: time(20), with: purger)
    #expect(results.filter(\.purged).map(\.caseID) == [free.id])
    for row in [early, late] {
      #expect(try reopened.find(row.id)?.stage == .cancelled)
      #expect(try reopened.unseal(.facts, of: row.id) != nil)
    }
  }

  @Test("once the leak is gone the case is purged")
  func leakRemoved() throws {
    let store = try bench.open()
    let row = try store.admitCancelled(1)
    let leak = URL(fileURLWithPath: bench.path + "/crash.log")
    try Data("z.quillfeather@acme.example".utf8).write(to: leak)
    #expect(try store.purge([row], at: time(20)).map(\.purged) == [false])
    try FileManager.default.removeItem(at: leak)
    #expect(try store.purge([row], at: time(21)).map(\.purged) == [true])
  }

  @Test("directories of temporary files and logs are looked into as well")
  func extraRoots() throws {
    let other = bench.path + "-logs"
    try FileManager.default.createDirectory(atPath: other + "/deep", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: other) }
    let store = try bench.open(extraRoots: [other])
    let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970) - 60)
    let row = try store.admit(1, at: now)
    try store.commit(try row.moved(by: .cancel, at: now) { $0.ground = .cancel }, at: now)
    let log = URL(fileURLWithPath: other + "/deep/daemon.log")
    try Data("Marmalade Cartographer\nRCPT TO:<z.quillfeather@acme.example>".utf8).write(to: log)
    let result = try store.purge([row], at: now)[0]
    #expect(!result.purged)
    #expect(Set(result.residue.map(\.needle)) == ["address"])
    #expect(result.residue.first?.file == "deep/daemon.log")
    try Data("Marmalade Cartographer wanted".utf8).write(to: log)
    #expect(try store.purge([row], at: now)[0].purged)
  }

  @Test(
    "each step matters: left out, the last scan names what is left",
    arguments: [
      (Set([PurgeStep.shred]), "slot", "keys.slots"), ([.delete, .vacuum], "ciphertext", "refpassport.db"),
      ([.truncate, .vacuum], "ciphertext", "refpassport.db-wal"),
      ([.truncate], "ciphertext", "refpassport.db-wal"),
    ] as [(Set<PurgeStep>, String, String)])
  func skipped(steps: Set<PurgeStep>, needle: String, file: String) throws {
    let store = try bench.open()
    let row = try store.admitCancelled(1, mail: mail())
    let result = try #require(
      try store.purge([row], at: time(20), with: try Purger(store, skipping: steps)).first)
    #expect(!result.purged)
    #expect(result.residue.contains { $0.needle == needle && $0.file == file }, "\(result.residue)")
    #expect(try store.find(row.id)?.stage == .purging)
    #expect(try store.entries(of: row.id).count == 2)
    #expect(try store.purgeRecords().map(\.caseID) == [row.id])
    // Whole again, it goes through.
    #expect(try store.purge([row], at: time(30)).map(\.purged) == [true])
  }

  @Test(
    "without its record nothing is purged; without its entry nothing is told; without a checkpoint nothing is signed"
  )
  func bookkeeping() throws {
    let store = try bench.open()
    let row = try store.admitCancelled(1)
    #expect(try store.purge([row], at: time(20), with: try Purger(store, skipping: [.record])).isEmpty)
    #expect(try store.find(row.id) == row)
    #expect(try store.purge([row], at: time(20), with: try Purger(store, skipping: [.tell])).isEmpty)
    #expect(try store.find(row.id)?.stage == .purging)
    _ = try store.purge([row], at: time(20), with: try Purger(store, skipping: [.checkpoint]))
    #expect(try store.find(row.id)?.stage == .purged)
    #expect(try store.lastCheckpoint()?.size != store.size())
  }

  @Test("a copy of ciphertext in a file of ours keeps the case from being told purged, until it is gone")
  func strayCopy() throws {
    let store = try bench.open()
    let row = try store.admitCancelled(1, mail: mail())
    try store.queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    let copy = bench.path + "/refpassport.db.bak"
    try FileManager.default.copyItem(atPath: bench.database, toPath: copy)
    let result = try store.purge([row], at: time(20))[0]
    #expect(!result.purged)
    #expect(result.residue.allSatisfy { $0.needle == "ciphertext" && $0.file == "refpassport.db.bak" })
    #expect(!result.residue.isEmpty)
    #expect(try store.find(row.id)?.stage == .purging)
    try FileManager.default.removeItem(atPath: copy)
    #expect(try store.purge([row], at: time(30))[0].purged)
  }

  @Test("bytes that SQLite leaves in its file are swept out by writing the file anew")
  func vacuum() throws {
    for skipping: Set<PurgeStep> in [[.vacuum], []] {
      let bench = try Workbench()
      let store = try bench.open()
      let row = try store.admitCancelled(1, mail: mail())
      try store.queue.writeWithoutTransaction { database in
        _ = try database.checkpoint(.truncate)
        // As the gaps between rows would: freed pages keep what was in them.
        try database.execute(sql: "PRAGMA secure_delete = OFF")
      }
      let result = try store.purge([row], at: time(20), with: try Purger(store, skipping: skipping))[0]
      #expect(result.purged == skipping.isEmpty)
      #expect(result.residue.contains { $0.file == "refpassport.db" } == !skipping.isEmpty)
    }
  }

  @Test(
    "a reader that stands in the way of the truncation is reported, and the purge goes on when it has left")
  func busy() throws {
    let store = try bench.open()
    let row = try store.admitCancelled(1)
    let reader = try ApplianceStore.reader(dataDirectory: bench.path)
    try reader.queue.inDatabase { database in
      try database.beginTransaction(.deferred)
      _ = try Row.fetchOne(database, sql: "SELECT count(*) FROM entry")
      let result = try store.purge([row], at: time(20))[0]
      #expect(!result.purged)
      #expect(result.residue.map(\.description) == ["unfinished (busy) in refpassport.db-wal at 0"])
      try database.commit()
    }
    #expect(try store.find(row.id)?.stage == .purging)
    #expect(try store.purge([row], at: time(30))[0].purged)
  }

  @Test("a copy of the database made before the purge opens no more, although its rows are all there")
  func backup() throws {
    let old = try Workbench()
    try FileManager.default.createDirectory(atPath: old.path, withIntermediateDirectories: false)
    let row: Case
    let neighbour: Case
    do {
      let store = try bench.open()
      row = try store.admitCancelled(1)
      neighbour = try store.admit(2)
      try store.queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
      try FileManager.default.copyItem(atPath: bench.database, toPath: old.database)
      #expect(try store.purge([row], at: time(20))[0].purged)
      // A new case moves into the freed slot: its key must not open the old one either.
      try store.admit(3)
    }
    try FileManager.default.copyItem(atPath: bench.slots, toPath: old.slots)
    let restored = try ApplianceStore.open(
      dataDirectory: old.path, kek: bench.kek, signer: bench.signer, origin: Workbench.origin)
    #expect(try restored.find(row.id)?.stage == .cancelled)
    #expect(throws: CaseStoreError.keyGone(row.id)) { try restored.unseal(.facts, of: row.id) }
    #expect(try restored.unseal(.facts, of: neighbour.id) != nil)
    // Its key being gone, nobody can say what to look for: it is purged all the same.
    #expect(try restored.purge([row], at: time(40))[0].purged)
  }

  @Test("the record of a purge is itself no remain")
  func record() throws {
    let store = try bench.open()
    let row = try store.admitCancelled(1)
    let needles = try prints(of: row.id, in: store)
    let purger = try Purger(store) { if $0 == .truncate { throw Crash(step: .truncate) } }
    #expect(throws: Crash.self) { try store.purge([row], at: time(20), with: purger) }
    #expect(try store.purgeRecords() == [PendingPurge(caseID: row.id, started: time(20))])
    #expect(remains(needles) == [])
    let record = try #require(try store.queue.read { try PurgeRecord.fetch(row.id, from: $0) })
    #expect(Set(record.prints.needles(of: row.id)) == Set(needles))
  }

  @Test("the record of a purge holds too little of the wrapped key to open anything")
  func recordOpensNothing() throws {
    let store = try bench.open()
    let row = try store.admitCancelled(1)
    let slot = try #require(try store.queue.read { try ApplianceStore.find(row.id, in: $0)?.slot })
    let wrapped = try #require(try store.owned().slots.wrapped(at: slot))
    let purger = try Purger(store) { if $0 == .record { throw Crash(step: .record) } }
    #expect(throws: Crash.self) { try store.purge([row], at: time(20), with: purger) }
    // The key is the 32 bytes after a nonce of 12: whichever way round, no file but keys.slots has more than 4 of them.
    let key = Array(wrapped[16..<44])
    let inner = [key, key.map { ~$0 }].flatMap { [Array($0.prefix(8)), Array($0.suffix(8))] }
      .map { Needle("slot", "raw", .raw($0), of: row.id, strong: true) }
    #expect(Set(remains(inner).map(\.file)) == ["keys.slots"])
    let ends = Fingerprints.ends(ofSlot: wrapped).map { end in
      Needle("slot", "raw", .raw(end.map { ~$0 }), of: row.id, strong: true)
    }
    #expect(remains(ends).map(\.file) == ["refpassport.db-wal"])
  }

  @Test("a record of an earlier version keeps the ends of the wrapped key, and no more", arguments: [0, 60])
  func recordOfEarlierVersion(count: Int) throws {
    let queue = try DatabaseQueue()
    try Schema.migrator.migrate(queue, upTo: "8")
    let (id, wrapped) = (CaseID.random(), Randomness.bytes(count))
    try queue.write { database in
      try database.run(
        """
        INSERT INTO "case" (id, stage, opened, since, attempts, ground, slot) VALUES (?, 'purging', 1, 1, 0, 'cancel', 3)
        """, [Data(id.bytes)])
      try database.run(
        "INSERT INTO purgeRecord VALUES (?, 1, 'facts', 4, ?, ?)",
        [Data(id.bytes), Data(count: 32), Data(wrapped.map { ~$0 })])
    }
    try Schema.migrator.migrate(queue)
    let record = try #require(try queue.read { try PurgeRecord.fetch(id, from: $0) })
    #expect(record.prints.slot == Fingerprints.ends(ofSlot: wrapped))
    #expect(record.prints.slot.count == (count == 0 ? 0 : 2) && record.scope == ["facts"])
  }

  @Test(
    "windows lie a stride apart, and on both ends",
    arguments: [
      (16, [0]), (17, [0, 1]), (1039, [0, 1023]), (1040, [0, 1024]), (1041, [0, 1024, 1025]),
      (3000, [0, 1024, 2048, 2984]), (15, []),
    ])
  func windows(size: Int, starts: [Int]) {
    let blob = Randomness.bytes(size)
    #expect(Fingerprints.windows(of: blob) == starts.map { Array(blob[$0..<($0 + 16)]) })
  }
}
