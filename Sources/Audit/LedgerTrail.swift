/// What has to be remembered from line to line: the time, the configuration's promises, and each case's order.
struct LedgerTrail {
  private var seconds: Int64 = 0
  private var cases: [String: CaseOrder] = [:]
  /// What the newest configuration promises.
  private var promise: Int64?
  private var pruning = PruningCheck()
  /// The ledgers that this one goes on from, oldest first.
  private(set) var predecessors: [Checkpoint] = []

  /// Takes the line of an entry; `frontier` is the edge of the tree over all lines before it.
  mutating func follow(
    _ bytes: [UInt8], at index: Int, after frontier: MerkleFrontier, _ report: inout LedgerReport
  ) {
    let entry: Entry
    do {
      entry = try Entry(parsing: bytes)
    } catch {
      report.add("the entry is not well formed: \(error.reason)", at: index)
      return
    }
    if entry.seconds < seconds { report.add("the time is before that of an earlier entry", at: index) }
    seconds = max(seconds, entry.seconds)
    if entry.event == .config { promise = entry.fields[LedgerVerifier.promiseField]?.integer ?? promise }
    pruning.take(entry)
    guard let id = entry.case else {
      if entry.event == .restore { succeed(by: entry, at: index, after: frontier, &report) }
      return
    }
    let order = CaseOrder(
      opened: index, at: entry.seconds, promise: promise, remnant: pruning.hasPruned && entry.event == .revoke)
    for fault in cases[id, default: order].take(entry) { report.add(fault, at: index) }
  }

  /// Takes the line of an entry that was dropped.
  mutating func skip(_ index: Int, _ report: inout LedgerReport) {
    pruning.skip(index)
    report.countPruned()
  }

  /// What is still open when the last line is read.
  func end(_ report: inout LedgerReport) {
    for late in cases.values.filter({ $0.isOverdue(at: seconds) }).map(\.opened).sorted() {
      report.add("the case that begins here is not purged, though the ledger promises it", at: late)
    }
    if let fault = pruning.fault { report.add(fault.text, at: fault.index) }
  }

  private mutating func succeed(
    by entry: Entry, at index: Int, after frontier: MerkleFrontier, _ report: inout LedgerReport
  ) {
    guard let succession = Succession(entry) else {
      return report.add("restore that does not cite the ledger it goes on from", at: index)
    }
    guard succession.checkpoint.size == index, succession.checkpoint.root == frontier.root else {
      return report.add("restore that cites another ledger than the one before it", at: index)
    }
    predecessors.append(succession.checkpoint)
  }
}
