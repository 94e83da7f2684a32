import Cryptography
package import Delivery
import Foundation
package import Mail
import Synchronization

extension ApplianceStore: CasePurger {
  package func purge(_ batch: [Case], at now: Timestamp) throws -> [PurgeResult] {
    try purge(batch, at: now, with: try Purger(self))
  }

  /// The same, and tells of every step when it has been done.
  package func purge(
    _ batch: [Case], at now: Timestamp, watch: @escaping @Sendable (PurgeStep) -> Void
  ) throws -> [PurgeResult] {
    try purge(batch, at: now, with: try Purger(self) { watch($0) })
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

  /// Everything of a case that must lie nowhere in clear.
  ///
  /// Empty if its key is gone: then nobody can say it any more.
  func needles(of id: CaseID) throws -> [Needle] {
    var needles = Needles(case: id, vocabulary: vocabulary)
    let vault = CaseVault(self)
    if let facts = try CaseVault.readable(try vault.facts(of: id)) { needles.add(facts) }
    if let envelope = try CaseVault.readable(try vault.envelope(of: id)) { needles.add(address: envelope.recipient) }
    if let employee = try CaseVault.readable(try vault.employee(of: id)) { needles.add(employee: employee) }
    if let salt = try CaseVault.readable(try vault.salt(of: id)) { needles.add(salt: salt) }
    return needles.all
  }
}
