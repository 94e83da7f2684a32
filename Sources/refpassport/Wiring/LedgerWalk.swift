import Audit
import Reference
import Store

/// Goes once through the ledger of a store and verifies it on the way, in short transactions beside a running daemon.
struct LedgerWalk {
  let reader: ApplianceStore
  /// The signed checkpoint, and how many entries it covers: entries after them are left alone.
  let checkpoint: String
  let size: Int
  let vkey: String
  /// Checkpoints the ledger must still contain.
  var held: [String] = []

  /// Entries in one transaction.
  private static let page = 10_000

  /// Gives each line of the ledger to `body`; returns the finished verification, and the places where the cases begin that
  /// should have been purged by now.
  func run(_ body: (LedgerVerifier.Step) -> Void) throws -> (run: LedgerVerifier.Run, overdue: [Int]) {
    var run = LedgerVerifier.Run(checkpoint: checkpoint, vkey: vkey, held: held, entries: size)
    for first in stride(from: 0, to: size, by: Self.page) {
      for bytes in try reader.entries(first..<min(first + Self.page, size)) { body(run.take(bytes)) }
      if Terminal.isInteractive { Terminal.redraw("\(first) of \(size) entries read") }
    }
    if Terminal.isInteractive { Terminal.redraw("") }
    let overdue = run.finish()
    return (run, overdue)
  }

  /// Makes something of a walk; once more, twice at most, if the ledger did not verify and went on meanwhile: entries may
  /// have been dropped behind the walk's back, whose word stands after the checkpoint it began with.
  static func steadily<Value>(
    _ reader: ApplianceStore, _ body: () throws -> (value: Value, run: LedgerVerifier.Run)
  ) throws -> Value {
    for _ in 0..<2 {
      let before = try reader.lastCheckpoint()?.size
      let (value, run) = try body()
      if try run.report.ok || reader.lastCheckpoint()?.size == before { return value }
    }
    return try body().value
  }

  /// What was found out about the whole ledger.
  func evidence(_ run: LedgerVerifier.Run) -> LedgerEvidence {
    LedgerEvidence(vkey: vkey, entries: size, checkpoint: checkpoint, verification: run.report)
  }
}
