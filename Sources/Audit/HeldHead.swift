/// A root that the entries must lead to at some size.
struct HeldHead {
  /// What findings call it.
  let label: String
  let origin: String
  let size: Int
  let root: [UInt8]

  init(_ label: String, _ checkpoint: Checkpoint) {
    self.label = label
    (origin, size, root) = (checkpoint.origin, checkpoint.size, checkpoint.root)
  }
}

/// Heads of other ledgers: one counts if the ledger goes on from that other one, as far as that one came back.
///
/// Which ledgers those are is known only when all entries are read.
struct ForeignHeads {
  private var waiting: ArraySlice<HeldHead>
  private var met: [(head: HeldHead, agrees: Bool)] = []

  /// - Parameter heads: smallest first.
  init(_ heads: [HeldHead]) { waiting = heads[...] }

  /// Compares the heads of the size just reached.
  mutating func meet(_ frontier: MerkleFrontier) {
    while let head = waiting.first, head.size == frontier.size {
      met.append((waiting.removeFirst(), head.root == frontier.root))
    }
  }

  /// Says which heads do not hold; true if all do.
  ///
  /// - Parameter predecessors: the ledgers that this one goes on from.
  func judge(_ predecessors: [Checkpoint], _ report: inout LedgerReport) -> Bool {
    let before = report.findings.count
    for (head, agrees) in met + waiting.map({ ($0, false) }) {
      guard let reach = predecessors.last(where: { $0.origin == head.origin })?.size else {
        report.add("\(head.label) is of another ledger")
        continue
      }
      if head.size > reach {
        report.add(
          "\(head.label) covers \(head.size) entries of \(head.origin), of which only \(reach) came back from a backup",
          at: reach)
      } else if !agrees {
        report.add("an entry before \(head.size) is not the one that \(head.label) covers", at: 0)
      }
    }
    return report.findings.count == before
  }
}
