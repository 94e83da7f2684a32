import Audit
package import Mail

/// What a person may do to a case: each act is an entry with a salted commitment to who did it.
package struct CaseDesk: Sendable {
  private let store: any CaseStore
  private let admission: Admission
  private let actor: String
  private var vault: CaseVault { CaseVault(store) }

  /// - Parameter actor: the operator's login name; goes into the ledger only as a keyed commitment.
  package init(store: any CaseStore, admission: Admission, actor: String) {
    self.store = store
    self.admission = admission
    self.actor = actor
  }

  package func hold(_ id: CaseID, at now: Timestamp) throws -> Case {
    try commit(try find(id).held(for: .operator, at: now, fields: try signature(id)), at: now)
  }

  /// Closes a case; its purge is due at once.
  package func cancel(_ id: CaseID, at now: Timestamp) throws -> Case {
    try commit(try find(id).moved(by: .cancel, at: now, fields: try signature(id)) { $0.ground = .cancel }, at: now)
  }

  /// Says that the mail arrived (the leaver answered, the mail administrator looked).
  package func confirm(_ id: CaseID, at now: Timestamp) throws -> Case {
    try commit(
      try find(id).confirmed(how: .operator, watched: false, at: now, fields: try signature(id)), at: now)
  }

  /// Lets a held case go on. If its facts could not be issued, the person is read again in Bob first, and the hold
  /// stays, with its present reason, if they still cannot.
  package func release(_ id: CaseID, from source: (any LeaverSource)?, at now: Timestamp) async throws -> Case {
    let row = try find(id)
    guard let hold = row.hold else { throw CaseMachine.Refusal.notHeld }
    var change = try row.moved(by: .release, at: now, fields: try signature(id)) { $0.nextAttempt = nil }
    if hold.reason.needsReread {
      guard let source else { throw DeskFailure.needsBob }
      let reading = try await source.reread(employee: try vault.employee(of: id))
      if let obstacle = admission.obstacle(in: reading) { throw DeskFailure.stillHeld(obstacle) }
      change.seal[.facts] = try CaseVault.encode(reading.facts)
    }
    return try commit(change, at: now)
  }

  private func find(_ id: CaseID) throws -> Case {
    guard let row = try store.find(id) else { throw CaseStoreError.notFound(id) }
    return row
  }

  private func commit(_ change: CaseChange, at now: Timestamp) throws -> Case {
    try store.commit(change, at: now)
    return change.after
  }

  private func signature(_ id: CaseID) throws -> [String: CanonicalJSON] {
    guard try find(id).stage.holdsPersonalData else { return [:] }
    return ["by": .string(Commitment.actor(salt: try vault.salt(of: id), name: actor))]
  }
}

/// Why a release did not happen: what the operator can do.
package enum DeskFailure: Error, Sendable, Hashable {
  /// The person must be read again and no Bob is configured.
  case needsBob
  /// Bob still says something that cannot be issued.
  case stillHeld(HoldReason)
}
