import Audit
import Cryptography
import Delivery
import Foundation
import GRDB
import Logging
import Mail
import Testing

@testable import Store

@Suite("A backup brings the appliance back, and nobody who was purged")
struct RestorationTests {
  let bench: Workbench
  let shelf: String
  let passphrase = SecretKey(Array("correct horse battery".utf8))
  let newSigner: Ed25519.PrivateKey
  static let newOrigin = "acme.example/refpassport/second"

  init() throws {
    bench = try Workbench()
    newSigner = try .generate()
    shelf = bench.path + "-shelf"
    try FileManager.default.createDirectory(atPath: shelf, withIntermediateDirectories: true)
  }

  /// The crash of a test.
  struct Crash: Error {}

  /// Works with a second machine, and clears both away.
  private func onTwoMachines(_ body: (Workbench) throws -> Void) throws {
    defer { try? FileManager.default.removeItem(atPath: shelf) }
    try body(try Workbench())
  }

  private func backUp(_ store: ApplianceStore) throws -> BackupSummary {
    try store.backUp(
      keys: [("mark.key", SecretKey([UInt8](repeating: 5, count: 32)))], to: shelf, passphrase: passphrase)
  }

  /// Restores into a directory, as the command does.
  @discardableResult
  private func restore(
    to path: String, kek: SecretKey? = nil, known: String? = nil, at now: Timestamp = time(1_000),
    crash: Int = .max
  ) throws -> (Succession, Recovery.Result) {
    let restoration = try Restoration(dataDirectory: path)
    let keys = try restoration.unpack(shelf, passphrase: passphrase)
    #expect(keys.keys.sorted() == ["mark.key"])
    try FileManager.default.createDirectory(atPath: restoration.keys, withIntermediateDirectories: false)
    if crash == 0 { throw Crash() }
    let (store, succession) = try restoration.open(
      kek: kek ?? bench.kek, signer: newSigner, origin: Self.newOrigin, lookupRetention: 86_400, known: known,
      logger: Logger(label: "test"), at: now)
    if crash == 1 { throw Crash() }
    let result = try Recovery(store: store, policy: .standard, logger: Logger(label: "test")).settle(at: now)
    _ = try store.checkpoint(at: now)
    if crash == 2 { throw Crash() }
    try restoration.commit(store) { move in
      if crash == (move == .keys ? 3 : 4) { throw Crash() }
    }
    return (succession, result)
  }

  private func reopen(_ path: String, kek: SecretKey? = nil) throws -> ApplianceStore {
    try ApplianceStore.open(
      dataDirectory: path, kek: kek ?? bench.kek, signer: newSigner, origin: Self.newOrigin, lookupRetention: 86_400)
  }

  private func verify(_ store: ApplianceStore, held: [String] = []) throws -> LedgerReport {
    let last = try #require(try store.lastCheckpoint())
    return LedgerVerifier.verify(
      entries: try store.entries(0..<last.size), checkpoint: last.note,
      vkey: try NoteVerifier(name: Self.newOrigin, key: newSigner.publicKey).vkey, held: held)
  }

  /// Everything in the backup, in clear.
  private func contents() throws -> [UInt8] {
    let reader = try BackupArchive.Reader(
      Descriptor(shelf + "/" + ApplianceStore.backupName, flags: 0), passphrase: passphrase)
    var all: [UInt8] = []
    try reader.read { _, _, piece in all += piece }
    return all
  }

  private func finds(_ needle: [UInt8], in bytes: [UInt8]) -> Bool { Data(bytes).range(of: Data(needle)) != nil }

