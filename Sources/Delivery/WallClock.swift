package import Mail
import Synchronization

/// Where `now` comes from: the system in the daemon, a hand in tests.
package protocol WallClock: Sendable {
  func now() -> Timestamp
  /// Seconds of a clock that nobody can set and that goes on while the machine sleeps, from any beginning.
  func steady() -> Int64
}

/// A clock that stands until it is moved.
package final class ManualClock: WallClock {
  private let time: Mutex<(wall: Timestamp, steady: Int64)>

  package init(_ start: Timestamp) { time = Mutex((start, 0)) }
  package func now() -> Timestamp { time.withLock { $0.wall } }
  package func steady() -> Int64 { time.withLock { $0.steady } }
  /// Lets `seconds` pass.
  package func advance(by seconds: Int64) {
    time.withLock { $0 = ($0.wall + seconds, $0.steady + seconds) }
  }
  /// Sets the wall clock `seconds` forward, or back, though no time has passed.
  package func jump(by seconds: Int64) { time.withLock { $0.wall = $0.wall + seconds } }
}
