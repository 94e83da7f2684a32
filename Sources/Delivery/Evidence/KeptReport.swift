package import Mail

/// What is kept of a report that counted: never its text, never an address.
package struct KeptReport: Sendable, Hashable {
  /// What a report comes to for the case; the raw value is stored.
  package enum Level: String, Sendable, Hashable, CaseIterable, Codable {
    /// Failed for good: the address is dead.
    case hard
    /// This delivery failed; the address may be fine.
    case soft
    /// Somebody is still trying.
    case delayed
    /// Passed on to a system that sends no reports, or to several addresses.
    case relayed
    /// In the mailbox.
    case delivered
    /// Says that it failed, without the proof that it is a report of this mail.
    case claimed

    /// True if it speaks against the attempt it is about.
    package var isFailure: Bool { self == .hard || self == .soft }
  }

  /// The attempt it speaks of.
  package var attempt: Int
  package var level: Level
  package var reason: Report.Reason
  package var status: EnhancedStatus?
  /// When it was taken.
  package var at: Timestamp
  /// `Commitment.evidence` over the message as it came: the same message is known again by it.
  package var hash: String
  /// True while it waits for the case to go on, since it came during a hold or a session.
  package var isPending: Bool

  package init(
    attempt: Int, level: Level, reason: Report.Reason = .unknown, status: EnhancedStatus? = nil, at: Timestamp,
    hash: String, isPending: Bool = false
  ) {
    self.attempt = attempt
    self.level = level
    self.reason = reason
    self.status = status
    self.at = at
    self.hash = hash
    self.isPending = isPending
  }
}

/// By what a report can be told to belong to an attempt; nothing personal.
package struct AttemptTrace: Sendable, Hashable {
  /// The token of its return path and ENVID.
  package var token: VERPToken
  /// A keyed mark of the mail's Message-ID, 32 bytes (`ReturnPath.mark`).
  package var message: [UInt8]

  package init(token: VERPToken, message: [UInt8]) {
    self.token = token
    self.message = message
  }
}

/// One attempt of one case.
package struct AttemptKey: Sendable, Hashable {
  package var caseID: CaseID
  package var attempt: Int

  package init(caseID: CaseID, attempt: Int) {
    self.caseID = caseID
    self.attempt = attempt
  }
}

/// The durable memory of reports, emptied of a case by its purge. Implemented by `Store`; `CaseChange.report` writes to it.
package protocol ReportLog: Sendable {
  /// The attempt whose mail went out under a token.
  func attempt(under token: VERPToken) throws -> AttemptKey?
  /// The newest attempt whose mail had the Message-ID of this mark.
  func attempt(ofMessage mark: [UInt8]) throws -> AttemptKey?
  /// The purged cases that were opened last, each with the number of its last attempt: what is left of them tells that
  /// much, and their tokens can be made again.
  func purgedLately(_ most: Int) throws -> [AttemptKey]
  /// What was reported of a case, in the order in which it came.
  func reports(of id: CaseID) throws -> [KeptReport]
  /// The same of all cases at `stages` of which something was reported.
  func reports(ofCasesAt stages: Set<Stage>) throws -> [CaseID: [KeptReport]]
  /// Those that wait for their case to go on, of all cases.
  func waitingReports() throws -> [CaseID: [KeptReport]]
  /// Keeps a report of a case that is in a session, with its entries, and leaves the case as it is: the outcome of the
  /// session is committed as if nothing had come. Throws `CaseStoreError.moved` if the session has ended meanwhile.
  func keep(_ report: KeptReport, of id: CaseID, entries: [EntryDraft], at now: Timestamp) throws
}