  @Test("in a backup there is no slot, no key-encryption key and no lookup key, not even amid a purge")
  func contentsHoldNoKeys() throws {
    let store = try bench.open(lookupRetention: 86_400)
    let row = try store.admitCancelled(1)
    let open = try store.admit(2)
    _ = try store.lookup(Address(parsing: "z.quillfeather@acme.example"), by: "opal", at: time())
    try store.append([EntryDraft(.operator, ["act": "x"], about: Address(parsing: "a@acme.example"))], at: time())
    let slots = try store.queue.read { try ApplianceStore.claimedSlots(in: $0) }
    #expect(slots.count == 3)
    let wrapped = try slots.compactMap { try store.owned().slots.wrapped(at: $0) }
    let purger = try Purger(store) { if $0 == .record { throw Crash() } }
    #expect(throws: Crash.self) { try store.purge([row], at: time(20), with: purger) }
    let summary = try backUp(store)
    #expect(summary.openCases == 2)

    let clear = try contents()
    for bytes in wrapped {
      for start in stride(from: 0, through: bytes.count - 16, by: 4) {
        let window = Array(bytes[start..<(start + 16)])
        #expect(!finds(window, in: clear) && !finds(window.map { ~$0 }, in: clear))
      }
    }
    #expect(!finds(bench.kek.withBytes { Array($0) }, in: clear))
    for text in ["Quillfeather", "z.quillfeather", "Marmalade"] { #expect(!finds(Array(text.utf8), in: clear)) }
    // It is no empty promise: what is meant to be there is.
    let sealed = try #require(
      try store.queue.read { try $0.first("SELECT blob FROM sealed WHERE caseID = ?", [Data(open.id.bytes)]) })
    #expect(finds(sealed.bytes("blob"), in: clear))
    // And nothing of it stands in the file, which is for its owner only.
    let file = try Data(contentsOf: URL(filePath: shelf + "/refpassport.backup"))
    #expect(file.range(of: Data(sealed.bytes("blob"))) == nil && file.range(of: Data("SQLite".utf8)) == nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: shelf) == ["refpassport.backup"])
    let mode = try FileManager.default.attributesOfItem(atPath: shelf + "/refpassport.backup")[.posixPermissions]
    #expect(mode as? Int == 0o600)
  }

