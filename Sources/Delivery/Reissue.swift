import Audit
import Cryptography
package import Logging
package import Mail

/// Makes a new case for a leaver whose old one is purged: a lost reference, a fact that was wrong. The old reference is
/// revoked in the same step.
package struct Reissue: Sendable {
  private let store: any CaseStore
  private let departures: any DepartureLog
  private let admission: Admission
  private let logger: Logger

  package init(store: any CaseStore, departures: any DepartureLog, admission: Admission, logger: Logger) {
    self.store = store
    self.departures = departures
    self.admission = admission
    self.logger = logger
  }

  /// Reads the person in Bob again, twice, and opens the new case; held at once if something in the facts forbids it.
  ///
  /// - Parameter employee: Bob's number of the person.
  /// - Throws: `DeskFailure`, `LeaverSourceFailure`.
  package func make(
    employee: String, from source: any LeaverSource, by actor: CaseDesk.Actor, at now: Timestamp
  ) async throws -> Case {
    let (departure, reading) = try await source.revisit(employee: employee) { person in
      guard let known = try departures.handled()[person], let old = known.caseID else {
        throw DeskFailure.neverHandled
      }
      if let row = try store.find(old), row.stage != .purged { throw DeskFailure.stillOpen(old) }
    }
    guard let old = try departures.handled()[departure.person]?.caseID else { throw DeskFailure.neverHandled }
    let id = CaseID.random()
    let salt = Randomness.bytes(32)
    let signature = CanonicalJSON.string(Commitment.actor(salt: salt, name: actor.name))
    var row = Case(id: id, stage: .detected, opened: now, since: now)
    var entries = [
      EntryDraft(.revoke, case: old, ["why": "reissued"]),
      EntryDraft(
        .detect, case: id, ["from": "reissue", "by": signature], about: admission.recipient(of: reading.facts)),
    ]
    var notices: [NoticeDraft] = []
    if let reason = admission.obstacle(in: reading) {
      let change = try row.held(for: reason, at: now)
      row = change.after
      entries += change.entries
      notices = change.notices
    }
    let seal: [SealedPart: [UInt8]] = [
      .facts: try CaseVault.encode(reading.facts), .employee: Array(employee.utf8), .salt: salt,
    ]
    try store.open(
      NewCase(row: row, departure: departure, seal: seal, entries: entries, notices: notices, replacing: old), at: now)
    logger.notice("case reissued", metadata: ["case": "\(id)", "replaces": "\(old)"])
    return row
  }
}
