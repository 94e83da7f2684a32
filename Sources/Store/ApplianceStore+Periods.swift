package import Audit
import Foundation
import GRDB
package import Mail

// What a report on a period asks of the checkpoints.
extension ApplianceStore {
  /// The newest checkpoint that was signed before a time; nil if there is none.
  package func checkpoint(signedBefore time: Timestamp) throws -> KeptCheckpoint? {
    try look { database in
      try database.first(
        "SELECT size, note, at FROM checkpoint WHERE at < ? ORDER BY size DESC LIMIT 1", [time.seconds]
      ).map(KeptCheckpoint.init)
    }
  }

  /// The proof that the ledger of one checkpoint begins with that of an older one; nil if the older one is larger.
  package func consistencyProof(from old: KeptCheckpoint, to new: KeptCheckpoint) throws -> ConsistencyProof? {
    try look { try Self.consistencyProof(from: old.size, to: new, in: $0) }
  }
}