  @Test("made before a purge, restored after it, on the same machine and on another: the person cannot be read")
  func purgedStaysPurged() throws {
    try onTwoMachines { other in
      let (row, neighbour): (Case, Case)
      do {
        let store = try bench.open()
        row = try store.admitCancelled(1)
        neighbour = try store.admit(2)
        _ = try store.checkpoint(at: time(15))
        #expect(try backUp(store).openCases == 2)
        #expect(try store.purge([row], at: time(20))[0].purged)
        // Another case has moved into the slot.
        try store.admit(3)
      }
      for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: bench.database + suffix) }
      for (path, kek, opens) in [(bench.path, bench.kek, true), (other.path, other.kek, false)] {
        let (_, result) = try restore(to: path, kek: kek)
        let store = try reopen(path, kek: kek)
        #expect(throws: CaseStoreError.keyGone(row.id)) { try store.unseal(.facts, of: row.id) }
        if opens {
          // With its slot still there the neighbour opens, and waits for a person.
          #expect(try store.unseal(.facts, of: neighbour.id) != nil)
          #expect(try store.find(neighbour.id)?.hold == Hold(reason: .restored, resume: .detected))
          #expect((result.held, result.lost, result.left) == (1, 0, 1))
        } else {
          #expect(throws: CaseStoreError.keyGone(neighbour.id)) { try store.unseal(.facts, of: neighbour.id) }
          #expect(try store.find(neighbour.id)?.stage == .expired)
          #expect((result.held, result.lost, result.left) == (0, 1, 1))
          #expect(try store.notices().map(\.draft.kind) == [.undeliverable])
        }
        // What cannot be read is purged like everything else, and the ledger tells a whole story.
        let due = try store.cases(at: Stage.closed)
        #expect(try store.purge(due, at: time(2_000)).allSatisfy { $0.purged })
        let report = try verify(store)
        #expect(report.findings == [], "\(report.findings)")
        // The slots that were claimed by numbers that this machine never had are used once each.
        for number in 10..<20 { try store.admit(number) }
        #expect(try store.queue.read { try ApplianceStore.claimedSlots(in: $0) }.count == (opens ? 11 : 10))
      }
    }
  }

  @Test(
    "the ledger goes on under another name, cites the old head, and holds to old checkpoints as far as it came back")
  func ledger() throws {
    try onTwoMachines { other in
      let store = try bench.open(lookupRetention: 86_400)
      try store.append([EntryDraft(.config, ["purgeLatest": 86_400])], at: time())
      let early = try store.checkpoint(at: time())
      _ = try store.admitCancelled(1)
      let last = try store.checkpoint(at: time(10))
      #expect(try backUp(store).entries == 3)
      _ = try store.admitCancelled(2)
      let later = try store.checkpoint(at: time(20))

      let (succession, _) = try restore(to: other.path, kek: other.kek, known: later)
      #expect(succession.checkpoint.origin == Workbench.origin)
      #expect(succession.checkpoint.size == 3 && succession.known == 5)
      let restored = try reopen(other.path, kek: other.kek)
      let entry = try Entry(parsing: try #require(try restored.entries(3..<4).first))
      #expect(Succession(entry) == succession)
      #expect(try verify(restored, held: [early, last]).findings == [])
      // The rollback is seen by whoever holds a later one.
      let report = try verify(restored, held: [later])
      #expect(report.findings.map(\.index) == [3] && report.findings[0].text.contains("only 3 came back"))
      // The old key cannot go on with it.
      #expect(throws: StoreError.self) { try other.open(signer: bench.signer) }
    }
  }

  @Test("a checkpoint that somebody holds must be one of the ledger that came back")
  func known() throws {
    try onTwoMachines { other in
      let store = try bench.open()
      try store.append([EntryDraft(.operator, ["act": "x"])], at: time())
      let own = try store.checkpoint(at: time())
      _ = try backUp(store)
      let fork = try NoteSigner(name: Workbench.origin, key: bench.signer).sign(
        Checkpoint(origin: Workbench.origin, size: 1, root: [UInt8](repeating: 1, count: 32))
      ).serialised
      let foreign = try NoteSigner(name: "x.example/refpassport/1", key: .generate()).sign(
        Checkpoint(origin: "x.example/refpassport/1", size: 9, root: [UInt8](repeating: 1, count: 32))
      ).serialised
      for note in [fork, foreign, "", "no note"] {
        #expect {
          try restore(to: other.path, kek: other.kek, known: note)
        } throws: { error in
          if case StoreError.unusableBackup = error { true } else { false }
        }
      }
      #expect(try restore(to: other.path, kek: other.kek, known: own).0.known == 1)
    }
  }

  @Test(
    "what would be mailed or waits for reports is held, whatever stage it was at; what is closed goes on",
    arguments: [
      (Stage.detected, Stage.held, Stage?.some(.detected)), (.issued, .held, .detected), (.queued, .held, .queued),
      (.deferred, .held, .deferred), (.unknown, .held, .unknown), (.sending, .held, .unknown),
      (.accepted, .held, .accepted), (.confirmed, .confirmed, nil), (.undeliverable, .undeliverable, nil),
      (.cancelled, .cancelled, nil),
    ])
  func stages(before: Stage, after: Stage, resume: Stage?) throws {
    try onTwoMachines { _ in
      let id: CaseID
      do {
        let store = try bench.open()
        var row = try store.admit(1)
        row.stage = before
        id = row.id
        try store.put(CaseChange(row, expected: .detected), at: time(1))
        _ = try backUp(store)
      }
      for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: bench.database + suffix) }
      try restore(to: bench.path)
      let row = try #require(try reopen(bench.path).find(id))
      let reason = before == .accepted ? HoldReason.restoredSent : .restored
      #expect(row.stage == after && row.hold == resume.map { Hold(reason: reason, resume: $0) })
    }
  }

  @Test("a case whose salt is missing stops no restore: nobody can read it any more, and it is lost")
  func damaged() throws {
    try onTwoMachines { _ in
      let (broken, whole): (CaseID, CaseID)
      do {
        let store = try bench.open()
        (broken, whole) = (try store.admit(1).id, try store.admit(2).id)
        try store.queue.write {
          try $0.execute(
            sql: "DELETE FROM sealed WHERE caseID = ? AND part = ?",
            arguments: [Data(broken.bytes), SealedPart.salt.rawValue])
        }
        _ = try backUp(store)
      }
      for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: bench.database + suffix) }
      let (_, result) = try restore(to: bench.path)
      #expect((result.held, result.lost, result.left) == (1, 1, 0))
      let store = try reopen(bench.path)
      #expect(try store.find(broken)?.stage == .expired && store.find(whole)?.stage == .held)
    }
  }

  @Test("the time after a restore is known until somebody ends it, which is an entry")
  func ends() throws {
    try onTwoMachines { other in
      let store = try bench.open()
      #expect(try store.restoreMark() == nil && !store.endRestore(by: "opal", at: time()))
      _ = try store.checkpoint(at: time())
      _ = try backUp(store)
      try restore(to: other.path, kek: other.kek, at: time(500))
      do {
        let restored = try reopen(other.path, kek: other.kek)
        #expect(try restored.restoreMark() == RestoreMark(at: time(500)))
        // Whoever had left is not known yet.
        #expect(try !restored.endRestore(by: "opal", at: time(600)))
        try restored.notePoll(at: time(550))
        #expect(try restored.restoreMark() == RestoreMark(at: time(500), isPolled: true))
        #expect(try restored.endRestore(by: "opal", at: time(600)))
        #expect(try !restored.endRestore(by: "opal", at: time(600)))
      }
      let restored = try reopen(other.path, kek: other.kek)
      #expect(try restored.restoreMark() == RestoreMark(at: time(500), isPolled: true, isEnded: true))
      let last = try Entry(parsing: try #require(try restored.entries(0..<100).last))
      #expect(last.event == .operator && last.fields["act"]?.string == "restore-end")
    }
  }

  @Test("a restore that was cut off leaves nothing that runs, and is run again", arguments: 0...3)
  func cutOff(crash: Int) throws {
    try onTwoMachines { other in
      let store = try bench.open()
      let row = try store.admit(1)
      _ = try store.checkpoint(at: time())
      _ = try backUp(store)
      #expect(throws: Crash.self) { try restore(to: other.path, kek: other.kek, crash: crash) }
      #expect(throws: StoreError.restoreUnfinished) { try reopen(other.path, kek: other.kek) }
      #expect(throws: StoreError.restoreUnfinished) {
        try DataDirectoryLock(dataDirectory: other.path)
      }
      try restore(to: other.path, kek: other.kek)
      let restored = try reopen(other.path, kek: other.kek)
      #expect(try restored.find(row.id)?.stage == .expired)
      #expect(!FileManager.default.fileExists(atPath: other.path + "/restore.partial"))
    }
  }

  @Test(
    "a case that was held before may have been released and mailed since: it is held for the restore now, unless it must be mended first",
    arguments: [(HoldReason.approval, HoldReason.restored), (.surge, .restored), (.noAddress, .noAddress)])
  func heldBefore(before: HoldReason, after: HoldReason) throws {
    try onTwoMachines { _ in
      let row: Case
      do {
        let store = try bench.open()
        row = try store.admit(1)
        try store.put(try row.held(for: before, at: time(1)), at: time(1))
        _ = try backUp(store)
      }
      for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: bench.database + suffix) }
      try restore(to: bench.path)
      let store = try reopen(bench.path)
      let found = try #require(try store.find(row.id))
      #expect(found.hold == Hold(reason: after, resume: .detected) && found.since == time(1))
      // HR hears of it either way: what was still to be told when the backup was made was not told by it.
      #expect(try store.notices().map(\.draft.item.detail) == [after.explanation])
    }
  }

  @Test("until a restore is whole no key is lost: another backup, or the old database, still opens its cases")
  func keepsKeys() throws {
    try onTwoMachines { _ in
      let old = bench.path + "-old"
      defer { try? FileManager.default.removeItem(atPath: old) }
      let (early, late): (Case, Case)
      do {
        let store = try bench.open()
        early = try store.admit(1)
        _ = try backUp(store)
        late = try store.admit(2)
      }
      try FileManager.default.moveItem(atPath: bench.database, toPath: old)
      #expect(throws: Crash.self) { try restore(to: bench.path, crash: 2) }
      try Restoration(dataDirectory: bench.path).abandon()
      try FileManager.default.moveItem(atPath: old, toPath: bench.database)
      let store = try bench.open()
      for row in [early, late] { #expect(try store.unseal(.facts, of: row.id) != nil) }
    }
  }

  @Test("keys that were replaced come back as long as the database is not in its place", arguments: [3, 4])
  func keysOfACut(crash: Int) throws {
    try onTwoMachines { other in
      let store = try bench.open()
      _ = try store.checkpoint(at: time())
      _ = try backUp(store)
      let ledger = other.path + "/keys/ledger.pem"
      try FileManager.default.createDirectory(atPath: other.path + "/keys", withIntermediateDirectories: true)
      try Data("the old key".utf8).write(to: URL(filePath: ledger))
      #expect(throws: Crash.self) { try restore(to: other.path, kek: other.kek, crash: crash) }
      if crash == 3 {
        try Restoration(dataDirectory: other.path).abandon()
        #expect(FileManager.default.contents(atPath: ledger) == Data("the old key".utf8))
      } else {
        #expect(throws: StoreError.self) { try Restoration(dataDirectory: other.path) }
        #expect(FileManager.default.contents(atPath: ledger) == nil)
      }
      #expect(FileManager.default.fileExists(atPath: other.path + "/restore.partial") == (crash == 4))
    }
  }

  @Test("a crash between two renames does not cost the only set of keys")
  func keysOfACrash() throws {
    try onTwoMachines { other in
      let store = try bench.open()
      _ = try store.checkpoint(at: time())
      _ = try backUp(store)
      let replaced = other.path + "/restore.partial/keys.old"
      try FileManager.default.createDirectory(atPath: replaced, withIntermediateDirectories: true)
      try Data("a key".utf8).write(to: URL(filePath: replaced + "/mark.key"))
      try Restoration(dataDirectory: other.path).abandon()
      #expect(FileManager.default.contents(atPath: other.path + "/keys/mark.key") == Data("a key".utf8))
    }
  }

  @Test("a restore that had only to clear away what it replaced is whole; the keys it replaced are gone")
  func cutOffAtTheEnd() throws {
    try onTwoMachines { other in
      let store = try bench.open()
      _ = try store.checkpoint(at: time())
      _ = try backUp(store)
      let old = other.path + "/keys"
      try FileManager.default.createDirectory(atPath: old, withIntermediateDirectories: true)
      let secret = Randomness.bytes(64)
      try Data(secret).write(to: URL(filePath: old + "/ledger.pem"))
      #expect(throws: Crash.self) { try restore(to: other.path, kek: other.kek, crash: 4) }
      let search = FileScan([Needle("old key", "raw", .raw(secret), of: nil, strong: true)])
      let root = ScanRoot(path: other.path, kind: .own)
      #expect(search.run(over: [root]).report.residue.map(\.file) == ["restore.partial/keys.old/ledger.pem"])
      #expect(throws: StoreError.inhabited(file: "refpassport.db")) { try restore(to: other.path, kek: other.kek) }
      #expect(try reopen(other.path, kek: other.kek).restoreMark()?.at == time(1_000))
      #expect(search.run(over: [root]).report.residue == [])
      #expect(!FileManager.default.fileExists(atPath: other.path + "/restore.partial"))
    }
  }

  @Test(
    "an appliance that is there is left alone; a damaged backup restores nothing, nor does a wrong key-encryption key")
  func refused() throws {
    try onTwoMachines { other in
      do {
        let store = try bench.open()
        try store.admit(1)
        _ = try store.checkpoint(at: time())
        _ = try backUp(store)
      }
      #expect(throws: StoreError.inhabited(file: "refpassport.db")) { try restore(to: bench.path) }
      #expect(throws: Never.self) { _ = try bench.open() }
      for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: bench.database + suffix) }
      #expect(throws: StoreError.wrongKEK) { try restore(to: bench.path, kek: other.kek) }

      let file = URL(filePath: shelf + "/refpassport.backup")
      let whole = try Data(contentsOf: file)
      var damaged = whole
      damaged[whole.count - 1] ^= 1
      try damaged.write(to: file)
      #expect(throws: BackupArchive.Failure.self) { try restore(to: bench.path) }
      try whole.write(to: file)
      try restore(to: bench.path)
    }
  }

  @Test("a data directory whose database is gone does not begin anew")
  func databaseLost() throws {
    do {
      let store = try bench.open()
      try store.admit(1)
    }
    for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: bench.database + suffix) }
    #expect(throws: StoreError.databaseLost) { try bench.open() }
  }
}
