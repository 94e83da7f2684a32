import Audit
import Foundation
import Mail

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
