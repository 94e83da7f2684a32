/// What checking an export found.
package struct LedgerReport: Hashable, Sendable {
  /// One thing that is wrong.
  ///
  /// The text never repeats what an entry holds.
  package struct Finding: Hashable, Sendable {
    /// The entry it concerns, counted from 0; where only a range is known, the first it can be.
    package let index: Int?
    /// What is wrong, in words for an auditor.
    package let text: String

    package init(index: Int?, text: String) {
      self.index = index
      self.text = text
    }
  }

  /// Past this many findings the list ends: one fault early on can upset everything after it.
  package static let maximumFindings = 100

  /// How many entries were read.
  package let entries: Int
  /// How many of them were dropped after their retention, leaf hashes aside.
  package private(set) var pruned = 0
  /// What is wrong: the whole ledger first, then entry by entry.
  package private(set) var findings: [Finding]

  package init(entries: Int, findings: [Finding] = []) {
    self.entries = entries
    self.findings = findings
  }

  /// Whether nothing is wrong.
  package var ok: Bool { findings.isEmpty }

  mutating func countPruned() { pruned += 1 }

  mutating func add(_ text: String, at index: Int? = nil) {
    guard findings.count <= Self.maximumFindings else { return }
    findings.append(
      findings.count < Self.maximumFindings
        ? Finding(index: index, text: text)
        : Finding(index: index, text: "more findings from here on are left out"))
  }
}
