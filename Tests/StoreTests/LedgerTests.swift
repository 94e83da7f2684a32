import Audit
import Cryptography
import Delivery
import Foundation
import GRDB
import Mail
import Testing

@testable import Store

@Suite("The ledger")
struct LedgerTests {
  let bench: Workbench
  init() throws { bench = try Workbench() }

  @Test("an exported ledger verifies for a stranger")
  func stranger() throws {
    let store = try bench.open()
    let row = try store.admit(1)
    try store.commit(try row.moved(by: .issue, at: time(1)), at: time(1))
    let note = try store.checkpoint(at: time(2))
    let report = LedgerVerifier.verify(
      entries: try store.entries(0..<2), checkpoint: note, vkey: try bench.verifier.vkey)
    #expect(report.ok, "\(report.findings)")
    #expect(report.entries == 2)
  }

  @Test("a checkpoint of the same size is signed once, also after a restart")
  func checkpoint() throws {
    var notes: [String] = []
    do {
      let store = try bench.open()
      notes.append(try store.checkpoint(at: time()))
      try store.admit(1)
      notes.append(try store.checkpoint(at: time(1)))
      #expect(try store.checkpoint(at: time(2)) == notes[1])
    }
    let store = try bench.open()
    #expect(try store.checkpoint(at: time(3)) == notes[1])
    #expect(notes[0] != notes[1])
    #expect(try store.lastCheckpoint() == KeptCheckpoint(size: 1, note: notes[1], at: time(1)))
  }

