package import Audit
package import Delivery
import Foundation
import GRDB
package import Mail

extension ApplianceStore: AuditLedger {
  @discardableResult
  package func append(_ drafts: [EntryDraft], at now: Timestamp) throws -> Int {
    let book = try owned().book
    return try book.transaction { database, head in
      try book.append(drafts, to: &head, at: now, in: database)
    }
  }

  package func size() throws -> Int {
    try look { try $0.first("SELECT count(*) AS size FROM entry")?["size"] ?? 0 }
  }

  package func checkpoint(at now: Timestamp) throws -> String {
    let book = try owned().book
    return try book.transaction { try book.checkpoint(of: $1, at: now, in: $0) }
  }

  package func proof(of event: EntryEvent, case id: CaseID, at now: Timestamp) throws -> TlogProof {
    let book = try owned().book
    return try book.transaction { database, head in
      let tree = LedgerTree(database: database)
      let note = try book.checkpoint(of: head, at: now, in: database)
      guard
        let index = try tree.newest(of: id, event: event),
        let proof = try tree.proof(at: index, size: head.frontier.size, note: note)
      else { throw StoreError.noSuchEntry(id) }
      return proof
    }
  }
}
