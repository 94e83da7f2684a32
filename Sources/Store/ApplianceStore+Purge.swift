import Cryptography
package import Delivery
import Foundation
package import Mail
import Synchronization

extension ApplianceStore: CasePurger {
  package func purge(_ batch: [Case], at now: Timestamp) throws -> [PurgeResult] {
    try purge(batch, at: now, with: try Purger(self))
  }

  /// One purge at a time.
  func purge(_ batch: [Case], at now: Timestamp, with purger: Purger) throws -> [PurgeResult] {
    try purging.withLock { _ in try purger.purge(batch, at: now) }
  }

  var ownRoot: ScanRoot { ScanRoot(path: directory.path, kind: .own) }

  /// The other directories to look into, as far as they were written since the oldest case was opened.
  func sharedRoots(since seconds: Int64) -> [ScanRoot] {
    extraRoots.map { ScanRoot(path: $0, kind: .shared(since: seconds)) }
  }

  /// Everything of a case that must lie nowhere in clear. Empty if its key is gone: then nobody can tell any more.
  func needles(of id: CaseID) throws -> [Needle] {
    var needles = Needles(case: id, vocabulary: vocabulary)
    let vault = CaseVault(self)
    do {
      if let facts = try part(.facts, of: id, vault.facts) { needles.add(facts) }
      if let envelope = try part(.envelope, of: id, vault.envelope) { needles.add(address: envelope.recipient) }
      if let employee = try part(.employee, of: id, vault.employee) { needles.add(employee: employee) }
      if let salt = try part(.salt, of: id, vault.salt) { needles.add(salt: salt) }
    } catch CaseStoreError.keyGone {
      return []
    }
    return needles.all
  }

  /// A part, nil if it was never sealed.
  private func part<Value>(_ part: SealedPart, of id: CaseID, _ read: (CaseID) throws -> Value) throws -> Value? {
    try unseal(part, of: id) == nil ? nil : try read(id)
  }
}
