import ArgumentParser
import Audit
import Cryptography
import Delivery
import Foundation
import Mail
import Store

extension AuditCommand {
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

private struct CheckpointDocument: Encodable {
  var checkpoint: String
  var vkey: String
  var size: Int
  var proof: String?
  /// The authority's answer, base64, and the time it tells.
  var timestamp: String?
  var time: String?
}
