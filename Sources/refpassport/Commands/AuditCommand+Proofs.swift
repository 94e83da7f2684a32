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

  struct CheckpointCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "checkpoint", abstract: "Prints the newest signed checkpoint; keep it to hold the ledger to it.",
      discussion: """
        With --since it prints the proof that the ledger only grew since a checkpoint you kept (the body of add-checkpoint \
        of c2sp.org/tlog-witness). Check it anywhere: refpassport audit verify FILE --held YOURS --vkey KEY
        With --timestamp it takes the newest checkpoint that bears an authority's timestamp (RFC 3161).
        """)
    @OptionGroup var options: ConfigOptions
    @Option(help: "A checkpoint you kept: prints the proof that the newest one extends it.") var since: String?
    @Option(help: "Take the newest checkpoint that bears a timestamp, and write that to this file (.tsr).")
    var timestamp: String?
    @Option(name: [.short, .long], help: "Write it to this file instead of standard output.") var out: String?
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      let reader = try Wiring.reader(options)
      if let timestamp { return try timestamped(timestamp, in: reader) }
      let (newest, vkey) = try LedgerFiles.head(of: reader)
      let proof = try since.map { try consistency(since: $0, in: reader).serialised }
      if let out { try ProofFile.write(proof ?? newest.note, to: out) }
      if json {
        try Terminal.json(CheckpointDocument(checkpoint: newest.note, vkey: vkey, size: newest.size, proof: proof))
      } else if let out {
        Terminal.say("\(proof == nil ? "Checkpoint" : "Proof") over \(newest.size) entries written to \(out).")
      } else {
        Terminal.say(proof.map { String($0.dropLast()) } ?? newest.note + "\nVerifier key: " + vkey)
      }
    }

    private func timestamped(_ file: String, in reader: ApplianceStore) throws {
      guard since == nil else {
        throw CommandFailure(.usage, "--timestamp and --since ask for different checkpoints: give one of them.")
      }
      let vkey = try LedgerFiles.head(of: reader).vkey
      guard let (checkpoint, token) = try reader.lastTimestamped() else {
        throw CommandFailure(
          .no, "No checkpoint bears a timestamp yet: `refpassport check` tells whether audit.timestamp_url answers.")
      }
      try ProofFile.write(token.reply, to: file)
      if let out { try ProofFile.write(checkpoint.note, to: out) }
      let time = token.at.iso8601
      if json {
        return try Terminal.json(
          CheckpointDocument(
            checkpoint: checkpoint.note, vkey: vkey, size: checkpoint.size,
            timestamp: Base64Standard.encode(token.reply), time: time))
      }
      if let out {
        Terminal.say(
          "Checkpoint over \(checkpoint.size) entries written to \(out), its timestamp of \(time) to \(file).")
      } else {
        Terminal.say("\(checkpoint.note)\nVerifier key: \(vkey)\nIts timestamp of \(time) was written to \(file).")
      }
    }

    private func consistency(since file: String, in reader: ApplianceStore) throws -> ConsistencyProof {
      let old = try ProofFile.checkpoint(file)
      guard let root = try reader.root(size: old.size), let proof = try reader.consistencyProof(since: old.size) else {
        throw CommandFailure(
          .no,
          "\(file) covers \(old.size) entries, and the newest checkpoint fewer: the ledger was rolled back, or it is of another ledger."
        )
      }
      guard root == old.root else {
        throw CommandFailure(
          .no,
          "One of the first \(old.size) entries is not the one that \(file) covers: keep that file, it is evidence.")
      }
      return proof
    }
  }
}

/// The texts of checkpoints and proofs as files.
enum ProofFile {
  /// A checkpoint, signed or bare.
  static func checkpoint(_ file: String) throws -> Checkpoint {
    let text = try LedgerFiles.text(file)
    do {
      return try Checkpoint(parsing: (try? SignedNote(parsing: text))?.text ?? text)
    } catch {
      throw CommandFailure(.usage, "\(file) holds no checkpoint: \(error.reason).")
    }
  }

  static func write(_ text: String, to file: String) throws { try write(Array(text.utf8), to: file) }

  static func write(_ bytes: [UInt8], to file: String) throws {
    do {
      try Data(bytes).write(to: URL(filePath: file), options: .atomic)
    } catch {
      throw CommandFailure(.outside, "\(file) cannot be written: is its directory there, and may you write to it?")
    }
  }

  /// What a receipt or a consistency proof shows; nil if the text is neither.
  static func verify(_ text: String, vkey: String, held: [String]) throws -> ProofVerdict? {
    let verifier: NoteVerifier
    do { verifier = try NoteVerifier(vkey: vkey) } catch {
      throw CommandFailure(.usage, "The verifier key cannot be used: \(error.reason).")
    }
    do {
      if text.hasPrefix("c2sp.org/tlog-proof@") {
        let proof = try TlogProof(parsing: text)
        guard let bytes = proof.extra else { throw AuditError.malformedProof(reason: "the receipt holds no entry") }
        let entry = try Entry(parsing: bytes)
        let head = try proof.verify(entryBytes: bytes, by: verifier)
        return ProofVerdict(
          ok: true,
          detail:
            "The receipt holds: entry \(proof.index), \(entry.event.rawValue) at \(Timestamp(seconds: entry.seconds).iso8601)"
            + (entry.case.map { " of case \($0)" } ?? "") + ", is one of \(head.size) in \(head.origin).",
          entry: String(decoding: bytes, as: UTF8.self), size: head.size)
      }
      guard text.hasPrefix("old ") else { return nil }
      let proof = try ConsistencyProof(parsing: text)
      guard let file = held.first else {
        throw CommandFailure(
          .usage, "Give the older checkpoint with --held FILE: the proof says how it goes on from there.")
      }
      let head = try proof.verify(since: try checkpoint(file), by: verifier)
      return ProofVerdict(
        ok: true,
        detail: "The ledger only grew: \(head.size) entries, of which the first \(proof.oldSize) are as they were.",
        size: head.size)
    } catch let error as AuditError {
      return ProofVerdict(ok: false, detail: "The proof does NOT hold: \(error.reason).")
    }
  }
}

/// What `audit verify` says of a receipt or a consistency proof.
struct ProofVerdict: Encodable {
  var ok: Bool
  var detail: String
  var entry: String?
  var size: Int?
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

private struct CheckpointDocument: Encodable {
  var checkpoint: String
  var vkey: String
  var size: Int
  var proof: String?
  /// The authority's answer, base64, and the time it tells.
  var timestamp: String?
  var time: String?
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
