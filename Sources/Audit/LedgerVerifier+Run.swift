extension LedgerVerifier {
  /// A verification under way: the lines go in one by one, so that a ledger of any length fits.
  package struct Run {
    /// What was found so far; final after `finish`.
    package private(set) var report: LedgerReport
    /// True while the entries lead to the signed root, and to every root that is held.
    package private(set) var isSigned: Bool
    private let hasher = TreeHasher()
    private var frontier = MerkleFrontier()
    /// The largest head so far that agrees.
    private var agreed = 0
    private var next: ArraySlice<HeldHead>
    private var foreign: ForeignHeads
    private var trail = LedgerTrail()

    /// - Parameter entries: how many lines will be taken.
    package init(checkpoint: String, vkey: String, held: [String] = [], entries: Int) {
      var report = LedgerReport(entries: entries)
      let (origin, heads) = heads(checkpoint: checkpoint, vkey: vkey, held: held, entries: entries, &report)
      next = heads.filter { $0.origin == origin }[...]
      foreign = ForeignHeads(heads.filter { $0.origin != origin })
      isSigned = report.ok
      self.report = report
    }

    /// Takes the bytes of the next line; says what they are, and what is wrong with them by themselves or at this place.
    @discardableResult
    package mutating func take(_ bytes: [UInt8]) -> Step {
      compareHeads()
      let line = LedgerLine(bytes)
      let step = trail.follow(line, at: frontier.size, after: frontier)
      switch line {
      case .entry: frontier.push(hasher.leaf(bytes), hasher)
      case .pruned(let leaf): frontier.push(leaf, hasher)
      }
      if step.isPruned { report.countPruned() }
      for fault in step.faults { report.add(fault, at: step.index) }
      return step
    }

    /// Ends the verification; returns the places of the cases that should have been purged by now.
    @discardableResult
    package mutating func finish() -> [Int] {
      compareHeads()
      let overdue = trail.overdue
      for late in overdue {
        report.add("the case that begins here is not purged, though the ledger promises it", at: late)
      }
      if let fault = trail.faultOfPruning { report.add(fault.text, at: fault.index) }
      isSigned = foreign.judge(trail.predecessors, &report) && isSigned
      for head in next {
        isSigned = false
        report.add(
          "\(head.label) covers \(head.size) entries, but only \(frontier.size) are there", at: frontier.size)
      }
      next = []
      return overdue
    }

    /// What was promised for a case when it was opened.
    package func promise(of id: String) -> CasePromise? { trail.promise(of: id) }

    /// Compares every head of the size just reached with the root so far.
    private mutating func compareHeads() {
      foreign.meet(frontier)
      guard next.first?.size == frontier.size else { return }
      let root = frontier.root
      var agrees = false
      while let head = next.first, head.size == frontier.size {
        next.removeFirst()
        if head.root == root {
          agrees = true
        } else {
          isSigned = false
          report.add(
            "an entry from \(agreed) to \(head.size - 1) is not the one that \(head.label) covers", at: agreed)
        }
      }
      if agrees { agreed = frontier.size }
    }
  }

  /// One line of the ledger as it was taken.
  package struct Step: Sendable {
    /// Its place, counted from 0.
    package let index: Int
    /// What it says; nil if it is no entry, because that was dropped after its retention or is damaged.
    package let entry: Entry?
    /// True if only the hash of the entry is left.
    package let isPruned: Bool
    /// True for the afterword of a case whose own entries were dropped.
    package let isRemnant: Bool
    /// What is wrong, in words for an auditor.
    package let faults: [String]

    package init(index: Int, entry: Entry?, isPruned: Bool = false, isRemnant: Bool = false, faults: [String]) {
      self.index = index
      self.entry = entry
      self.isPruned = isPruned
      self.isRemnant = isRemnant
      self.faults = faults
    }
  }
}