  @Test("a receipt proves the newest entry of its kind")
  func proof() throws {
    let store = try bench.open()
    let row = try store.admit(1)
    for number in 2..<9 { try store.admit(number) }
    try store.commit(try row.moved(by: .issue, at: time(1)), at: time(1))
    try store.append([EntryDraft(.issue, case: row.id, ["kid": "second"])], at: time(2))
    let proof = try store.proof(of: .issue, case: row.id, at: time(3))
    #expect(proof.index == 9)
    let entry = try store.entries(9..<10)[0]
    #expect(try proof.verify(entryBytes: entry, by: bench.verifier).size == 10)
    #expect(throws: AuditError.self) {
      try proof.verify(entryBytes: try store.entries(8..<9)[0], by: bench.verifier)
    }
    #expect(throws: StoreError.noSuchEntry(row.id)) { try store.proof(of: .purge, case: row.id, at: time(3)) }
  }

  @Test("entry times never decrease, not even over a restart with the clock set back")
  func monotone() throws {
    do {
      let store = try bench.open()
      try store.append([EntryDraft(.config)], at: time(100))
      try store.append([EntryDraft(.config)], at: time(50))
    }
    let store = try bench.open()
    try store.append([EntryDraft(.config)], at: time(-1000))
    try store.append([EntryDraft(.config)], at: time(101))
    let seconds = try store.entries(0..<4).map { try Entry(parsing: $0).seconds - time().seconds }
    #expect(seconds == [100, 100, 100, 101])
  }

  @Test("no two entries share a nonce")
  func nonces() throws {
    let store = try bench.open()
    try store.append((0..<50).map { _ in EntryDraft(.config) }, at: time())
    let nonces = try store.entries(0..<50).map { try Entry(parsing: $0).nonce }
    #expect(Set(nonces).count == 50)
  }

  /// A ledger in which subtrees are kept, and one entry after its checkpoint.
  private func long() throws -> (store: ApplianceStore, leaves: [[UInt8]]) {
    let store = try bench.open()
    try store.append((0..<1300).map { EntryDraft(.config, nil, ["number": .integer($0)]) }, at: time())
    _ = try store.checkpoint(at: time())
    try store.append([EntryDraft(.config)], at: time())
    return (store, try store.entries(0..<1300).map { MerkleTree.leafHash($0) })
  }

  @Test("every entry of a long ledger is proved as the tree of all its leaves would")
  func longInclusion() throws {
    let (store, leaves) = try long()
    for index in Array(stride(from: 0, to: 1300, by: 37)) + [255, 256, 511, 512, 1023, 1024, 1279, 1280, 1299] {
      let proof = try #require(try store.proof(at: index))
      #expect(proof.hashes == MerkleTree.inclusionProof(index: index, leafHashes: leaves))
      #expect(try proof.verify(entryBytes: try #require(proof.extra), by: bench.verifier).size == 1300)
    }
    #expect(try store.proof(at: 1300) == nil, "no checkpoint covers it yet")
    #expect(try store.proof(at: -1) == nil)
  }

  @Test("a long ledger is shown to extend each of its heads")
  func longConsistency() throws {
    let (store, leaves) = try long()
    for size in Array(stride(from: 0, to: 1300, by: 37)) + [256, 512, 768, 1024, 1280, 1299, 1300] {
      let old = try Checkpoint(
        origin: try bench.verifier.name, size: size, root: MerkleTree.root(ofLeafHashes: leaves[..<size]))
      #expect(try store.root(size: size) == old.root)
      #expect(try store.consistencyProof(since: size)?.verify(since: old, by: bench.verifier).size == 1300)
    }
    #expect(try store.consistencyProof(since: 1301) == nil)
    #expect(try store.root(size: 1302) == nil)
  }

  @Test(
    "kept hashes that are not those of the entries do not start",
    arguments: [
      ("UPDATE subtree SET hash = zeroblob(32) WHERE level = 8 AND place = 1", 256),
      ("UPDATE subtree SET hash = zeroblob(32) WHERE level = 10", 0),
      ("DELETE FROM subtree WHERE level = 9 AND place = 1", 512),
    ])
  func keptHashes(_ statement: String, _ index: Int) throws {
    do { _ = try long() }
    try bench.tamper("DROP TRIGGER subtreeStands; DROP TRIGGER subtreeStays", statement)
    let error = #expect(throws: StoreError.self) { try bench.open() }
    guard case .ledgerDamaged(index, _) = error else {
      Issue.record("refused for another reason: \(String(describing: error))")
      return
    }
  }

  @Test("a ledger of the version before gets its hashes kept")
  func keptLater() throws {
    do { _ = try long() }
    try bench.tamper("DROP TABLE subtree", "DELETE FROM grdb_migrations WHERE identifier = '5'")
    let store = try bench.open()
    #expect(try store.proof(at: 700)?.verify(entryBytes: store.entries(700..<701)[0], by: bench.verifier).size == 1300)
  }

  /// Five entries and the checkpoint over them.
  private func prepare() throws {
    let store = try bench.open()
    for number in 0..<5 {
      try store.append([EntryDraft(.config, nil, ["number": .integer(Int64(number))])], at: time())
    }
    _ = try store.checkpoint(at: time())
  }

  static let unlock = ["entryStands", "entryStays", "entryFollows", "checkpointStands", "checkpointStays"]
    .map { "DROP TRIGGER \($0)" }.joined(separator: "; ")

  @Test(
    "an altered ledger does not start, and says where",
    arguments: [
      (
        "UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'config', 'cancel') AS BLOB) WHERE idx = 2",
        2
      ),
      ("UPDATE entry SET leaf = zeroblob(32) WHERE idx = 3", 3),
      ("DELETE FROM entry WHERE idx = 0", 0),
      ("DELETE FROM entry WHERE idx = 2", 2),
      ("DELETE FROM entry WHERE idx = 4", 4),
      ("DELETE FROM entry", 0),
      ("DELETE FROM entry WHERE idx = 2; UPDATE entry SET idx = idx - 1 WHERE idx > 2", 4),
      ("DELETE FROM checkpoint; INSERT INTO checkpoint VALUES (5, 'x', 0)", nil),
      (
        "UPDATE checkpoint SET note = replace(note, char(10) || char(10), char(10) || 'x' || char(10) || char(10))", nil
      ),
      ("UPDATE checkpoint SET size = 4", nil),
      ("UPDATE checkpoint SET size = 6", 5),
    ] as [(String, Int?)])
  func tampered(statement: String, index: Int?) throws {
    try prepare()
    do { _ = try bench.open() }
    try bench.tamper(Self.unlock, statement)
    let error = #expect(throws: StoreError.self) { try bench.open() }
    guard case .ledgerDamaged(let found, _) = error else {
      Issue.record("refused for another reason: \(String(describing: error))")
      return
    }
    #expect(found == index)
  }

  @Test("two entries exchanged, leaves and all, do not give the signed root")
  func exchanged() throws {
    try prepare()
    try bench.tamper(
      Self.unlock, "UPDATE entry SET idx = 100 WHERE idx = 1", "UPDATE entry SET idx = 1 WHERE idx = 2",
      "UPDATE entry SET idx = 2 WHERE idx = 100")
    #expect(
      throws: StoreError.ledgerDamaged(
        index: nil, reason: "the first 5 entries do not give the root of their checkpoint")
    ) {
      try bench.open()
    }
  }

  @Test("a ledger rewritten and signed with another key does not start")
  func resigned() throws {
    try prepare()
    let forger = try Workbench()
    do {
      let store = try forger.open()
      for _ in 0..<5 { try store.append([EntryDraft(.config)], at: time()) }
      _ = try store.checkpoint(at: time())
    }
    let note = try ApplianceStore.reader(dataDirectory: forger.path).lastCheckpoint()?.note ?? ""
    let entries = try ApplianceStore.reader(dataDirectory: forger.path).entries(0..<5)
    var statements = [Self.unlock, "DELETE FROM entry", "UPDATE checkpoint SET note = '\(note)'"]
    for (index, bytes) in entries.enumerated() {
      let leaf = MerkleTree.leafHash(bytes)
      statements.append(
        "INSERT INTO entry VALUES (\(index), x'\(Hex.encode(bytes))', x'\(Hex.encode(leaf))', 'config', NULL)"
      )
    }
    for statement in statements { try bench.tamper(statement) }
    #expect(
      throws: StoreError.ledgerDamaged(
        index: nil, reason: "the last checkpoint is not signed by the ledger's key")
    ) { try bench.open() }
  }
}
