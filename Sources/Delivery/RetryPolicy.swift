package import Mail

/// How long to wait, and how long to go on, per class of outcome: a pure function of policy, attempts, class and now.
///
/// Read from `retry-policy.yaml`. Time is counted in seconds. A schedule shorter than the number of attempts repeats its
/// last step, so that `expiry` alone decides when to give up: a count of tries would punish a slow relay.
package struct RetryPolicy: Sendable, Hashable {
  /// What to do with one class of outcome.
  package struct Rule: Sendable, Hashable {
    /// Waits after the first, second … attempt, in seconds; never empty.
    package var schedule: [Int64]
    /// Share of a wait that is drawn at random, 0…1: 0.2 spreads a wait over 80–120 %. It keeps many cases that were
    /// deferred together from coming back together.
    package var jitter: Double
    /// Seconds after the case was queued at which trying ends.
    package var expiry: Int64
    /// What happens then.
    package var then: Ending

    package init(schedule: [Int64], jitter: Double = 0.2, expiry: Int64, then: Ending = .undeliverable) {
      self.schedule = schedule
      self.jitter = jitter
      self.expiry = expiry
      self.then = then
    }
  }

  package enum Ending: String, Sendable, Hashable, CaseIterable, Codable {
    /// The case becomes undeliverable: HR is told, it lapses after `purge.undeliverable_after`.
    case undeliverable
    /// The case waits for a person.
    case hold
  }

  /// What to do about an outcome that nobody knows.
  package struct UnknownRule: Sendable, Hashable {
    package enum Choice: String, Sendable, Hashable, CaseIterable, Codable { case resend, hold }
    /// Seconds to wait for evidence first.
    package var after: Int64
    package var then: Choice

    package init(after: Int64, then: Choice) {
      self.after = after
      self.then = then
    }
  }

  /// Rules by class; a class without one follows `fallback`.
  package var rules: [OutcomeClass: Rule]
  package var fallback: Rule
  package var unknown: UnknownRule
  /// Waits after successive troubles of the route, in seconds; the last repeats.
  package var routePauses: [Int64]

  package init(rules: [OutcomeClass: Rule], fallback: Rule, unknown: UnknownRule, routePauses: [Int64]) {
    self.rules = rules
    self.fallback = fallback
    self.unknown = unknown
    self.routePauses = routePauses
  }

  /// The policy that is shipped as `config/retry-policy.yaml`.
  package static let standard = RetryPolicy(
    rules: [
      .greylisted: Rule(schedule: [300, 600, 900, 1800, 3600, 7200], expiry: 2 * 86_400),
      .mailboxFull: Rule(schedule: [3600, 4 * 3600, 12 * 3600], expiry: 5 * 86_400),
      .rateLimited: Rule(schedule: [900, 1800, 3600], jitter: 0.5, expiry: 3 * 86_400),
      .policy: Rule(schedule: [3600, 4 * 3600], expiry: 86_400, then: .hold),
    ],
    fallback: Rule(schedule: [300, 900, 1800, 3600, 7200, 4 * 3600], expiry: 5 * 86_400),
    unknown: UnknownRule(after: 86_400, then: .resend),
    routePauses: [30, 60, 120, 300, 600])

  /// What to do after an attempt that was deferred.
  package enum Next: Sendable, Hashable {
    case retry(at: Timestamp)
    case end(Ending)
  }

  /// Decides on the next attempt of a case.
  ///
  /// - Parameters:
  ///   - class: the class of the last outcome.
  ///   - attempts: attempts charged so far, this one included (≥ 1).
  ///   - queued: when the case was opened for sending; `expiry` counts from here.
  ///   - random: a number in 0..<1 for the jitter.
  package func next(
    after class: OutcomeClass, attempts: Int, queued: Timestamp, now: Timestamp, random: Double
  ) -> Next {
    let rule = rules[`class`] ?? fallback
    guard now.seconds - queued.seconds < rule.expiry else { return .end(rule.then) }
    let base = rule.schedule[min(max(attempts, 1), rule.schedule.count) - 1]
    let factor = 1 + rule.jitter * (2 * random - 1)
    let wait = max(1, Int64((Double(base) * factor).rounded()))
    // The last attempt falls on the expiry itself instead of after it.
    return .retry(at: Timestamp(seconds: min(now.seconds + wait, queued.seconds + rule.expiry)))
  }

  /// Seconds to pause the route after `troubles` in a row (≥ 1).
  package func pause(after troubles: Int) -> Int64 {
    routePauses[min(max(troubles, 1), routePauses.count) - 1]
  }
}
