import Audit
package import Mail

/// Why the personal data of a case may not be destroyed for now, though it is closed, and when somebody looks at that again.
///
/// It suspends the purge and nothing else: the mail goes on, and the case is confirmed or expires as any other. Past its
/// review date it still stands, and ops are told.
package struct LegalHold: Sendable, Hashable {
  /// A code, since it stands in the ledger.
  package enum Reason: String, Sendable, Hashable, CaseIterable, Codable {
    /// A claim before a court or a tribunal, begun or expected.
    case litigation
    /// An inquiry of the organisation's own.
    case investigation
    /// An order of an authority.
    case authority
    /// The leaver asked for the data to be kept (GDPR, article 18).
    case subjectRequest = "subject-request"
  }

  package var reason: Reason
  package var review: CalendarDate
  package var since: Timestamp

  package init(reason: Reason, review: CalendarDate, since: Timestamp) {
    self.reason = reason
    self.review = review
    self.since = since
  }

  /// True from the review date on (UTC).
  package func isOverdue(at now: Timestamp) -> Bool { review <= now.date }
}

extension Case {
  /// Suspends the purge; the entry names reason and review date.
  func purgeHeld(_ hold: LegalHold, fields: [String: CanonicalJSON]) throws(CaseMachine.Refusal) -> CaseChange {
    var told = fields
    told["review"] = .string(hold.review.description)
    return try suspending(hold, told: EntryDraft(.hold, case: id, told), reason: hold.reason)
  }

  /// Lets the purge come when it is due.
  func purgeReleased(fields: [String: CanonicalJSON]) throws -> CaseChange {
    guard let legalHold else { throw DeskFailure.noLegalHold }
    return try suspending(nil, told: EntryDraft(.release, case: id, fields), reason: legalHold.reason)
  }

  private func suspending(
    _ hold: LegalHold?, told entry: EntryDraft, reason: LegalHold.Reason
  ) throws(CaseMachine.Refusal) -> CaseChange {
    switch stage {
    case .purging, .purged: throw .gone
    // The result of the session must find the row as it left it.
    case .sending: throw .inSession
    case .detected, .held, .issued, .queued, .accepted, .deferred, .unknown, .confirmed, .undeliverable, .cancelled,
      .expired:
      break
    }
    var after = self
    after.legalHold = hold
    var entry = entry
    entry.fields[LedgerVerifier.legalField] = .string(reason.rawValue)
    return CaseChange(after, expected: stage, entries: [entry])
  }
}
