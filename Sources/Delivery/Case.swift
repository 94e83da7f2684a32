package import Mail

/// The record of one case without anything personal: what lists, logs and metrics may show.
package struct Case: Sendable, Hashable {
  package let id: CaseID
  package var stage: Stage
  /// Set exactly while `stage` is `held`.
  package var hold: Hold?
  /// When the case was opened.
  package let opened: Timestamp
  /// When the present stage was entered.
  package var since: Timestamp
  /// When the mail was queued, or queued anew by a person; the retry policy's expiry counts from here.
  package var queued: Timestamp?
  /// Attempts charged to the case so far; route trouble charges none.
  package var attempts: Int
  /// When the next attempt (deferred) or the decision about an unknown is due.
  package var nextAttempt: Timestamp?
  /// The class of the last outcome that was not acceptance.
  package var lastClass: OutcomeClass?
  /// When the relay accepted the mail; the quiet period counts from here.
  package var acceptedAt: Timestamp?
  /// The first attempt to the present address; reports of earlier ones are about another.
  package var firstAttempt: Int
  /// Why the case may be purged; set when it reaches one of `Stage.closed`.
  package var ground: PurgeGround?
  /// What suspends the purge, if anything does.
  package var legalHold: LegalHold?
  /// Within how many seconds of its opening the ledger promised the purge when it was opened; nil if it promised nothing.
  /// The store knows; what is opened is opened without.
  package var promise: Int64?
  /// How often the case has been changed; a step that was decided on an older revision is refused, even if the case has
  /// come back to the same stage.
  package var revision: Int

  package init(
    id: CaseID, stage: Stage, hold: Hold? = nil, opened: Timestamp, since: Timestamp, queued: Timestamp? = nil,
    attempts: Int = 0, nextAttempt: Timestamp? = nil, lastClass: OutcomeClass? = nil, acceptedAt: Timestamp? = nil,
    firstAttempt: Int = 1, ground: PurgeGround? = nil, legalHold: LegalHold? = nil, promise: Int64? = nil,
    revision: Int = 0
  ) {
    self.id = id
    self.stage = stage
    self.hold = hold
    self.opened = opened
    self.since = since
    self.queued = queued
    self.attempts = attempts
    self.nextAttempt = nextAttempt
    self.lastClass = lastClass
    self.acceptedAt = acceptedAt
    self.firstAttempt = firstAttempt
    self.ground = ground
    self.legalHold = legalHold
    self.promise = promise
    self.revision = revision
  }
}

/// Why a case waits for a person, and where it goes on when released.
package struct Hold: Sendable, Hashable {
  package var reason: HoldReason
  /// The stage to return to.
  package var resume: Stage

  package init(reason: HoldReason, resume: Stage) {
    self.reason = reason
    self.resume = resume
  }
}

/// The reasons for a hold: codes, so that they can stand in the ledger; the sentence for people is `explanation`.
package enum HoldReason: String, Sendable, Hashable, CaseIterable, Codable {
  case approval
  case noAddress = "no-address"
  case badAddress = "bad-address"
  case sharedAddress = "shared-address"
  case sandboxAddress = "sandbox-address"
  case noName = "no-name"
  case noDates = "no-dates"
  case datesReversed = "dates-reversed"
  case unresolvedList = "unresolved-list"
  case unprintable
  case tooOld = "too-old"
  case surge
  case terminationMoved = "termination-moved"
  case terminationCancelled = "termination-cancelled"
  case unstableRead = "unstable-read"
  case unknownOutcome = "unknown-outcome"
  case retriesEnded = "retries-ended"
  case endsSessions = "ends-sessions"
  case unprovenReport = "unproven-report"
  case composing
  case restored
  case restoredSent = "restored-sent"
  case `operator`

  /// What an operator reads, with the way out.
  package var explanation: String {
    switch self {
    case .approval: "every reference needs a person's release (bob.approval: all)"
    case .noAddress: "Bob holds no work e-mail for this leaver; add it in Bob, then release"
    case .badAddress: "the work e-mail in Bob is not an address that can be mailed; correct it in Bob, then release"
    case .sharedAddress:
      "somebody else in Bob has the same work e-mail, and would read the reference; give the leaver an address of their "
        + "own in Bob, then release"
    case .sandboxAddress: "the work e-mail ends in .sbx, a Bob sandbox address that must not be mailed"
    case .noName: "Bob holds no display name; add it in Bob, then release"
    case .noDates: "Bob holds no start or no termination date; add it in Bob, then release"
    case .datesReversed:
      "the termination date lies before the start date; if the person never began, cancel the case, else correct the "
        + "date in Bob, then release"
    case .unresolvedList:
      "the title or department is a list item without a readable name; correct it in Bob, then release"
    case .unprintable:
      "no installed font can draw one of the values; install the font or correct the value, then release"
    case .tooOld: "the departure is older than bob.max_age; release it if a reference is still wanted"
    case .surge: "more leavers in one poll than bob.surge_limit; check that Bob is right, then release"
    case .terminationMoved:
      "the start or termination date was changed in Bob; release the case if the reference is right all the same, which is "
        + "read anew if it is not made yet, else cancel it"
    case .terminationCancelled: "the termination was cancelled in Bob after the reference was made"
    case .unstableRead: "two reads of Bob gave different answers"
    case .unknownOutcome: "it is not known whether the relay took the mail, and the policy asks a person"
    case .retriesEnded: "the retry policy has run out and asks a person; release it to try again, or cancel it"
    case .endsSessions:
      "the relay ends the session whenever it is offered this mail, though it takes others; ask its administrator"
    case .unprovenReport:
      "a report says that the mail did not arrive, but cannot prove that it speaks of this mail; ask the mail "
        + "administrator, then release the case if it arrived, else redeliver it to another address or cancel it"
    case .composing: "the document or the mail could not be made; see the log for the cause"
    case .restored:
      "the appliance came back from a backup, and nobody knows what was mailed since that was made; look at the relay's "
        + "log for a mail to this leaver, then release the case or cancel it"
    case .restoredSent:
      "the relay took this mail, then the appliance came back from a backup, and what was reported meanwhile is lost; "
        + "release the case if no failure is known, else redeliver it to another address or cancel it"
    case .operator: "held by an operator"
    }
  }

  /// True if the case waits only because of a restore.
  package var isOfRestore: Bool { self == .restored || self == .restoredSent }

  /// True if releasing must read the person in Bob again, since the facts as sealed cannot be issued.
  package var needsReread: Bool {
    switch self {
    case .noAddress, .badAddress, .sharedAddress, .noName, .noDates, .datesReversed, .unresolvedList, .unprintable,
      .unstableRead:
      true
    default: false
    }
  }
}

/// The event that made a purge legal; the purge entry names it as `after`.
package enum PurgeGround: String, Sendable, Hashable, CaseIterable, Codable {
  case confirm, fail, expire, cancel
}
