import Dispatch
import GRDB
import Synchronization

/// Lets steps that come at the same time share one transaction, and so one wait for the disk.
///
/// Who comes first leads: it carries out its own step and all that wait by then, each in a savepoint of its own, so that
/// one that fails takes no other with it. Who comes while a leader is at work waits; the first of them leads next. Every
/// step is durable when its caller goes on.
final class CommitGroup<State: Sendable>: Sendable {
  typealias Work = @Sendable (Database, inout State) throws -> Void

  /// One caller's step, and the caller's seat while it waits.
  private final class Step: Sendable {
    enum Turn: Sendable { case wait, lead, done(Result<Void, any Error>) }
    let work: Work
    let turn = Mutex(Turn.wait)
    private let bell = DispatchSemaphore(value: 0)

    init(_ work: @escaping Work) { self.work = work }

    func take(_ turn: Turn) {
      self.turn.withLock { $0 = turn }
      bell.signal()
    }

    func sit() -> Turn {
      bell.wait()
      return turn.withLock { $0 }
    }
  }

  private struct Room {
    var waiting: [Step] = []
    var isLed = false
  }

  private let queue: DatabaseQueue
  /// What the steps hand on to each other; moves on only when a transaction has been committed.
  private let committed: Mutex<State>
  private let room = Mutex(Room())

  init(_ queue: DatabaseQueue, state: State) {
    self.queue = queue
    committed = Mutex(state)
  }

  /// How many steps wait for the next transaction.
  var waiting: Int { room.withLock { $0.waiting.count } }

  /// True while a step is being carried out.
  var isLed: Bool { room.withLock { $0.isLed } }

  /// Carries out one step; returns when it is durable, throws what it threw.
  func run(_ work: @escaping Work) throws {
    let step = Step(work)
    let leads = room.withLock { room in
      room.waiting.append(step)
      defer { room.isLed = true }
      return !room.isLed
    }
    if leads { step.take(.lead) }
    if case .lead = step.sit() { lead() }
    guard case .done(let result) = step.turn.withLock({ $0 }) else {
      throw DatabaseError(message: "a step was left undone")
    }
    try result.get()
  }

  private func lead() {
    let batch = room.withLock { room in
      defer { room.waiting = [] }
      return room.waiting
    }
    let results = carryOut(batch)
    for (step, result) in zip(batch, results) { step.take(.done(result)) }
    let next = room.withLock { room in
      room.isLed = !room.waiting.isEmpty
      return room.waiting.first
    }
    next?.take(.lead)
  }

  private func carryOut(_ batch: [Step]) -> [Result<Void, any Error>] {
    var results: [Result<Void, any Error>] = []
    do {
      try queue.writeWithoutTransaction { database in
        var state = committed.withLock { $0 }
        try database.inTransaction(.immediate) {
          for step in batch { results.append(try carryOut(step, in: database, &state)) }
          return .commit
        }
        committed.withLock { $0 = state }
      }
    } catch {
      // Nothing was committed: nobody may believe otherwise.
      return batch.map { _ in .failure(error) }
    }
    return results
  }

  /// One step in its savepoint. Throws only if SQLite has given the whole transaction up (a full disk, for example).
  private func carryOut(_ step: Step, in database: Database, _ state: inout State) throws -> Result<Void, any Error> {
    let before = state
    do {
      try database.inSavepoint {
        try step.work(database, &state)
        return .commit
      }
      return .success(())
    } catch {
      guard database.isInsideTransaction else { throw error }
      state = before
      return .failure(error)
    }
  }
}
