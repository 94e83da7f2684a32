package import Audit

/// What can happen to a case: the columns of the table.
package enum CaseEvent: String, Sendable, Hashable, CaseIterable {
  /// The credential was signed.
  case issue
  /// The document was drawn and signed, the mail composed.
  case seal
  /// The intent stands: the dot may be sent from now on.
  case begin
  case accept, `defer`, refuse
  /// The dot may have been sent; no reply.
  case lose
  /// The policy sends an unknown once more.
  case resend
  /// A person wants the same mail tried again now.
  case retry
  /// A person gives another address; the mail is written anew around the same document.
  case redeliver
  /// Enough evidence of arrival.
  case confirm
  /// The retry policy ran out.
  case giveUp = "give-up"
  /// The retention ran out.
  case lapse
  case hold, release, cancel
  /// The purge begins, and ends.
  case purge, erase
  /// A report proves that the address is dead, or that the newest attempt failed.
  case bounceHard = "bounce-hard"
  case bounceSoft = "bounce-soft"
  /// A report proves that somebody is still trying, that the mail was passed on, or that it is in the mailbox.
  case delay, relay, deliver
  /// A report says that it failed, and proves nothing.
  case claim
}

/// The table by which every case moves: stage × event → next stage and audit entry. Every cell is decided; the compiler
/// sees to it, since neither switch has a default.
package enum CaseMachine {
  /// One cell of the table.
  package enum Cell: Sendable, Hashable {
    /// The case moves, and `entry` tells of it in the same transaction (nil: nothing a stranger needs to know).
    case move(Stage, entry: EntryEvent?)
    /// The case returns to the stage its hold remembers.
    case resume
    /// A report is kept as evidence, and the case stays where it is.
    case note
    /// A report is kept, and counts when the case goes on: after its session, or when it is released.
    case later
    /// The event is no business of this stage.
    case no(Refusal)
  }

  /// Why an event is refused: what an operator reads.
  package enum Refusal: String, Error, Sendable, Hashable {
    case early = "the case is not that far yet"
    case late = "the case is past that point"
    case held = "the case is held: release it first"
    case notHeld = "the case is not held"
    case waiting = "the case waits for a session already; hold it first to change it"
    case inSession = "the mail is being handed over: wait until the attempt has ended"
    case closed = "the case is closed and waits for its purge"
    case gone = "the case is purged or being purged: only its ledger entries remain"
  }

  /// Decides one cell.
  package static func cell(_ stage: Stage, _ event: CaseEvent) -> Cell {
    switch event {
    case .issue: from(stage, .detected, to: .move(.issued, entry: .issue))
    case .seal: from(stage, .issued, to: .move(.queued, entry: .seal))
    case .begin: begin(stage)
    case .accept: from(stage, .sending, to: .move(.accepted, entry: .sent))
    case .defer: spoken(stage, to: .move(.deferred, entry: .deferred))
    case .refuse: spoken(stage, to: .move(.undeliverable, entry: .fail))
    case .lose: from(stage, .sending, to: .move(.unknown, entry: .unknown))
    case .resend: from(stage, .unknown, to: .move(.queued, entry: .unknown))
    case .retry: retry(stage)
    case .redeliver: redeliver(stage)
    case .confirm: confirm(stage)
    case .giveUp: from(stage, .deferred, to: .move(.undeliverable, entry: .expire))
    case .lapse: lapse(stage)
    case .hold: hold(stage)
    case .release: release(stage)
    case .cancel: cancel(stage)
    case .purge: purge(stage)
    case .erase: erase(stage)
    case .bounceHard: bounceHard(stage)
    case .bounceSoft: bounceSoft(stage)
    case .delay: delay(stage)
    case .relay: relay(stage)
    case .deliver: deliver(stage)
    case .claim: claim(stage)
    }
  }

  /// The order of the ordinary way, for telling "early" from "late".
  private static func rank(_ stage: Stage) -> Int {
    switch stage {
    case .detected: 0
    case .held: 0
    case .issued: 1
    case .queued: 2
    case .deferred: 2
    case .sending: 3
    case .unknown: 4
    case .accepted: 5
    case .confirmed, .undeliverable, .cancelled, .expired: 6
    case .purging: 7
    case .purged: 8
    }
  }

  /// An event that only one stage of the ordinary way knows.
  private static func from(_ stage: Stage, _ only: Stage, to cell: Cell) -> Cell {
    switch stage {
    case only: cell
    case .held: .no(.held)
    case .confirmed, .undeliverable, .cancelled, .expired: .no(.closed)
    case .purging, .purged: .no(.gone)
    case .sending: .no(.inSession)
    case .detected, .issued, .queued, .deferred, .unknown, .accepted:
      .no(rank(stage) < rank(only) ? .early : .late)
    }
  }

  private static func begin(_ stage: Stage) -> Cell {
    switch stage {
    case .queued, .deferred: .move(.sending, entry: nil)
    case .detected, .issued: .no(.early)
    case .held: .no(.held)
    case .sending: .no(.inSession)
    case .accepted, .unknown: .no(.late)
    case .confirmed, .undeliverable, .cancelled, .expired: .no(.closed)
    case .purging, .purged: .no(.gone)
    }
  }

  /// The relay has spoken about the mail: at MAIL, RCPT or DATA, or after the dot.
  private static func spoken(_ stage: Stage, to cell: Cell) -> Cell {
    switch stage {
    case .queued, .deferred, .sending: cell
    case .detected, .issued: .no(.early)
    case .held: .no(.held)
    case .accepted, .unknown: .no(.late)
    case .confirmed, .undeliverable, .cancelled, .expired: .no(.closed)
    case .purging, .purged: .no(.gone)
    }
  }

  private static func retry(_ stage: Stage) -> Cell {
    switch stage {
    case .deferred, .unknown, .undeliverable: .move(.queued, entry: .operator)
    case .detected, .issued: .no(.early)
    case .queued: .no(.waiting)
    case .held: .no(.held)
    case .sending: .no(.inSession)
    case .accepted: .no(.late)
    case .confirmed, .cancelled, .expired: .no(.closed)
    case .purging, .purged: .no(.gone)
    }
  }

  private static func redeliver(_ stage: Stage) -> Cell {
    switch stage {
    // What a hold stopped may be sent elsewhere, if it had come so far that there is a document.
    case .held, .deferred, .unknown, .accepted, .undeliverable: .move(.queued, entry: .operator)
    case .detected, .issued: .no(.early)
    // An attempt may be under way with the old mail.
    case .queued: .no(.waiting)
    case .sending: .no(.inSession)
    case .confirmed, .cancelled, .expired: .no(.closed)
    case .purging, .purged: .no(.gone)
    }
  }

  private static func confirm(_ stage: Stage) -> Cell {
    switch stage {
    // A person may know that an unknown arrived, or that the mailbox had it although the relay gave up.
    case .accepted, .unknown: .move(.confirmed, entry: .confirm)
    case .detected, .issued, .queued, .deferred: .no(.early)
    case .sending: .no(.inSession)
    case .held: .no(.held)
    case .confirmed, .undeliverable, .cancelled, .expired: .no(.closed)
    case .purging, .purged: .no(.gone)
    }
  }

  private static func lapse(_ stage: Stage) -> Cell {
    switch stage {
    case .detected, .held, .issued, .queued, .accepted, .deferred, .unknown: .move(.expired, entry: .expire)
    case .sending: .no(.inSession)
    case .confirmed, .undeliverable, .cancelled, .expired: .no(.closed)
    case .purging, .purged: .no(.gone)
    }
  }

  private static func hold(_ stage: Stage) -> Cell {
    switch stage {
    case .detected, .issued, .queued, .accepted, .deferred, .unknown, .confirmed, .undeliverable:
      .move(.held, entry: .hold)
    case .held: .no(.held)
    case .sending: .no(.inSession)
    case .cancelled, .expired: .no(.closed)
    case .purging, .purged: .no(.gone)
    }
  }

  private static func release(_ stage: Stage) -> Cell {
    switch stage {
    case .held: .resume
    case .detected, .issued, .queued, .accepted, .deferred, .unknown: .no(.notHeld)
    case .sending: .no(.inSession)
    case .confirmed, .undeliverable, .cancelled, .expired: .no(.closed)
    case .purging, .purged: .no(.gone)
    }
  }

  private static func cancel(_ stage: Stage) -> Cell {
    switch stage {
    case .detected, .held, .issued, .queued, .accepted, .deferred, .unknown, .undeliverable:
      .move(.cancelled, entry: .cancel)
    case .sending: .no(.inSession)
    case .confirmed, .cancelled, .expired: .no(.closed)
    case .purging, .purged: .no(.gone)
    }
  }

  private static func purge(_ stage: Stage) -> Cell {
    switch stage {
    case .confirmed, .undeliverable, .cancelled, .expired: .move(.purging, entry: nil)
    case .detected, .issued, .queued, .accepted, .deferred, .unknown: .no(.early)
    case .held: .no(.held)
    case .sending: .no(.inSession)
    // A crash repeats the purge from its record.
    case .purging: .move(.purging, entry: nil)
    case .purged: .no(.gone)
    }
  }

  private static func erase(_ stage: Stage) -> Cell {
    switch stage {
    case .purging: .move(.purged, entry: .purge)
    case .detected, .held, .issued, .queued, .sending, .accepted, .deferred, .unknown, .confirmed, .undeliverable,
      .cancelled, .expired:
      .no(.early)
    case .purged: .no(.gone)
    }
  }
}
