package import Audit
package import Mail

/// The parts of a case that are personal or secret: each sealed with the case's own key before it touches the disk.
package enum SealedPart: String, Sendable, Hashable, CaseIterable {
  /// `LeaverFacts` as JSON.
  case facts
  /// Bob's employee number, to read the person again.
  case employee
  /// 32 random bytes that key the ledger's commitments.
  case salt
  /// `Credential` as JSON: record and VC, signed.
  case credential
  /// The parsed work address and everything else the envelope needs, as JSON.
  case envelope
  /// The composed mail, RFC 5322 bytes, sent byte for byte on every attempt.
  case mail
  /// The signed PDF, as it lies in every mail of the case.
  case document
  /// `ReplyHistory` as JSON: what the relay said, text included.
  case reply
}

/// An audit entry still without nonce, time and index, which the ledger gives when it commits.
package struct EntryDraft: Sendable, Hashable {
  package var event: EntryEvent
  /// Nil for entries about the appliance as a whole.
  package var caseID: CaseID?
  package var fields: [String: CanonicalJSON]
  /// Whose address comes into the case by this step. Only a keyed tag of it is written, and none if
  /// `audit.lookup_retention` is 0.
  package var about: Address?

  package init(
    _ event: EntryEvent, case caseID: CaseID? = nil, _ fields: [String: CanonicalJSON] = [:], about: Address? = nil
  ) {
    self.event = event
    self.caseID = caseID
    self.fields = fields
    self.about = about
  }
}

/// One atomic step of a case: the new row, what is to be sealed, the attempt, the entries that tell of it, and who must
/// hear of it.
package struct CaseChange: Sendable {
  /// The row as it shall be, with the revision that the step was decided on.
  package var after: Case
  /// The stage the row must be at now, at the revision of `after`; otherwise the commit fails with
  /// `CaseStoreError.moved`.
  package var expected: Stage
  /// Parts to seal or to seal anew.
  package var seal: [SealedPart: [UInt8]]
  /// The attempt to insert or update, by number.
  package var attempt: Attempt?
  package var entries: [EntryDraft]
  package var notices: [NoticeDraft]
  /// The report to insert or update, by its hash.
  package var report: KeptReport?
  /// Whose departure is forgotten by this step, since they are back.
  package var returned: PersonMark?

  package init(
    _ after: Case, expected: Stage, seal: [SealedPart: [UInt8]] = [:], attempt: Attempt? = nil,
    entries: [EntryDraft] = [], notices: [NoticeDraft] = [], report: KeptReport? = nil, returned: PersonMark? = nil
  ) {
    self.after = after
    self.expected = expected
    self.seal = seal
    self.attempt = attempt
    self.entries = entries
    self.notices = notices
    self.report = report
    self.returned = returned
  }

  /// The row once the step is committed: what a further step begins with.
  package var committed: Case {
    var row = after
    row.revision += 1
    return row
  }

  /// This step and the next one in one transaction.
  package func followed(by next: (Case) throws(CaseMachine.Refusal) -> CaseChange) throws(CaseMachine.Refusal)
    -> CaseChange
  {
    let second = try next(after)
    return CaseChange(
      second.after, expected: expected, seal: seal.merging(second.seal) { $1 }, attempt: second.attempt ?? attempt,
      entries: entries + second.entries, notices: notices + second.notices, report: second.report ?? report,
      returned: second.returned ?? returned)
  }
}

/// A case to be opened, with the mark that says its departure is handled.
package struct NewCase: Sendable {
  package var row: Case
  package var departure: Departure
  package var seal: [SealedPart: [UInt8]]
  package var entries: [EntryDraft]
  package var notices: [NoticeDraft]
  /// The case whose place it takes: the departure may be handled by that one.
  package var replacing: CaseID?
  /// Whether it comes after a departure that is remembered, which it then takes the place of.
  package var isAnother: Bool

  package init(
    row: Case, departure: Departure, seal: [SealedPart: [UInt8]], entries: [EntryDraft], notices: [NoticeDraft] = [],
    replacing: CaseID? = nil, isAnother: Bool = false
  ) {
    self.row = row
    self.departure = departure
    self.seal = seal
    self.entries = entries
    self.notices = notices
    self.replacing = replacing
    self.isAnother = isAnother
  }
}

/// Durable memory of cases. Every mutation is one SQLite transaction, durable (synchronous=FULL) when it returns, and
/// carries its audit entries with it. Implemented by `Store`; methods block briefly and may be called from any thread.
package protocol CaseStore: Sendable {
  /// Opens a case: key slot, sealed parts, row, departure mark and entries. Throws `alreadyHandled` if the departure is.
  func open(_ new: NewCase, at now: Timestamp) throws
  func find(_ id: CaseID) throws -> Case?
  /// Cases at one of `stages`, oldest first.
  func cases(at stages: Set<Stage>) throws -> [Case]
  /// Carries out one step.
  func commit(_ change: CaseChange, at now: Timestamp) throws
  /// Opens a sealed part; nil if it was never sealed. Throws if the key is gone.
  func unseal(_ part: SealedPart, of id: CaseID) throws -> [UInt8]?
  /// All attempts of a case, first to last.
  func attempts(of id: CaseID) throws -> [Attempt]
}

/// What the caller of a store can do about a failure.
package enum CaseStoreError: Error, Sendable, Hashable {
  /// Another step moved the case first: read it again.
  case moved(CaseID, expected: Stage)
  /// No such case.
  case notFound(CaseID)
  /// This departure has a case already.
  case alreadyHandled
  /// The key of this case is gone: it was purged, or its slot was lost.
  case keyGone(CaseID)
}
