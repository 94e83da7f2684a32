import Audit
package import Mail

/// What a person may do to a case: each act is an entry with a salted commitment to who did it.
package struct CaseDesk: Sendable {
  private let store: any CaseStore
  private let ledger: any AuditLedger
  private let posting: Posting
  private let admission: Admission
  private let restores: RestoreGuard
  private var vault: CaseVault { CaseVault(store) }

  package init(
    store: any CaseStore, ledger: any AuditLedger, posting: Posting, admission: Admission, restores: RestoreGuard
  ) {
    self.store = store
    self.ledger = ledger
    self.posting = posting
    self.admission = admission
    self.restores = restores
  }

  /// A person at the desk: the login name, which goes into the ledger only as a keyed commitment.
  package struct Actor: Sendable, Hashable {
    package var name: String
    package init(_ name: String) { self.name = name }
  }

  package func hold(_ id: CaseID, by actor: Actor, at now: Timestamp) throws -> Case {
    try commit(try find(id).held(for: .operator, at: now, fields: try signed(id, actor)), at: now)
  }

  /// Closes a case; its purge is due at once.
  package func cancel(_ id: CaseID, by actor: Actor, at now: Timestamp) throws -> Case {
    try commit(try find(id).moved(by: .cancel, at: now, fields: try signed(id, actor)) { $0.ground = .cancel }, at: now)
  }

  /// Says that the mail arrived (the leaver answered, the mail administrator looked).
  package func confirm(_ id: CaseID, by actor: Actor, at now: Timestamp) throws -> Case {
    try commit(
      try find(id).confirmed(how: .operator, watched: false, at: now, fields: try signed(id, actor)), at: now)
  }

  /// Has the same mail tried again now: a deferred one early, an unknown or undeliverable one once more.
  package func retry(_ id: CaseID, by actor: Actor, at now: Timestamp) throws -> Case {
    let row = try find(id)
    var fields = try signed(id, actor)
    fields["act"] = "retry"
    return try commit(try row.moved(by: .retry, at: now, fields: fields) { $0.nextAttempt = nil }, at: now)
  }

  /// Sends the same document to another address: a new mail with its own Message-ID and date, whose receipt opens the
  /// commitments of the second `sent` entry.
  package func redeliver(_ id: CaseID, to address: Address, by actor: Actor, at now: Timestamp) throws -> Case {
    let row = try find(id)
    var fields = try signed(id, actor)
    fields["act"] = "redeliver"
    if let hold = row.hold, CaseMachine.cell(hold.resume, .redeliver) == .no(.early) { throw CaseMachine.Refusal.early }
    // The table decides before anything is opened.
    var change = try row.moved(by: .redeliver, at: now, fields: fields, about: address) {
      $0.nextAttempt = nil
      $0.acceptedAt = nil
      $0.lastClass = nil
    }
    change.after.firstAttempt = (try store.attempts(of: id).last?.number ?? 0) + 1
    let contents = Posting.Contents(
      facts: try vault.facts(of: id), recipient: address, document: try vault.document(of: id),
      salt: try vault.salt(of: id), delivery: try vault.envelope(of: id).delivery + 1)
    change.seal = try posting.parts(contents, case: id, at: now)
    return try commit(change, at: now)
  }

  /// Keeps a case from being purged, whatever it comes to; a second hold takes the place of the first.
  package func holdPurge(
    _ id: CaseID, for reason: LegalHold.Reason, until review: CalendarDate, by actor: Actor, at now: Timestamp
  ) throws -> Case {
    guard review > now.date else { throw DeskFailure.reviewIsPast }
    let hold = LegalHold(reason: reason, review: review, since: now)
    return try commit(try find(id).purgeHeld(hold, fields: try signed(id, actor)), at: now)
  }

  /// Ends a legal hold: the case is purged as soon as it is due.
  package func releasePurge(_ id: CaseID, by actor: Actor, at now: Timestamp) throws -> Case {
    try commit(try find(id).purgeReleased(fields: try signed(id, actor)), at: now)
  }

  /// What is sealed of an open case, for a person's eyes; that somebody looked is an entry of its own.
  package func reveal(_ id: CaseID, by actor: Actor, at now: Timestamp) throws -> Revealed {
    let row = try find(id)
    guard row.stage.holdsPersonalData, row.stage != .purging else { throw CaseMachine.Refusal.gone }
    let revealed = Revealed(
      facts: try vault.facts(of: id), recipient: (try? vault.envelope(of: id))?.recipient,
      replies: try vault.replies(of: id).items)
    var fields = try signed(id, actor)
    fields["act"] = "reveal"
    try ledger.append([EntryDraft(.operator, case: id, fields)], at: now)
    return revealed
  }

  /// What `reveal` shows.
  package struct Revealed: Codable, Sendable {
    package var facts: LeaverFacts
    /// Where the mail goes; nil if none was written yet.
    package var recipient: String?
    package var replies: [ReplyHistory.Item]
  }

  /// Lets a held case go on. If its facts could not be issued, or may have changed since they were read and nothing is made
  /// of them yet, the person is read again in Bob first, and the hold stays, with its present reason, if they still cannot.
  package func release(
    _ id: CaseID, from source: (any LeaverSource)?, by actor: Actor, at now: Timestamp
  ) async throws -> Case {
    let row = try find(id)
    guard let hold = row.hold else { throw CaseMachine.Refusal.notHeld }
    var change = try row.moved(by: .release, at: now, fields: try signed(id, actor)) { $0.nextAttempt = nil }
    if let reading = try await fresh(row, hold, from: source, at: now) {
      if let obstacle = admission.obstacle(in: reading) { throw DeskFailure.stillHeld(obstacle) }
      if !hold.reason.isOfRestore, let reason = try restores.holds(reading.facts).first {
        // Mended, and yet to be looked at for another reason: a second release is the person's word on that.
        change = try row.reheld(for: reason, at: now)
        change.seal[.facts] = try CaseVault.encode(reading.facts)
        _ = try commit(change, at: now)
        throw DeskFailure.stillHeld(reason)
      }
      change.seal[.facts] = try CaseVault.encode(reading.facts)
      for index in change.entries.indices { change.entries[index].about = admission.recipient(of: reading.facts) }
    }
    return try commit(change, at: now)
  }

  /// How long facts are taken as Bob still has them, in seconds.
  private static let freshness: Int64 = 86_400

  /// The facts as Bob has them now; nil if those that are sealed will do.
  private func fresh(
    _ row: Case, _ hold: Hold, from source: (any LeaverSource)?, at now: Timestamp
  ) async throws -> Sighting.Reading? {
    let isUnmade = hold.resume == .detected
    let isMoved = isUnmade && hold.reason == .terminationMoved
    guard hold.reason.needsReread || isMoved || (isUnmade && now - row.opened >= Self.freshness) else { return nil }
    guard let source else { throw DeskFailure.needsBob }
    let known = hold.reason.needsReread ? nil : try vault.facts(of: row.id)
    do {
      let reading = try await source.reread(employee: try vault.employee(of: row.id), known: known)
      // Another start date is another employment, or a correction that a person must see.
      if let known, known.start != reading.facts.start { throw DeskFailure.stillHeld(.terminationMoved) }
      return reading
    } catch LeaverSourceFailure.gone where !hold.reason.needsReread && !isMoved {
      // Deleted in Bob since: what was read of them stands.
      return nil
    }
  }

  private func find(_ id: CaseID) throws -> Case {
    guard let row = try store.find(id) else { throw CaseStoreError.notFound(id) }
    return row
  }

  private func commit(_ change: CaseChange, at now: Timestamp) throws -> Case {
    try store.commit(change, at: now)
    return change.after
  }

  private func signed(_ id: CaseID, _ actor: Actor) throws -> [String: CanonicalJSON] {
    guard try find(id).stage.holdsPersonalData else { return [:] }
    guard let salt = try CaseVault.readable(try vault.salt(of: id)) else { return [:] }
    return ["by": .string(Commitment.actor(salt: salt, name: actor.name))]
  }
}

/// Why an act did not happen: what the operator can do.
package enum DeskFailure: Error, Sendable, Hashable {
  /// The person must be read again and no Bob is configured.
  case needsBob
  /// Bob still says something that cannot be issued.
  case stillHeld(HoldReason)
  /// No departure of this person was ever seen.
  case neverHandled
  /// The person's case is still open: work on that one.
  case stillOpen(CaseID)
  /// Bob shows the person as somebody who has not left.
  case notALeaver
  /// There is no legal hold to end.
  case noLegalHold
  /// A legal hold must be looked at again on a day to come.
  case reviewIsPast
}
