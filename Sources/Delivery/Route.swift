package import Mail

/// The way to the relay as a whole, as a circuit breaker: open, paused after trouble, or open for one probe; a value, so
/// that it can be tested without a relay.
///
/// Trouble costs no case an attempt. Only a case that ends the session again and again, while the relay takes others, is
/// to blame itself: it is set aside, so that it cannot keep the route closed for all.
package struct Route: Sendable, Hashable {
  /// A pause under way, or the probe after it.
  package struct Pause: Sendable, Hashable {
    package var trouble: RouteTrouble
    /// When the first trouble of the row was met.
    package var since: Timestamp
    /// When the probe may go.
    package var until: Timestamp
    /// How many troubles in a row.
    package var troubles: Int
  }

  /// What a case in trouble is to become.
  package enum Blame: Sendable, Hashable {
    /// Nothing: the route is paused.
    case route
    /// The relay takes other mails but never this one.
    case `case`
  }

  package private(set) var pause: Pause?
  /// The cases that met trouble lately: how often since the relay had heard of them, and whether others passed since the
  /// last time.
  private var suspects: [CaseID: Suspicion] = [:]

  private struct Suspicion: Sendable, Hashable {
    var troubles = 0
    var othersPassed = false
  }

  package init() {}

  /// How many attempts may be under way: none while paused, one as a probe after it, else `width`.
  package func width(_ width: Int, at now: Timestamp) -> Int {
    guard let pause else { return width }
    return now < pause.until ? 0 : 1
  }

  /// Puts the cases that met trouble last, so that the probe after a pause is another one.
  package func order(_ cases: [Case]) -> [Case] {
    cases.filter { suspects[$0.id] == nil } + cases.filter { suspects[$0.id] != nil }
  }

  /// The relay spoke about a case: the route is well. Returns the pause that ends with it, if there was one.
  package mutating func passed(_ id: CaseID) -> Pause? {
    defer { pause = nil }
    suspects[id] = nil
    suspects = suspects.filter { $0.value.troubles > 0 }.mapValues {
      Suspicion(troubles: $0.troubles, othersPassed: true)
    }
    return pause
  }

  /// Nothing was said to a probe either: the pause goes on and grows.
  package mutating func stayedSilent(policy: RetryPolicy, at now: Timestamp) {
    guard var longer = pause, now >= longer.until else { return }
    longer.troubles += 1
    longer.until = now + policy.pause(after: longer.troubles)
    pause = longer
  }

  /// Trouble met while `id` was to be sent: the pause begins or grows, unless the case itself is to blame.
  package mutating func troubled(
    by id: CaseID, _ trouble: RouteTrouble, policy: RetryPolicy, at now: Timestamp
  ) -> Blame {
    if trouble.phase.namesCase {
      var suspicion = suspects[id, default: Suspicion()]
      suspicion.troubles += 1
      // A relay at its limit tells many the same: then it is not this one.
      let isAlone = !suspects.contains { $0.key != id && $0.value.troubles > 0 }
      if suspicion.troubles >= 2, suspicion.othersPassed, isAlone {
        suspects[id] = nil
        return .case
      }
      suspicion.othersPassed = false
      suspects[id] = suspicion
    } else if suspects[id] == nil {
      // It was only the first in line; the probe is another one all the same.
      suspects[id] = Suspicion()
    }
    // What several sessions meet at the same time is one trouble.
    if let pause, now < pause.until { return .route }
    let troubles = (pause?.troubles ?? 0) + 1
    pause = Pause(
      trouble: trouble, since: pause?.since ?? now, until: now + policy.pause(after: troubles), troubles: troubles)
    return .route
  }
}

extension Phase {
  /// True if the relay had heard of the case at this step.
  fileprivate var namesCase: Bool {
    switch self {
    case .mail, .rcpt, .data, .body, .dot: true
    case .connect, .greeting, .ehlo, .starttls, .auth, .quit: false
    }
  }
}
