package import Mail

/// The way to the relay as a whole: open, or paused after trouble; a value, so that it can be tested without a relay.
package struct Route: Sendable, Hashable {
  private var troubles = 0
  private var until: Timestamp?
  private var last: CaseID?

  package init() {}

  /// When the route opens again, or nil if it is open now.
  package func pausedUntil(at now: Timestamp) -> Timestamp? {
    guard let until, now < until else { return nil }
    return until
  }

  /// Puts the case that met the trouble last, so that the probe after a pause is another one.
  package func order(_ cases: [Case]) -> [Case] {
    guard let last else { return cases }
    return cases.filter { $0.id != last } + cases.filter { $0.id == last }
  }

  /// A session reached the point where the relay speaks about a case: the route is well.
  package mutating func passed() {
    troubles = 0
    until = nil
    last = nil
  }

  /// Trouble met while `id` was to be sent; returns how many there were in a row.
  package mutating func troubled(by id: CaseID, policy: RetryPolicy, at now: Timestamp) -> Int {
    troubles += 1
    last = id
    until = Timestamp(seconds: now.seconds + policy.pause(after: troubles))
    return troubles
  }
}
