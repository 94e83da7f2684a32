/// Everything the ledger tells of one case, and what the whole ledger says for or against it: what a certificate of
/// deletion is made from.
package struct CaseAccount: Sendable {
  /// An entry of the case with its place.
  package struct Line: Sendable {
    package let index: Int
    package let entry: Entry
  }

  /// The case number.
  package let id: String
  package private(set) var lines: [Line] = []
  /// Nil as long as there is no entry.
  package private(set) var history: CaseHistory?
  /// What the verifier says against entries of this case.
  package private(set) var faults: [LedgerReport.Finding] = []
  /// What was promised when it was opened.
  package private(set) var promise: CasePromise?
  /// Where the newest entry says that the lookup key of a quarter is destroyed, or lost; one made later is another key.
  package private(set) var epochsDestroyed: [String: Int] = [:]
  /// Lines of the ledger whose contents are gone; if there are any, one may have been of this case.
  package private(set) var pruned = 0

  package init(of id: String) { self.id = id }

  /// Takes the next line of the ledger, as the verifier took it.
  package mutating func take(_ step: LedgerVerifier.Step) {
    pruned += step.isPruned ? 1 : 0
    guard let entry = step.entry else { return }
    if entry.event == .epochDestroyed, let epoch = entry.fields["epoch"]?.string {
      epochsDestroyed[epoch] = step.index
    }
    guard entry.case == id else { return }
    lines.append(Line(index: step.index, entry: entry))
    faults += step.faults.map { LedgerReport.Finding(index: step.index, text: $0) }
    if history == nil { history = CaseHistory(entry, at: step.index) } else { history?.take(entry, at: step.index) }
  }

  /// Ends the fold with what the verification remembers of the case.
  package mutating func finish(_ run: LedgerVerifier.Run) { promise = run.promise(of: id) }

  /// How many seconds later than promised it was purged, 0 if in time; nil if nothing was promised, or it is not purged.
  package var late: Int64? {
    guard let promise, let seconds = promise.seconds, let history, let purge = history.purge else { return nil }
    return max(0, purge.mark.seconds - history.opened.seconds - seconds - promise.lent)
  }

  /// Whether it was purged as the ledger promises.
  package var keptPromise: Bool? { late.map { $0 == 0 } }

  /// Whether the ledger's rules allow that it was late: by a day, or after a restore.
  package var isLateByRule: Bool { !faults.contains { $0.text == CaseOrder.lateFault } }

  /// True if the case came back from a backup without its key.
  package var wasLost: Bool { history?.ending?.event == .expire && history?.ending?.why == "lost" }

  /// True if the relay took the mail, or may have.
  package var mayBeSent: Bool { lines.contains { [.sent, .unknown].contains($0.entry.event) } }
}
