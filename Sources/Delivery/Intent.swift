import Audit
import Mail
import Synchronization

/// The intent to send the dot of one attempt: made durable once, just before the dot.
final class Intent: Sendable {
  private let before: Case
  private let begun: Attempt
  private let store: any CaseStore
  private let clock: any WallClock
  private let kept = Mutex<(row: Case, attempt: Attempt)?>(nil)

  init(row: Case, attempt: Attempt, store: any CaseStore, clock: any WallClock) {
    before = row
    begun = attempt
    self.store = store
    self.clock = clock
  }

  /// Commits `begin` with the attempt; throws if it could not be made durable, or if the case has moved meanwhile.
  func keep() throws {
    let now = clock.now()
    var attempt = begun
    attempt.intent = now
    let change = try before.moved(by: .begin, at: now, attempt: attempt)
    try store.commit(change, at: now)
    kept.withLock { $0 = (change.committed, attempt) }
  }

  var isKept: Bool { kept.withLock { $0 != nil } }
  /// The case as it stands: at `sending` once the intent is durable.
  var row: Case { kept.withLock { $0?.row } ?? before }
  var attempt: Attempt { kept.withLock { $0?.attempt } ?? begun }
}
