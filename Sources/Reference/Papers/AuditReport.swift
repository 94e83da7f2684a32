package import Audit
import Mail

/// The report on a period, as the ledger tells it.
package struct AuditReport: Sendable {
  /// That the ledger only grew between two checkpoints.
  package struct Growth: Sendable {
    /// The older checkpoint, a signed note.
    package let start: String
    package let proof: ConsistencyProof

    package init(start: String, proof: ConsistencyProof) {
      self.start = start
      self.proof = proof
    }
  }

  let figures: PeriodFigures
  let ledger: LedgerEvidence
  /// The newest checkpoints that were signed before the period began and before it ended; nil if there is none.
  let start: String?
  let end: String?
  /// Nil unless both exist.
  let growth: Growth?

  /// - Parameters:
  ///   - figures: a finished fold over the whole ledger.
  ///   - start, end: the newest checkpoints signed before the period began, and before it ended.
  ///   - growth: the proof between the two.
  package init(figures: PeriodFigures, ledger: LedgerEvidence, start: String?, end: String?, growth: Growth?) {
    self.figures = figures
    self.ledger = ledger
    self.start = start
    self.end = end
    self.growth = growth
  }

  /// Times to which the JSON tells how many took no longer: what a plot needs.
  static let ladder: [Int64] = [
    10, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 86_400, 2 * 86_400, 5 * 86_400, 7 * 86_400, 10 * 86_400,
    14 * 86_400, 21 * 86_400, 30 * 86_400, 45 * 86_400, 60 * 86_400, 90 * 86_400,
  ]
}
