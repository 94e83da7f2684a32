import Audit
import Cryptography

/// A small honest ledger, and the tools somebody who holds its key would have to falsify it.
struct SampleLedger: Sendable {
  static let signer: NoteSigner = {
    do {
      return try NoteSigner(
        name: "harbour.example/refpassport/1", key: Ed25519.PrivateKey(seed: SecretKey(Array(7..<39))))
    } catch { fatalError("the sample key is broken") }
  }()

  var entries: [[UInt8]]
  var checkpoint = ""
  var vkey = SampleLedger.signer.verifier.vkey
  var held: [String] = []

  static func caseID(_ number: UInt8) -> String { Base64URL.encode(Array(repeating: number, count: 16)) }

  static func entry(
    _ event: EntryEvent, _ number: UInt8?, at seconds: Int64, _ fields: [String: CanonicalJSON] = [:]
  ) throws -> [UInt8] {
    let nonce = Array(SHA256.hash("\(event) \(String(describing: number)) \(seconds)".utf8)[..<16])
    return try Entry(event: event, case: number.map(caseID), at: seconds, fields: fields, nonce: nonce).bytes
  }

  static func purge(
    _ number: UInt8, at seconds: Int64, after: String, hits: Int64 = 0
  ) throws -> [UInt8] {
    try entry(
      .purge, number, at: seconds, ["after": .string(after), "scan": ["files": 9, "hits": .integer(hits)]])
  }

  /// Twenty-two honest entries about four cases.
  ///
  /// Case 1 is confirmed, 2 fails, 3 has an unknown outcome that a report settles, 4 is
  /// cancelled before anything was sent. Heads over the first 0, 6 and 13 entries are held.
  init() throws {
    let make = Self.entry
    entries = [
      try make(.config, nil, 100, ["digest": "c0ffee", "purgeLatest": 500]),  // 0
      try make(.detect, 1, 110, [:]),
      try make(.issue, 1, 120, ["kid": "2026-1"]),
      try make(.seal, 1, 121, [:]),
      try make(.sent, 1, 122, ["mx": 250]),
      try make(.issue, 2, 130, [:]),  // 5
      try make(.seal, 2, 130, [:]),
      try make(.deferred, 2, 131, ["mx": 451]),
      try make(.detect, 4, 135, [:]),
      try make(.confirm, 1, 140, ["how": "quiet", "watched": true]),
      try Self.purge(1, at: 141, after: "confirm"),  // 10
      try make(.deferred, 2, 150, ["mx": 550]),
      try make(.fail, 2, 151, [:]),
      try make(.cancel, 4, 152, [:]),
      try Self.purge(4, at: 153, after: "cancel"),
      try make(.issue, 3, 160, [:]),  // 15
      try make(.seal, 3, 161, [:]),
      try make(.unknown, 3, 162, [:]),
      try make(.confirm, 3, 170, ["how": "dsn-delivered"]),
      try Self.purge(3, at: 171, after: "confirm"),
      try Self.purge(2, at: 180, after: "fail"),  // 20
      try make(.revoke, 1, 190, ["x": 77]),
    ]
    held = try [0, 6, 13].map { try Self.head(of: Array(entries[..<$0])) }
    try resign()
  }

  static func head(of entries: [[UInt8]], by signer: NoteSigner = signer, size: Int? = nil) throws -> String {
    let root = MerkleTree.root(ofLeafHashes: entries.map { LedgerLine($0).leafHash })
    return try signer.sign(
      Checkpoint(origin: signer.verifier.name, size: size ?? entries.count, root: root)
    ).serialised
  }

  /// Signs the entries as they are now, as only the holder of the key can.
  mutating func resign() throws { checkpoint = try Self.head(of: entries) }

  var export: LedgerExport { LedgerExport(entries: entries, checkpoint: checkpoint, vkey: vkey) }

  /// Drops the entries at these places, as an appliance does after their retention.
  mutating func drop(_ indices: some Sequence<Int>) {
    for index in indices { entries[index] = LedgerLine.pruned(leaf: LedgerLine(entries[index]).leafHash).bytes }
  }

  /// The word that entries before `upto` were dropped.
  static func pruning(upto: Int, count: Int, at seconds: Int64) throws -> [UInt8] {
    try entry(.operator, nil, at: seconds, Pruning.Word(upto: upto, count: count).fields)
  }

  /// A ledger from whose middle two whole cases, the fourth and the first, were dropped in time: the first is revoked
  /// afterwards, and new entries follow.
  static func pruned() throws -> SampleLedger {
    var ledger = try SampleLedger()
    ledger.entries += [
      try entry(.config, nil, at: 200, ["purgeLatest": 500, "entriesKept": .integer(kept)]),
      try entry(.detect, 6, at: 210), try entry(.cancel, 6, at: 220), try purge(6, at: 230, after: "cancel"),
      try entry(.config, nil, at: 300 + kept, ["purgeLatest": 500, "entriesKept": .integer(kept)]),
      try pruning(upto: 25, count: 10, at: 300 + kept), try entry(.revoke, 1, at: 310 + kept, ["x": 78]),
    ]
    ledger.drop([1, 2, 3, 4, 9, 10, 21, 8, 13, 14])
    ledger.held.append(try head(of: ledger.entries))
    ledger.entries.append(try entry(.operator, nil, at: 9_000_000))
    try ledger.resign()
    return ledger
  }

  /// For how many seconds the sample keeps its entries: a day longer than a purge may take.
  static let kept: Int64 = 86_400 + 500

  /// A ledger that came back from a backup with 13 entries, and goes on under another name and key.
  static func restored() throws -> SampleLedger {
    var ledger = try SampleLedger()
    ledger.entries = Array(ledger.entries[..<13])
    // Later than was promised for what came back: a day from then on is in time.
    let now: Int64 = 1_000_000
    ledger.entries += [
      try entry(.restore, nil, at: now, restored(from: signer.verifier.name, ledger.entries)),
      try entry(.cancel, 4, at: now), try purge(4, at: now + 86_400, after: "cancel"),
      try purge(2, at: now + 86_400, after: "fail"),
    ]
    ledger.vkey = successor.verifier.vkey
    ledger.checkpoint = try head(of: ledger.entries, by: successor)
    return ledger
  }

  /// What cites the head over these entries.
  static func restored(from origin: String, _ entries: [[UInt8]]) throws -> [String: CanonicalJSON] {
    let root = MerkleTree.root(ofEntries: entries)
    return Succession(from: try Checkpoint(origin: origin, size: entries.count, root: root), known: 22).fields
  }

  static let successor: NoteSigner = {
    do {
      return try NoteSigner(
        name: "harbour.example/refpassport/2", key: Ed25519.PrivateKey(seed: SecretKey(Array(8..<40))))
    } catch { fatalError("the sample key is broken") }
  }()

  /// Rewrites the text of one entry.
  mutating func edit(_ index: Int, _ part: String, _ replacement: String) {
    let text = String(decoding: entries[index], as: UTF8.self)
    entries[index] = Array(text.replacing(part, with: replacement).utf8)
  }
}
