import Audit

// The columns of the table that reports decide. Whatever a cell says, a report of a failure has its `bounced` entry before
// any other.
extension CaseMachine {
  /// Ends the case at once. Where it has ended already, the report is evidence for the person who looks.
  static func bounceHard(_ stage: Stage) -> Cell {
    switch stage {
    // Before the purge even what was confirmed is taken back: a failure counts against any other evidence.
    case .queued, .deferred, .unknown, .accepted, .confirmed: .move(.undeliverable, entry: .fail)
    case .held, .sending: .later
    case .undeliverable, .cancelled, .expired: .note
    case .detected, .issued: .no(.early)
    case .purging, .purged: .no(.gone)
    }
  }

  /// Opens the case again; the retry policy then says when the mail goes once more, or that it does not.
  static func bounceSoft(_ stage: Stage) -> Cell {
    switch stage {
    case .unknown, .accepted, .confirmed: .move(.deferred, entry: nil)
    // The mail goes once more anyway.
    case .queued, .deferred: .note
    case .held, .sending: .later
    case .undeliverable, .cancelled, .expired: .note
    case .detected, .issued: .no(.early)
    case .purging, .purged: .no(.gone)
    }
  }

  /// Somebody who still tries has the mail: an unknown was taken.
  static func delay(_ stage: Stage) -> Cell {
    switch stage {
    case .unknown: .move(.accepted, entry: .sent)
    case .held, .sending: .later
    // At `accepted` the quiet period begins anew, which is read from the report.
    case .queued, .deferred, .accepted, .confirmed, .undeliverable, .cancelled, .expired: .note
    case .detected, .issued: .no(.early)
    case .purging, .purged: .no(.gone)
    }
  }

  /// The mail is on its way: what was to be sent again is not.
  static func relay(_ stage: Stage) -> Cell {
    switch stage {
    case .queued, .deferred, .unknown: .move(.accepted, entry: .sent)
    case .held, .sending: .later
    case .accepted, .confirmed, .undeliverable, .cancelled, .expired: .note
    case .detected, .issued: .no(.early)
    case .purging, .purged: .no(.gone)
    }
  }

  /// Where the acceptance itself is news it comes first; then, asked again, the confirmation.
  static func deliver(_ stage: Stage) -> Cell {
    switch stage {
    case .queued, .deferred, .unknown: .move(.accepted, entry: .sent)
    case .accepted: .move(.confirmed, entry: .confirm)
    case .held, .sending: .later
    // HR has been told, and may have given another address: a person decides.
    case .undeliverable: .note
    case .confirmed, .cancelled, .expired: .note
    case .detected, .issued: .no(.early)
    case .purging, .purged: .no(.gone)
    }
  }

  /// Asks a person, as long as there is something to decide.
  static func claim(_ stage: Stage) -> Cell {
    switch stage {
    case .queued, .deferred, .unknown, .accepted, .confirmed: .move(.held, entry: .hold)
    case .held, .sending: .later
    case .undeliverable, .cancelled, .expired: .note
    case .detected, .issued: .no(.early)
    case .purging, .purged: .no(.gone)
    }
  }
}
