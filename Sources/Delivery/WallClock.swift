package import Mail
import Synchronization

/// Where `now` comes from: the system in the daemon, a hand in tests.
package protocol WallClock: Sendable {
  func now() -> Timestamp
}

/// A clock that stands until it is moved.
package final class ManualClock: WallClock {
  private let time: Mutex<Timestamp>

  package init(_ start: Timestamp) { time = Mutex(start) }
  package func now() -> Timestamp { time.withLock { $0 } }
  /// Moves the clock by `seconds`, also backwards.
  package func advance(by seconds: Int64) { time.withLock { $0 = Timestamp(seconds: $0.seconds + seconds) } }
}
