package import Mail

/// Notices departures. Implemented by Bob's watcher; by a list in tests.
package protocol LeaverSource: Sendable {
  /// One full poll. Throws `LeaverSourceFailure`; never returns a partial answer as if it were whole.
  func poll(at now: Timestamp) async throws -> Poll
  /// Reads a leaver again, by Bob's employee number, before a held case goes on.
  ///
  /// Facts that are the same as `known` are believed at once; others are read twice. Throws `DeskFailure.notALeaver` for
  /// somebody who has not left, of whom nothing personal is read.
  func reread(employee: String, known: LeaverFacts?) async throws -> Sighting.Reading
  /// Reads a leaver again whose case is purged. `admit` is asked before anything personal is read and throws to stop.
  /// Throws `DeskFailure.notALeaver` for somebody who has not left.
  func revisit(employee: String, admit: @Sendable (PersonMark) throws -> Void) async throws
    -> (Departure, Sighting.Reading)
}

/// What one poll saw.
package struct Poll: Sendable {
  /// How many people the answer held (a count only).
  package var people: Int
  /// True if this poll took the baseline: everybody already gone is handled and nobody is mailed.
  package var tookBaseline: Bool
  package var sightings: [Sighting]
  /// The people who could not be read; nil if all could.
  package var missed: Missed?
  /// How many people have their turn in the next poll only.
  package var waiting: Int

  package init(
    people: Int, tookBaseline: Bool = false, sightings: [Sighting], missed: Missed? = nil,
    waiting: Int = 0
  ) {
    self.people = people
    self.tookBaseline = tookBaseline
    self.sightings = sightings
    self.missed = missed
    self.waiting = waiting
  }
}

/// Leavers who could not be read, though the poll succeeded.
package struct Missed: Sendable, Hashable {
  package var count: Int
  /// Why the last of them could not.
  package var advice: String

  package init(count: Int, advice: String) {
    self.count = count
    self.advice = advice
  }

  /// These words stand in the board of alarms, whoever bears them as a name.
  package static let words = "leavers cannot be read"

  package var sentence: String { "\(count) \(Self.words): \(advice)" }
}

/// Something the watcher saw: of which a case must be made, or none on purpose, or that an existing case must know.
package enum Sighting: Sendable {
  /// A leaver not handled yet. `holds` are the watcher's own reasons for a hold (too old, surge, approval, unstable …),
  /// the first being the one recorded. `isAnother` says that it comes after a departure that is remembered.
  case left(Departure, employee: String, Reading, holds: [HoldReason], isAnother: Bool = false)
  /// The termination date of a handled leaver was changed. The source tells it again until the log is updated, which
  /// the intake does after it has acted, so that a crash loses nothing.
  case terminationMoved(Departure, caseID: CaseID?)
  /// A handled leaver is there again: the termination was cancelled, or the person was rehired. Told again until the
  /// mark is reset, as above.
  case returned(PersonMark, caseID: CaseID?)
  /// A leaver of whom no reference is to be made.
  case excluded(Departure)

  /// The facts as read, with what is wrong with them at the source.
  package struct Reading: Sendable {
    package var facts: LeaverFacts
    /// Problems only the source can know, such as a list item without a name.
    package var problems: [HoldReason]

    package init(facts: LeaverFacts, problems: [HoldReason] = []) {
      self.facts = facts
      self.problems = problems
    }
  }
}

/// Why a poll failed; the caller decides by the case, the operator reads `advice`.
package enum LeaverSourceFailure: Error, Sendable, Hashable {
  /// 401/403: ask again only after an hour or when the token file changes.
  case refused(advice: String)
  /// The answer looks healthy but does not show what it must: nobody may be taken as "not left".
  case blind(advice: String)
  /// Come back after so many seconds.
  case later(seconds: Int64, advice: String)
  /// The source has no such person any more.
  case gone(advice: String)

  package var advice: String {
    switch self {
    case .refused(let advice), .blind(let advice), .later(_, let advice), .gone(let advice): advice
    }
  }
}
