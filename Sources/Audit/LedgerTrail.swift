/// What has to be remembered from line to line: the time, the configuration's promises, and each case's order.
struct LedgerTrail {
  private var seconds: Int64 = 0
  private var cases: [String: CaseOrder] = [:]
  private var pruning = PruningCheck()
  /// The ledgers that this one goes on from, oldest first.
  private(set) var predecessors: [Checkpoint] = []

  /// Takes the next line; `frontier` is the edge of the tree over all lines before it.
  mutating func follow(_ line: LedgerLine, at index: Int, after frontier: MerkleFrontier) -> LedgerVerifier.Step {
    func step(_ entry: Entry?, _ faults: [String]) -> LedgerVerifier.Step {
      let isRemnant = entry?.case.flatMap { cases[$0]?.isRemnant } ?? false
      return LedgerVerifier.Step(index: index, entry: entry, isRemnant: isRemnant, faults: faults)
    }
    guard case .entry(let bytes) = line else {
      return LedgerVerifier.Step(index: index, entry: nil, isPruned: true, faults: pruning.skip(index))
    }
    let entry: Entry
    do {
      entry = try Entry(parsing: bytes)
    } catch {
      return step(nil, ["the entry is not well formed: \(error.reason)"])
    }
    var faults = entry.seconds < seconds ? ["the time is before that of an earlier entry"] : []
    seconds = max(seconds, entry.seconds)
    pruning.take(entry)
    if let id = entry.case {
      let order = CaseOrder(
        opened: index, at: entry.seconds, promise: pruning.promise.purgeLatest,
        remnant: pruning.hasPruned && entry.event == .revoke)
      faults += cases[id, default: order].take(entry)
    } else if entry.event == .restore {
      faults += succeed(by: entry, at: index, after: frontier)
    }
    return step(entry, faults)
  }

  /// Where the cases begin that are late when the last line is read.
  var overdue: [Int] { cases.values.filter { $0.isOverdue(at: seconds) }.map(\.opened).sorted() }

  /// What is wrong with what was dropped, when the last line is read.
  var faultOfPruning: (text: String, index: Int)? { pruning.fault }

  func promise(of id: String) -> CasePromise? {
    cases[id].map { CasePromise(seconds: $0.promise, lent: $0.lent) }
  }

  /// The time that a restore lost cannot be made good: cases that came back have a day from then on, if they have no more.
  private mutating func succeed(by entry: Entry, at index: Int, after frontier: MerkleFrontier) -> [String] {
    guard let succession = Succession(entry) else { return ["restore that does not cite the ledger it goes on from"] }
    guard succession.checkpoint.size == index, succession.checkpoint.root == frontier.root else {
      return ["restore that cites another ledger than the one before it"]
    }
    predecessors.append(succession.checkpoint)
    for id in cases.keys { cases[id]?.cameBack(at: entry.seconds) }
    return []
  }
}
