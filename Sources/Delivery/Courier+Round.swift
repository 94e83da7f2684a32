package import Mail

extension Courier {
  /// What one round came to.
  package struct Round: Sendable, Hashable {
    package var accepted = 0
    package var deferred = 0
    package var refused = 0
    package var unknown = 0
    package var held = 0
    /// The trouble that paused the route, if any.
    package var trouble: RouteTrouble?
    /// When the route opens for a probe; nil if it is open.
    package var pausedUntil: Timestamp?
    /// When the policy lets the rest go: the end of quiet hours, or the relay's rate; nil if nothing is kept back.
    package var waitsUntil: Timestamp?
    /// True if an intent or a result could not be made durable.
    package var storeFailed = false

    /// Counts a case by where it stands now.
    mutating func count(_ row: Case) {
      switch row.stage {
      case .accepted: accepted += 1
      case .unknown: unknown += 1
      case .held: held += 1
      case .undeliverable where row.ground == .fail: refused += 1
      default: deferred += 1
      }
    }
  }
}
