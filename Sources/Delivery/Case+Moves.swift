package import Audit
package import Mail

extension Case {
  /// Carries `event` out on this row: the change to commit, with the entry the table names.
  ///
  /// - Parameters:
  ///   - fields: what the entry tells beyond case and time.
  ///   - address: whose address comes into the case by this.
  ///   - adjust: sets whatever else of the row the event decides (next attempt, ground, hold …).
  package func moved(
    by event: CaseEvent, at now: Timestamp, fields: [String: CanonicalJSON] = [:], about address: Address? = nil,
    seal: [SealedPart: [UInt8]] = [:], attempt: Attempt? = nil, adjust: (inout Case) -> Void = { _ in }
  ) throws(CaseMachine.Refusal) -> CaseChange {
    var after = self
    var entries: [EntryDraft] = []
    switch CaseMachine.cell(stage, event) {
    case .move(let next, let entry):
      after.stage = next
      if let entry { entries.append(EntryDraft(entry, case: id, fields, about: address)) }
    case .resume:
      guard let hold else { throw .notHeld }
      after.stage = hold.resume
      entries.append(EntryDraft(.release, case: id, fields, about: address))
    case .note, .later:
      // The row counts on all the same, so that no step is taken that was decided without the report.
      return CaseChange(self, expected: stage)
    case .no(let refusal):
      throw refusal
    }
    after.since = now
    after.hold = nil
    // A person's word begins the time of the retry policy anew; the policy's own resending does not.
    if [.seal, .retry, .redeliver, .release].contains(event) { after.queued = now }
    if !Stage.closed.contains(after.stage), after.stage != .held, after.stage != .purging { after.ground = nil }
    adjust(&after)
    return CaseChange(
      after, expected: stage, seal: seal, attempt: attempt, entries: entries, notices: NoticeDraft.about(after))
  }

  /// Holds the case for a person; released, it goes on at `resume`, or where it stands now.
  package func held(
    for reason: HoldReason, at now: Timestamp, resume: Stage? = nil, fields: [String: CanonicalJSON] = [:],
    by event: CaseEvent = .hold
  ) throws(CaseMachine.Refusal) -> CaseChange {
    let here = stage
    var told = fields
    told["why"] = .string(reason.rawValue)
    return try moved(by: event, at: now, fields: told) { $0.hold = Hold(reason: reason, resume: resume ?? here) }
  }

  /// Gives a held case another reason; it goes on where it would have, and its retention runs on.
  package func reheld(for reason: HoldReason, at now: Timestamp) throws(CaseMachine.Refusal) -> CaseChange {
    guard let hold else { throw .notHeld }
    var after = self
    after.hold = Hold(reason: reason, resume: hold.resume)
    return CaseChange(
      after, expected: stage, entries: [EntryDraft(.hold, case: id, ["why": .string(reason.rawValue)])],
      notices: NoticeDraft.about(after))
  }

  /// Closes the case on its retention; `why` names which.
  package func lapsed(at now: Timestamp) throws(CaseMachine.Refusal) -> CaseChange {
    let why = stage == .held ? "held-after" : "latest-after"
    return try moved(by: .lapse, at: now, fields: ["why": .string(why)]) { $0.ground = .expire }
  }
}
