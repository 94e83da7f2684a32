import Glibc
package import Mail

/// The system's clocks.
package struct SystemClock: WallClock {
  package init() {}
  package func now() -> Timestamp { Timestamp(seconds: Int64(time(nil))) }
  package func steady() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_BOOTTIME, &now)
    return Int64(now.tv_sec)
  }
}
