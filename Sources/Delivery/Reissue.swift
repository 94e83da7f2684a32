import Audit
import Cryptography
package import Logging
package import Mail

/// Makes a new case for a leaver whose old one is purged: a lost reference, a fact that was wrong. The old reference is
/// revoked in the same step. Also makes the first case of a leaver who was to get none: gone before the first contact, or of
/// a department that is excluded.
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
      guard let known = try departures.handled()[person] else { throw DeskFailure.neverHandled }
      if let old = known.caseID, let row = try store.find(old), row.stage != .purged {
        throw DeskFailure.stillOpen(old)
      }
    }
    guard let known = try departures.handled()[departure.person] else { throw DeskFailure.neverHandled }
    let old = known.caseID
    let id = CaseID.random()
    let salt = Randomness.bytes(32)
    let signature = CanonicalJSON.string(Commitment.actor(salt: salt, name: actor.name))
    var row = Case(id: id, stage: .detected, opened: now, since: now)
    var entries = old.map { [EntryDraft(.revoke, case: $0, ["why": "reissued"])] } ?? []
    entries.append(
      EntryDraft(
        .detect, case: id, ["from": "reissue", "by": signature], about: admission.recipient(of: reading.facts)))
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
      NewCase(
        row: row, departure: departure, seal: seal, entries: entries, notices: notices, replacing: old,
        isAnother: old == nil), at: now)
    logger.notice("case reissued", metadata: ["case": "\(id)", "replaces": "\(old.map { "\($0)" } ?? "-")"])
    return row
  }
}
