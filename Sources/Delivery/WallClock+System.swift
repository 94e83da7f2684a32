import Glibc
package import Mail

/// The system's clock.
package struct SystemClock: WallClock {
  package init() {}
  package func now() -> Timestamp { Timestamp(seconds: Int64(time(nil))) }
}
