package import Mail

/// Notices when the wall clock jumps: it must run as far as a clock that cannot be set. A value, so that it can be tested
/// without waiting.
///
/// Whether a quiet period or a retention has passed is known from the wall clock alone; after a jump nobody knows, and
/// nothing may be confirmed, expired or purged on it. The watch is over when the clock is back where it belongs, or when
/// the appliance is started anew, which accepts the clock as it is then.
package struct ClockWatch: Sendable, Hashable {
  /// How far the two clocks may drift apart, in seconds.
  package static let tolerance: Int64 = 300

  private let wall: Timestamp
  private let steady: Int64

  /// - Parameters:
  ///   - wall: the wall clock now.
  ///   - steady: the clock that cannot be set, now, in seconds from any beginning.
  package init(wall: Timestamp, steady: Int64) {
    self.wall = wall
    self.steady = steady
  }

  /// How far the wall clock stands before (positive) or behind where it belongs, in seconds; nil within the tolerance.
  package func jump(wall now: Timestamp, steady: Int64) -> Int64? {
    let drift = (now.seconds - wall.seconds) - (steady - self.steady)
    return abs(drift) > Self.tolerance ? drift : nil
  }

  /// The time it is: the wall clock's, or while that cannot be trusted, the time it would be had it not jumped.
  package func time(wall now: Timestamp, steady: Int64) -> Timestamp {
    jump(wall: now, steady: steady) == nil ? now : wall + (steady - self.steady)
  }
}

/// The wall clock under watch: a jump does not show in its time, so that nothing that is stamped or planned meanwhile lies
/// in a past or a future that never was.
package struct WatchedClock: WallClock {
  private let clock: any WallClock
  private let watch: ClockWatch

  /// The watch begins now.
  package init(_ clock: any WallClock) {
    self.clock = clock
    watch = ClockWatch(wall: clock.now(), steady: clock.steady())
  }

  package func now() -> Timestamp { watch.time(wall: clock.now(), steady: clock.steady()) }
  package func steady() -> Int64 { clock.steady() }
  /// How far the wall clock has jumped, in seconds; nil while it can be trusted.
  package var jump: Int64? { watch.jump(wall: clock.now(), steady: clock.steady()) }
}
