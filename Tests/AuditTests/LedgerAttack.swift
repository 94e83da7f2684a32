import Audit
import Cryptography
import Testing

/// One way to falsify an export, and what the verifier must say about it.
struct LedgerAttack: Sendable, CustomTestStringConvertible {
  let name: String
  /// The entry that must be named; `nil` when the whole export is at fault.
  let index: Int?
  /// A part of the finding.
  let finding: String
  let change: @Sendable (inout SampleLedger) throws -> Void

  init(
    _ name: String, _ index: Int?, _ finding: String,
    _ change: @escaping @Sendable (inout SampleLedger) throws -> Void
  ) {
    self.name = name
    self.index = index
    self.finding = finding
    self.change = change
  }

  var testDescription: String { name }

  /// Made by somebody without the key.
  static let withoutKey: [LedgerAttack] = [
    LedgerAttack("an entry edited", 6, "from 6 to 12 is not the one") { $0.edit(11, "550", "250") },
    LedgerAttack("a late entry edited", 13, "from 13 to 21 is not the one") {
      $0.edit(18, "delivered", "relayed")
    },
    LedgerAttack("an entry removed", 6, "from 6 to 12 is not the one") { $0.entries.remove(at: 7) },
    LedgerAttack("the last entry removed", 21, "only 21 are there") { $0.entries.removeLast() },
    LedgerAttack("all entries removed", 0, "only 0 are there") { $0.entries = [] },
    LedgerAttack("two entries swapped", 13, "from 13 to 21") { $0.entries.swapAt(15, 16) },
    LedgerAttack("an entry added", 22, "covers only the 22 entries") { $0.entries.append($0.entries[0]) },
    LedgerAttack("rolled back to an old head", 6, "only 6 are there") {
      $0.entries = Array($0.entries[..<6])
      $0.checkpoint = $0.held[1]
    },
    LedgerAttack("signed by another key", nil, "no signature of this key") {
      let stranger = try NoteSigner(name: SampleLedger.signer.verifier.name, key: .generate())
      $0.checkpoint = try SampleLedger.head(of: $0.entries, by: stranger)
    },
    LedgerAttack("the size in the signed text changed", nil, "does not match the text") {
      $0.checkpoint = $0.checkpoint.replacing("\n22\n", with: "\n23\n")
    },
    LedgerAttack("a bit of the signature changed", nil, "does not match the text") { ledger in
      let words = ledger.checkpoint.split(separator: " ")
      var signature = try #require(words.last.flatMap { Base64Standard.decode($0.dropLast()) })
      signature[signature.count - 2] ^= 1
      ledger.checkpoint = words.dropLast().joined(separator: " ") + " \(Base64Standard.encode(signature))\n"
    },
    LedgerAttack("the vkey of another key", nil, "no signature of this key") {
      $0.vkey = try NoteVerifier(
        name: SampleLedger.signer.verifier.name, key: Ed25519.PrivateKey.generate().publicKey
      ).vkey
    },
    LedgerAttack("a vkey whose key ID is wrong", nil, "key ID") { ledger in
      let parts = ledger.vkey.split(separator: "+", maxSplits: 2)
      ledger.vkey = "\(parts[0])+00000000+\(parts[2])"
    },
    LedgerAttack("the checkpoint without its signature", nil, "no empty line") {
      $0.checkpoint = String($0.checkpoint.prefix { $0 != "\u{2014}" }.dropLast())
    },
    LedgerAttack("an empty line between entries", 9, "the text ends too early") {
      $0.entries.insert([], at: 9)
    },
  ]

