import Audit
import Cryptography
import Foundation
import Testing

@Suite("an export is accepted when it is honest, and each attack is named")
struct LedgerVerifierTests {
  @Test("the honest ledger has no findings, with and without held heads")
  func honest() throws {
    let ledger = try SampleLedger()
    for held in [[], ledger.held, [ledger.checkpoint]] {
      let report = ledger.export.verify(held: held)
      #expect(report.ok && report.findings == [] && report.entries == 22)
    }
  }

  @Test("what was dropped after its retention leaves root, held heads and the rest of the story as they were")
  func pruned() throws {
    let ledger = try SampleLedger.pruned()
    let report = ledger.export.verify(held: ledger.held)
    #expect(report.findings == [] && report.entries == 30 && report.pruned == 10)
  }

  @Test("a ledger that came back from a backup holds to the heads of the old one, as far as that came back")
  func restored() throws {
    let ledger = try SampleLedger.restored()
    #expect(ledger.held.count == 3)
    #expect(ledger.export.verify(held: ledger.held).findings == [])
    #expect(ledger.export.verify(held: [ledger.checkpoint]).ok)
  }

  @Test("an empty ledger can be exported from the first day on")
  func empty() throws {
    var ledger = try SampleLedger()
    ledger.entries = []
    try ledger.resign()
    #expect(ledger.export.verify(held: [ledger.held[0]]) == LedgerReport(entries: 0))
  }

  @Test("the files are what was hashed, and come back", arguments: [true, false])
  func files(lastLineFeed: Bool) throws {
    let export = try SampleLedger().export
    let files = Dictionary(uniqueKeysWithValues: export.files.map { ($0.name, $0.bytes) })
    #expect(files.keys.sorted() == ["checkpoint.txt", "ledger.jsonl", "vkey.txt"])
    let ledger = try #require(files["ledger.jsonl"])
    #expect(ledger.split(separator: 0x0A).map { Array($0) } == export.entries)
    let again = LedgerExport(
      ledger: lastLineFeed ? ledger : ledger.dropLast(),
      checkpoint: String(decoding: try #require(files["checkpoint.txt"]), as: UTF8.self),
      vkey: String(decoding: try #require(files["vkey.txt"]), as: UTF8.self))
    #expect(again == export)
    #expect(LedgerExport(ledger: [], checkpoint: "", vkey: "").entries == [])
  }

  @Test("every attack is found, and names its entry", arguments: LedgerAttack.all)
  func attacks(attack: LedgerAttack) throws {
    var ledger = try LedgerAttack.victim(of: attack)
    try attack.change(&ledger)
    let report = ledger.export.verify(held: ledger.held)
    #expect(!report.ok)
    #expect(
      report.findings.contains { $0.index == attack.index && $0.text.contains(attack.finding) },
      "\(report.findings)")
  }

  @Test("held heads: plain text and an earlier key count, a forged one does not")
  func heldHeads() throws {
    let ledger = try SampleLedger()
    let plain = try #require(ledger.held[1].range(of: "\n\n")).lowerBound
    let text = ledger.held[1][..<plain] + "\n"
    #expect(ledger.export.verify(held: [String(text)]).ok)
    let earlier = try NoteSigner(name: SampleLedger.signer.verifier.name, key: .generate())
    #expect(
      ledger.export.verify(held: [try SampleLedger.head(of: Array(ledger.entries[..<9]), by: earlier)]).ok)

    let forged = ledger.held[1].replacing("\n6\n", with: "\n7\n")
    let other = try Checkpoint(origin: "x.example", size: 0, root: MerkleTree.emptyRoot).text
    let fork = try SampleLedger.head(of: ledger.entries.dropLast() + [[1]])
    for (held, finding) in [
      (forged, "held checkpoint 1 cannot be used"), (other, "of another ledger"), ("", "cannot be used"),
      (fork, "held checkpoint 1 covers"),
    ] {
      let findings = ledger.export.verify(held: [held]).findings
      #expect(findings.count == 1 && findings.allSatisfy { $0.text.contains(finding) }, "\(findings)")
    }
  }

  @Test("a purge in the last second of what was promised is in time, whatever is promised afterwards")
  func promised() throws {
    var ledger = try SampleLedger()
    ledger.entries += [
      try SampleLedger.entry(.detect, 5, at: 200), try SampleLedger.entry(.config, nil, at: 201, ["purgeLatest": 1]),
      try SampleLedger.entry(.cancel, 5, at: 210), try SampleLedger.purge(5, at: 86_900 + 200, after: "cancel"),
    ]
    try ledger.resign()
    #expect(ledger.export.verify(held: ledger.held).findings == [])
  }

  @Test("a legal hold lends the purge its own time, also if it takes the place of another, and while it stands")
  func legalHold() throws {
    var ledger = try SampleLedger()
    let legal = { (event: EntryEvent, number: UInt8, seconds: Int64) in
      try SampleLedger.entry(event, number, at: seconds, ["legal": "litigation"])
    }
    ledger.entries += [
      try SampleLedger.entry(.cancel, 5, at: 200), try SampleLedger.entry(.cancel, 6, at: 200),
      try legal(.hold, 5, 300), try legal(.hold, 6, 300), try legal(.hold, 5, 400),
      try legal(.release, 5, 500_000), try SampleLedger.purge(5, at: 86_900 + 200 + 499_700, after: "cancel"),
      try SampleLedger.entry(.operator, nil, at: 9_000_000),
    ]
    try ledger.resign()
    #expect(ledger.export.verify(held: ledger.held).findings == [])
  }

  @Test("late bounces and what people do may follow a purge")
  func afterPurge() throws {
    var ledger = try SampleLedger()
    for (offset, event) in [EntryEvent.bounced, .hold, .release, .operator, .revoke, .restore].enumerated() {
      ledger.entries.append(try SampleLedger.entry(event, 1, at: 300 + Int64(offset)))
    }
    try ledger.resign()
    #expect(ledger.export.verify(held: ledger.held).findings == [])
  }

  @Test("the list of findings is bounded, and repeats nothing an entry holds")
  func boundedFindings() throws {
    var ledger = try SampleLedger()
    ledger.entries = Array(repeating: Array("mira.quill@harbour.example".utf8), count: 5000)
    try ledger.resign()
    let report = ledger.export.verify()
    var told: [Int] = []
    _ = LedgerVerifier.verify(entries: ledger.entries, checkpoint: ledger.checkpoint, vkey: ledger.vkey) {
      told.append($0)
    }
    #expect(told == [0])
    #expect(report.findings.count == 101)
    #expect(report.findings.allSatisfy { !$0.text.contains("mira") })
    #expect(report.findings.last?.text == "more findings from here on are left out")
  }
}
