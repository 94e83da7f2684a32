package import Audit
import Delivery
import Mail

/// The certificate that everything personal in one case was destroyed, as the ledger tells it.
///
/// Of the entries it shows what, when and in which place, but neither their commitments nor their lookup tags: it may be
/// handed to the person it is about, and by them to others.
package struct DeletionCertificate: Sendable {
  let account: CaseAccount
  let ledger: LedgerEvidence
  /// False if the entries do not lead to the signed root.
  let isSigned: Bool
  let proof: TlogProof
  /// How long after its quarter a lookup key is kept, in seconds.
  let lookupRetention: Int64

  /// - Parameters:
  ///   - account: a finished fold over the whole ledger.
  ///   - isSigned: whether the ledger's entries lead to the checkpoint of `ledger`.
  ///   - proof: the receipt of the case's `purge` entry, with the entry in it.
  ///   - lookupRetention: `audit.lookup_retention` in seconds.
  package init(
    account: CaseAccount, ledger: LedgerEvidence, isSigned: Bool, proof: TlogProof, lookupRetention: Int64
  ) {
    self.account = account
    self.ledger = ledger
    self.isSigned = isSigned
    self.proof = proof
    self.lookupRetention = lookupRetention
  }

  /// Where the case stands, for somebody who asks for a certificate too early; nil if it is purged.
  package static func stands(_ account: CaseAccount) -> String? {
    guard let history = account.history, history.purge == nil else { return nil }
    return PaperWords.stands(history)
  }

  func check() throws(PaperFailure) {
    guard isSigned else { throw .ledgerAltered }
    if let stands = Self.stands(account) { throw .notPurged(stands: stands) }
    guard let purge = account.history?.purge, purge.hits == 0, !purge.scope.isEmpty else { throw .notClean }
  }

  /// A quarter in which entries of the case bear a keyed tag of the address.
  struct Tags: Hashable, Sendable {
    let epoch: Epoch
    var indices: [Int]
    let isDestroyed: Bool
    /// When its key is destroyed, at the earliest.
    let until: Timestamp
  }

  var tags: [Tags] {
    var found: [Tags] = []
    for line in account.lines where line.entry.fields["tag"] != nil {
      let epoch = Epoch(of: Timestamp(seconds: line.entry.seconds))
      let isDestroyed = account.epochsDestroyed[epoch.description].map { $0 > line.index } ?? false
      if let place = found.firstIndex(where: { $0.epoch == epoch && $0.isDestroyed == isDestroyed }) {
        found[place].indices.append(line.index)
      } else {
        found.append(
          Tags(
            epoch: epoch, indices: [line.index], isDestroyed: isDestroyed, until: epoch.end + lookupRetention))
      }
    }
    return found
  }
}