  /// Made by the holder of the key, who signs what they changed.
  static let withKey: [LedgerAttack] = [
    LedgerAttack("history edited", 0, "from 0 to 5 is not the one that held") {
      $0.edit(2, "2026-1", "2026-2")
    },
    LedgerAttack("history removed", 6, "from 6 to 12 is not the one that held") { $0.entries.remove(at: 7) },
    LedgerAttack("history swapped", 6, "from 6 to 12 is not the one that held") { $0.entries.swapAt(7, 8) },
    LedgerAttack("history put in", 0, "from 0 to 5 is not the one that held") {
      $0.entries.insert(try SampleLedger.entry(.config, nil, at: 100), at: 1)
    },
    LedgerAttack("purge without any ending", 18, "purge after confirm, which is not there") {
      $0.entries.remove(at: 18)
    },
    LedgerAttack("purge that names an event that allows none", 22, "without the event that allowed it") {
      $0.entries.append(try SampleLedger.purge(5, at: 200, after: "issue"))
    },
    LedgerAttack("purge later than promised", 24, "later than the ledger promises") {
      $0.entries.append(try SampleLedger.entry(.detect, 5, at: 200))
      $0.entries.append(try SampleLedger.entry(.cancel, 5, at: 210))
      $0.entries.append(try SampleLedger.purge(5, at: 86_901 + 200, after: "cancel"))
    },
    LedgerAttack("purge under a legal hold", 24, "purge under a legal hold") {
      $0.entries.append(try SampleLedger.entry(.hold, 5, at: 200, ["legal": "litigation"]))
      $0.entries.append(try SampleLedger.entry(.cancel, 5, at: 210))
      $0.entries.append(try SampleLedger.purge(5, at: 220, after: "cancel"))
    },
    LedgerAttack("purge later than a legal hold had lent", 25, "later than the ledger promises") {
      $0.entries.append(try SampleLedger.entry(.cancel, 5, at: 200))
      $0.entries.append(try SampleLedger.entry(.hold, 5, at: 300, ["legal": "litigation"]))
      $0.entries.append(try SampleLedger.entry(.release, 5, at: 400, ["legal": "litigation"]))
      $0.entries.append(try SampleLedger.purge(5, at: 87_001 + 200, after: "cancel"))
    },
    LedgerAttack("a case that is never purged", 22, "is not purged, though") {
      $0.entries.append(try SampleLedger.entry(.detect, 5, at: 200))
      $0.entries.append(try SampleLedger.entry(.config, nil, at: 86_901 + 200, ["purgeLatest": 1_000_000]))
    },
    LedgerAttack("purge replayed", 22, "purged a second time") {
      $0.entries.append(try SampleLedger.purge(1, at: 200, after: "confirm"))
    },
    LedgerAttack("purge whose scan found something", 23, "scan still found") {
      $0.entries += try [
        SampleLedger.entry(.cancel, 5, at: 200), SampleLedger.purge(5, at: 201, after: "cancel", hits: 1),
      ]
    },
    LedgerAttack("purge without a scan", 23, "purge without a scan") {
      $0.entries += try [
        SampleLedger.entry(.cancel, 5, at: 200), SampleLedger.entry(.purge, 5, at: 201, ["after": "cancel"]),
      ]
    },
    LedgerAttack("seal before issue", 15, "seal without an issue") { $0.entries.remove(at: 15) },
    LedgerAttack("sent without a seal", 22, "sent without a seal") {
      $0.entries.append(try SampleLedger.entry(.sent, 5, at: 200))
    },
    LedgerAttack("confirm of what was never sent", 24, "confirm without a sent") {
      $0.entries += try [
        SampleLedger.entry(.issue, 5, at: 200), SampleLedger.entry(.seal, 5, at: 201),
        SampleLedger.entry(.confirm, 5, at: 202),
      ]
    },
    LedgerAttack("sent after the purge", 22, "sent after the case was purged") {
      $0.entries.append(try SampleLedger.entry(.sent, 3, at: 200))
    },
    LedgerAttack("time runs back", 22, "the time is before") {
      $0.entries.append(try SampleLedger.entry(.config, nil, at: 189))
    },
    LedgerAttack("an entry with white space", 21, "not in canonical form") { $0.edit(21, ",", ", ") },
    LedgerAttack("an unknown event", 21, "the event is missing or unknown") {
      $0.edit(21, "revoke", "revive")
    },
    LedgerAttack("a float", 21, "no integer") { $0.edit(21, "77", "77.0") },
    LedgerAttack("a key twice", 21, "a key is given twice") { $0.edit(21, "\"x\":77", "\"x\":77,\"x\":77") },
    LedgerAttack("a version that is true", 21, "the version is not 1") {
      $0.edit(21, "\"v\":1", "\"v\":true")
    },
    LedgerAttack("an entry that is no JSON", 21, "no value begins") {
      $0.entries[21] = Array("purged!".utf8)
    },
    LedgerAttack("an entry too deep", 21, "nested too deeply") {
      $0.entries[21] = Array(String(repeating: "[", count: 1024).utf8)
    },
    LedgerAttack("a case event without a case", 21, "none is named") {
      $0.edit(21, "\"case\":\"\(SampleLedger.caseID(1))\",", "")
      $0.edit(21, "revoke", "cancel")
    },
  ]

