import Synchronization

/// Lets a loop sleep until its time has come or somebody rings; for one loop.
final class Wake: Sendable {
  private struct State {
    var isRung = false
    var sleeper: Task<Void, Never>?
  }

  private let state = Mutex(State())

  /// Ends the sleep, or the next one if nobody sleeps.
  func ring() {
    let sleeper = state.withLock { state in
      state.isRung = true
      return state.sleeper
    }
    sleeper?.cancel()
  }

  /// Returns after so long, at a ring, or when the task is cancelled.
  func wait(atMost time: Duration) async {
    let sleeper = state.withLock { state -> Task<Void, Never>? in
      guard !state.isRung else { return nil }
      let sleeper = Task { () -> Void in try? await Task.sleep(for: time) }
      state.sleeper = sleeper
      return sleeper
    }
    if let sleeper {
      await withTaskCancellationHandler {
        await sleeper.value
      } onCancel: {
        sleeper.cancel()
      }
    }
    state.withLock { state in
      state.sleeper = nil
      state.isRung = false
    }
  }
}
