/// Checks an exported ledger as a stranger can: with the export, a key, and heads kept from earlier.
///
/// 1. The checkpoint bears the key's signature, and covers exactly the entries.
/// 2. The root over the raw bytes is the signed one, and the root over each prefix is that of every head held.
/// 3. Every entry is canonical and well formed, and no time lies before the one above it.
/// 4. Every case keeps its order, and is purged within the time that the `config` entry before it promises (`CaseOrder`).
/// 5. What was dropped was old enough, and an entry says so (`Pruning`).
/// 6. A ledger that came back from a backup cites what it goes on from (`Succession`).
///
/// A root tells that something differs, not where: a finding then names the first entry it can be, which is
/// the one after the largest head that still agrees. What this cannot show is an event that was never entered.
package enum LedgerVerifier {
  /// The field of a `config` entry that promises: seconds from a case's first entry to its purge, at most.
  package static let promiseField = "purgeLatest"
  /// The field of a `hold` or `release` entry that suspends or resumes a purge: the legal reason.
  package static let legalField = "legal"

  /// Checks `entries` (raw bytes, in order) against the signed `checkpoint` note and the `vkey`.
  ///
  /// `held` are notes or plain checkpoint texts kept from earlier. One that bears a signature under this key
  /// must bear a valid one; one signed by an earlier key counts by its root, because its holder vouches for it. It may
  /// be one of a ledger that this one goes on from.
  ///
  /// - Parameter progress: is told now and then how many entries are done.
  package static func verify(
    entries: [[UInt8]], checkpoint: String, vkey: String, held: [String] = [],
    progress: (Int) -> Void = { _ in }
  ) -> LedgerReport {
    var run = Run(checkpoint: checkpoint, vkey: vkey, held: held, entries: entries.count)
    for (index, bytes) in entries.enumerated() {
      run.take(bytes)
      if index.isMultiple(of: 1 << 14) { progress(index) }
    }
    run.finish()
    return run.report
  }

  /// The ledger's name, and the roots to compare with, smallest first.
  static func heads(
    checkpoint: String, vkey: String, held: [String], entries: Int, _ report: inout LedgerReport
  ) -> (origin: String, heads: [HeldHead]) {
    var heads: [HeldHead] = []
    let verifier: NoteVerifier
    let signed: Checkpoint
    do {
      verifier = try NoteVerifier(vkey: vkey)
    } catch {
      report.add("the key cannot be used: \(error.reason)")
      return ("", [])
    }
    do {
      signed = try verifier.checkpoint(in: SignedNote(parsing: checkpoint))
    } catch {
      report.add("the checkpoint cannot be trusted: \(error.reason)")
      return ("", [])
    }
    heads.append(HeldHead("the checkpoint", signed))
    if signed.size < entries {
      report.add("the checkpoint covers only the \(signed.size) entries before this one", at: signed.size)
    }
    for (number, text) in held.enumerated() {
      let label = "held checkpoint \(number + 1)"
      do {
        heads.append(HeldHead(label, try heldCheckpoint(text, verifier)))
      } catch {
        report.add("\(label) cannot be used: \(error.reason)")
      }
    }
    return (signed.origin, heads.sorted { $0.size < $1.size })
  }

  private static func heldCheckpoint(
    _ text: String, _ verifier: NoteVerifier
  ) throws(AuditError) -> Checkpoint {
    guard let note = try? SignedNote(parsing: text) else { return try Checkpoint(parsing: text) }
    if note.signatures.contains(where: { $0.name == verifier.name && $0.keyID == verifier.keyID }) {
      return try verifier.checkpoint(in: note)
    }
    return try Checkpoint(parsing: note.text)
  }
}