  /// Looser spellings of what an entry may say, signed again.
  static let loose: [LedgerAttack] = [
    LedgerAttack("a version that is a text", 21, "the version is not 1") { $0.edit(21, "\"v\":1", "\"v\":\"1\"") },
    LedgerAttack("a scan that is a text", 20, "purge without a scan") {
      $0.edit(20, "{\"files\":9,\"hits\":0}", "\"9 files, 0 hits\"")
    },
  ]

  /// Signed by the holder of the key over something else than the entries.
  static let wrongHeads: [LedgerAttack] = [
    LedgerAttack("a head with the right root and one entry more", 22, "only 22 are there") {
      $0.checkpoint = try SampleLedger.head(of: $0.entries, size: 23)
    },
    LedgerAttack("a head over other entries", 13, "from 13 to 21 is not the one that the checkpoint") {
      $0.checkpoint = try SampleLedger.head(of: $0.entries.reversed())
    },
    LedgerAttack("a head of another ledger", nil, "of another ledger") {
      let text = try Checkpoint(origin: "x.example", size: 0, root: MerkleTree.emptyRoot).text
      $0.checkpoint = try SampleLedger.signer.sign(text).serialised
    },
  ]

  /// On a ledger of which some was dropped after its retention, signed again.
  static let onPruned: [LedgerAttack] = [
    LedgerAttack("an entry dropped without a word", 25, "no later entry says so") { $0.drop([25]) },
    LedgerAttack("another entry dropped below a word", 21, "no later entry says so") { $0.drop([12]) },
    LedgerAttack("a case dropped that is not purged, below a word", 21, "no later entry says so") {
      $0.drop([5, 6, 7])
    },
    LedgerAttack("fewer dropped than a word says", 21, "said to be dropped than are") {
      $0.entries[27] = try SampleLedger.pruning(upto: 25, count: 11, at: 300 + SampleLedger.kept)
    },
    LedgerAttack("an entry dropped before its time", 25, "dropped before its time") {
      $0.entries[27] = try SampleLedger.pruning(upto: 26, count: 13, at: 300 + SampleLedger.kept)
      $0.drop([23, 24, 25])
      $0.held = []
    },
    LedgerAttack("dropped though all is kept for good", 21, "dropped before its time") {
      $0.edit(22, "\"entriesKept\":86900,", "")
      $0.edit(26, "\"entriesKept\":86900,", "")
    },
    LedgerAttack("dropped as soon as it was allowed", 21, "dropped before its time") {
      $0.edit(22, "\"entriesKept\":86900,", "")
    },
    LedgerAttack("dropped after less than a purge may take", 21, "dropped before its time") {
      $0.edit(22, "\"entriesKept\":86900,", "\"entriesKept\":86899,")
      $0.edit(26, "\"entriesKept\":86900,", "\"entriesKept\":86899,")
    },
    LedgerAttack("dropped after a time below nothing", 21, "dropped before its time") {
      $0.edit(22, "\"entriesKept\":86900,", "\"entriesKept\":-1,")
      $0.edit(26, "\"entriesKept\":86900,", "\"entriesKept\":-1,")
    },
    LedgerAttack("the first promise dropped", 0, "before any configuration") {
      $0.drop([0])
      $0.entries[27] = try SampleLedger.pruning(upto: 25, count: 11, at: 300 + SampleLedger.kept)
    },
    LedgerAttack("the word that entries were dropped is gone", 21, "no later entry says so") {
      $0.entries.remove(at: 27)
    },
    LedgerAttack("a line that only looks dropped", 1, "not well formed") { $0.edit(1, "}", " }") },
    LedgerAttack("a dropped line with another leaf", 0, "from 0 to 28 is not the one") {
      $0.entries[1] = LedgerLine.pruned(leaf: Array(repeating: 7, count: 32)).bytes
    },
    LedgerAttack("half a case dropped", 25, "purge after cancel, which is not there") {
      $0.entries[27] = try SampleLedger.pruning(upto: 26, count: 11, at: 300 + SampleLedger.kept)
      $0.drop([24])
    },
    LedgerAttack("sent after the rest of its case was dropped", 30, "sent after the case was purged") {
      $0.entries.append(try SampleLedger.entry(.sent, 1, at: 9_000_001))
    },
  ]

