import ArgumentParser
import Audit
import Cryptography
import Delivery
import Foundation
import Mail
import Store

extension AuditCommand {
  struct Prove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Prints a receipt for one entry, which anybody can check without the ledger and without us.",
      discussion: """
        The receipt (c2sp.org/tlog-proof@v1) holds the entry, its place, the hashes up to the root, and the signed checkpoint. \
        Check it anywhere: refpassport audit verify FILE --vkey KEY
        """)
    @OptionGroup var options: ConfigOptions
    @Argument(help: "The case, or the index of an entry as `audit list` shows it.") var subject: String
    @Option(help: "Of a case: the newest entry of this event, such as purge; left out: its newest entry.")
    var event: EntryEvent?
    @Option(name: [.short, .long], help: "Write the receipt to this file instead of standard output.") var out: String?
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      let reader = try Wiring.reader(options)
      let index = try entryIndex(subject, event, in: reader)
      if case .pruned? = try reader.entries(index..<index + 1).first.map({ LedgerLine($0) }) {
        throw CommandFailure(
          .no, "Entry \(index) was dropped after its retention (audit.entry_retention); earlier receipts still hold.")
      }
      guard let proof = try reader.proof(at: index) else {
        throw CommandFailure(
          .no, "No checkpoint covers entry \(index) yet; the appliance signs the next one with its next step.")
      }
      if let out { try ProofFile.write(proof.serialised, to: out) }
      if json {
        try Terminal.json(
          ProofDocument(index: index, entry: proof.extra ?? [], proof: proof.serialised, checkpoint: proof.checkpoint))
      } else if let out {
        Terminal.say("Receipt for entry \(index) written to \(out).")
      } else {
        Terminal.say(String(proof.serialised.dropLast()))
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows entries exactly as they are stored and hashed: all of a case, or one by its index.")
    @OptionGroup var options: ConfigOptions
    @Argument(help: "The case, or the index of an entry as `audit list` shows it.") var subject: String
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      let reader = try Wiring.reader(options)
      let covered = try reader.lastCheckpoint()?.size ?? 0
      let places =
        if let index = Int(subject), 0..<(try reader.size()) ~= index {
          try reader.entries(index..<index + 1).map { (index: index, bytes: $0) }
        } else { try Int(subject) == nil ? reader.places(of: try caseID(subject)) : [] }
      let rows = places.map { ShownEntry($0.index, $0.bytes, covered: covered) }
      guard !rows.isEmpty else { throw CommandFailure(.no, "The ledger holds no such entry.") }
      if json { return try Terminal.json(["entries": rows]) }
      for row in rows {
        Terminal.say(
          "entry \(row.index), leaf \(row.leaf)\(row.covered ? "" : ", not yet under a checkpoint")\n\(row.entry)")
      }
    }
  }
}

private struct ProofDocument: Encodable {
  var index: Int
  var entry: String
  var proof: String
  var checkpoint: String

  init(index: Int, entry: [UInt8], proof: String, checkpoint: SignedNote) {
    self.index = index
    self.entry = String(decoding: entry, as: UTF8.self)
    self.proof = proof
    self.checkpoint = checkpoint.serialised
  }
}

private struct ShownEntry: Encodable {
  var index: Int
  /// The stored bytes.
  var entry: String
  /// Its leaf hash, base64.
  var leaf: String
  /// True if the newest checkpoint signs it.
  var covered: Bool

  init(_ index: Int, _ bytes: [UInt8], covered: Int) {
    self.index = index
    entry = String(decoding: bytes, as: UTF8.self)
    leaf = Base64Standard.encode(LedgerLine(bytes).leafHash)
    self.covered = index < covered
  }
}

extension EntryEvent: ExpressibleByArgument {}

/// The entry that is meant: by its index, or as the newest of a case.
private func entryIndex(_ subject: String, _ event: EntryEvent?, in reader: ApplianceStore) throws -> Int {
  if let index = Int(subject) {
    guard event == nil else { throw CommandFailure(.usage, "--event goes with a case, not with an index.") }
    guard 0..<(try reader.size()) ~= index else { throw CommandFailure(.no, "The ledger holds no entry \(index).") }
    return index
  }
  let id = try caseID(subject)
  guard let index = try reader.index(of: id, event: event) else {
    throw CommandFailure(
      .no, "The ledger holds no \(event?.rawValue ?? "") entry of case \(id).".replacing("  ", with: " "))
  }
  return index
}
