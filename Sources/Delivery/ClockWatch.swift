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
}
