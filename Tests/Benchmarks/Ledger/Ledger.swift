import Audit
import Cryptography
import Delivery
import Foundation
import Logging
import Mail
import Store

/// Measures the ledger at a length: `ledger ENTRIES DIRECTORY`.
///
/// Prints one line of JSON; times in seconds. The ratios compare with SHA-256 over the same bytes entry by entry, which no
/// check of a ledger can go without.
@main
enum Ledger {
  static let kek = SecretKey(Randomness.bytes(32))
  static let quiet = Logger(label: "ledger", factory: { _ in SwiftLogNoOpLogHandler() })

  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, let wanted = Int(arguments[1]), wanted > 1000 else {
      print("usage: ledger ENTRIES DIRECTORY")
      exit(2)
    }
    let signer = try Ed25519.PrivateKey.generate()
    func open() throws -> ApplianceStore {
      try ApplianceStore.open(
        dataDirectory: arguments[2], kek: kek, signer: signer, origin: "acme.example/refpassport/1", logger: quiet)
    }
    let now = SystemClock().now()
    var figures: [String: Double] = ["entries": Double(wanted)]
    do {
      let store = try open()
      figures["append_bulk"] = try seconds {
        for batch in stride(from: 0, to: wanted, by: 1000) {
          try store.append((batch..<min(batch + 1000, wanted)).map(draft), at: now)
        }
      }
      _ = try store.checkpoint(at: now)
      // One entry, one transaction, one wait for the disk each.
      figures["append_one"] = try seconds { for number in 0..<200 { try store.append([draft(number)], at: now) } } / 200
      figures["checkpoint"] = try seconds { _ = try store.checkpoint(at: now) }
      figures["prove"] =
        try seconds { for number in 0..<100 { _ = try store.proof(at: number * (wanted / 100)) } } / 100
      figures["prove_growth"] =
        try seconds { for number in 1...100 { _ = try store.consistencyProof(since: number * (wanted / 101)) } } / 100
    }
    figures["open"] = try seconds { _ = try open() }
    let reader = try ApplianceStore.reader(dataDirectory: arguments[2], logger: quiet)
    guard let checkpoint = try reader.lastCheckpoint(), let vkey = try reader.ledgerKey() else { return }
    var entries: [[UInt8]] = []
    figures["read"] = try seconds { entries = try reader.entries(0..<checkpoint.size) }
    figures["hash"] = seconds { for entry in entries { _ = MerkleTree.leafHash(entry) } }
    var report: LedgerReport?
    figures["verify"] = seconds {
      report = LedgerVerifier.verify(entries: entries, checkpoint: checkpoint.note, vkey: vkey)
    }
    guard report?.ok == true else {
      print("the ledger does not verify: \(String(describing: report?.findings.first))")
      exit(1)
    }
    // What a report on a year takes: the verification with the figures.
    let year = LedgerPeriod(
      from: "", to: "", timeZone: "UTC", seconds: now.seconds - 1..<now.seconds + 31_622_400, parts: [now.seconds - 1])
    var period = PeriodFigures(year)
    figures["report"] = seconds {
      var run = LedgerVerifier.Run(checkpoint: checkpoint.note, vkey: vkey, entries: entries.count)
      for bytes in entries { period.take(run.take(bytes)) }
      period.finish(overdue: run.finish())
    }
    guard period.entries == entries.count else {
      print("the report counts \(period.entries) entries")
      exit(1)
    }
    let hash = figures["hash"] ?? 1
    figures["open_to_hash"] = (figures["open"] ?? 0) / hash
    figures["verify_to_hash"] = (figures["verify"] ?? 0) / hash
    figures["verified_a_second"] = Double(checkpoint.size) / (figures["verify"] ?? 1)
    figures["appended_a_second"] = Double(wanted) / (figures["append_bulk"] ?? 1)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    print(String(decoding: try encoder.encode(figures), as: UTF8.self))
  }

  /// Entries of the usual length.
  private static func draft(_ number: Int) -> EntryDraft {
    let events: [EntryEvent] = [.detect, .config, .operator, .hold, .release]
    return EntryDraft(
      events[number % events.count],
      [
        "sha256": .string(Base64URL.encode(SHA256.hash(Array("entry \(number)".utf8)))),
        "number": .integer(Int64(number)),
      ])
  }

  private static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let time = try ContinuousClock().measure(body)
    return Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
  }
}
