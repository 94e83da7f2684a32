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
  /// The quarters whose lookup key is destroyed, anywhere in the ledger.
  package private(set) var epochsDestroyed: Set<String> = []
  /// Lines of the ledger whose contents are gone; if there are any, one may have been of this case.
  package private(set) var pruned = 0

  package init(of id: String) { self.id = id }

  /// Takes the next line of the ledger, as the verifier took it.
  package mutating func take(_ step: LedgerVerifier.Step) {
    pruned += step.isPruned ? 1 : 0
    guard let entry = step.entry else { return }
    if entry.event == .epochDestroyed, let epoch = entry.fields["epoch"]?.string { epochsDestroyed.insert(epoch) }
    guard entry.case == id else { return }
    lines.append(Line(index: step.index, entry: entry))
    faults += step.faults.map { LedgerReport.Finding(index: step.index, text: $0) }
    if history == nil { history = CaseHistory(entry, at: step.index) } else { history?.take(entry, at: step.index) }
  }

  /// Ends the fold with what the verification remembers of the case.
  package mutating func finish(_ run: LedgerVerifier.Run) { promise = run.promise(of: id) }

  /// Whether it was purged as the ledger promises; nil if nothing was promised, or it is not purged.
  package var keptPromise: Bool? {
    guard promise?.seconds != nil, history?.purge != nil else { return nil }
    return !faults.contains { $0.text == CaseOrder.lateFault }
  }
}