  /// On a ledger that came back from a backup; signed again by its new key.
  static let onRestored: [LedgerAttack] = [
    LedgerAttack("restore that cites a shorter ledger", 13, "cites another ledger") {
      $0.entries[13] = try SampleLedger.entry(
        .restore, nil, at: 1_000_000,
        SampleLedger.restored(from: SampleLedger.signer.verifier.name, Array($0.entries[..<12]))
      )
    },
    LedgerAttack("restore that cites another root", 12, "cites another ledger") { $0.entries.remove(at: 12) },
    LedgerAttack("restore whose size is a flag", 13, "does not cite") { $0.edit(13, "\"size\":13", "\"size\":true") },
    LedgerAttack("restore whose root is loosely written", 13, "does not cite") { ledger in
      let text = String(decoding: ledger.entries[13], as: UTF8.self)
      let root = text.split(separator: "\"root\":\"")[1].prefix(43)
      ledger.edit(13, String(root), root + "=")
    },
    LedgerAttack("restore that cites nothing", 13, "does not cite") {
      $0.entries[13] = try SampleLedger.entry(.restore, nil, at: 1_000_000)
    },
    LedgerAttack("what came back is less than what was held", 13, "only 13 came back") {
      $0.held.append(try SampleLedger.head(of: SampleLedger().entries))
    },
    LedgerAttack("the old ledger's head on something else", 0, "before 13 is not the one") {
      $0.held.append(try SampleLedger.head(of: SampleLedger().entries.reversed().suffix(13)))
    },
    LedgerAttack("a day after the restore is over", 15, "later than the ledger promises") {
      $0.entries[15] = try SampleLedger.purge(4, at: 1_086_401, after: "cancel")
      $0.entries[16] = try SampleLedger.purge(2, at: 1_086_401, after: "fail")
    },
    LedgerAttack("no word of a restore", nil, "of another ledger") {
      $0.entries.remove(at: 13)
      $0.held = [try SampleLedger.head(of: Array($0.entries[..<6]))]
    },
  ]

  /// The ledger that an attack of this group changes.
  static func victim(of attack: LedgerAttack) throws -> SampleLedger {
    if attack.name.hasPrefix("pruned: ") { return try .pruned() }
    if attack.name.hasPrefix("restored: ") { return try .restored() }
    return try SampleLedger()
  }

  static let all: [LedgerAttack] =
    onPruned.map { attack in
      LedgerAttack("pruned: " + attack.name, attack.index, attack.finding) {
        try attack.change(&$0)
        try $0.resign()
      }
    }
    + onRestored.map { attack in
      LedgerAttack("restored: " + attack.name, attack.index, attack.finding) {
        try attack.change(&$0)
        $0.checkpoint = try SampleLedger.head(of: $0.entries, by: SampleLedger.successor)
      }
    }
    + withoutKey + wrongHeads
    + (withKey + loose).map { attack in
      LedgerAttack("signed again: " + attack.name, attack.index, attack.finding) {
        try attack.change(&$0)
        try $0.resign()
      }
    }
}
