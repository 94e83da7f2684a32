package import Mail

/// How long to wait, and how long to go on, per class of outcome: a pure function of policy, attempts, class and now.
///
/// Read from `retry-policy.yaml`. Time is counted in seconds. A schedule shorter than the number of attempts repeats its
/// last step, so that `expiry` alone decides when to give up: a count of tries would punish a slow relay.
package struct RetryPolicy: Sendable, Hashable {
  /// Rules by class; a class without one follows `fallback`.
  package var rules: [OutcomeClass: Rule]
  package var fallback: Rule
  package var unknown: UnknownRule
  /// Waits after successive troubles of the route, in seconds; the last repeats.
  package var routePauses: [Int64]
  /// When nothing is sent at all, first attempts included; nil: never.
  package var quietHours: QuietHours?
  /// How many attempts the relay is to see at most; nil: as many as are due.
  package var rateLimit: RelayRate?

  package init(
    rules: [OutcomeClass: Rule], fallback: Rule, unknown: UnknownRule, routePauses: [Int64],
    quietHours: QuietHours? = nil, rateLimit: RelayRate? = nil
  ) {
    self.rules = rules
    self.fallback = fallback
    self.unknown = unknown
    self.routePauses = routePauses
    self.quietHours = quietHours
    self.rateLimit = rateLimit
  }

  /// The policy that is shipped as `config/retry-policy.yaml`.
  package static let standard = RetryPolicy(
    rules: [
      .greylisted: Rule(schedule: [300, 600, 900, 1800, 3600, 7200], expiry: 2 * 86_400),
      .mailboxFull: Rule(schedule: [3600, 4 * 3600, 12 * 3600], expiry: 5 * 86_400),
      .rateLimited: Rule(schedule: [900, 1800, 3600], jitter: 0.5, expiry: 3 * 86_400),
      .policy: Rule(schedule: [3600, 4 * 3600], expiry: 86_400, then: .hold),
      .bouncedSoft: oneResend,
    ],
    fallback: Rule(schedule: [300, 900, 1800, 3600, 7200, 4 * 3600], expiry: 5 * 86_400),
    unknown: UnknownRule(after: 86_400, then: .resend),
    routePauses: [30, 60, 120, 300, 600])

  /// What follows a report of a passing failure: the mail goes once more after a day, and no third time.
  private static let oneResend = Rule(schedule: [86_400], jitter: 0, expiry: 86_400)

  /// What to do after an attempt that was deferred.
  package enum Next: Sendable, Hashable {
    case retry(at: Timestamp)
    /// Trying goes on, and HR is told now that the mail is late: the expiry has passed, and the rule says `notify`.
    case retryTelling(at: Timestamp)
    case end(Ending)

    /// When to try again; nil if trying has ended.
    package var time: Timestamp? {
      switch self {
      case .retry(let time), .retryTelling(let time): time
      case .end: nil
      }
    }
  }

  /// The rule that a class follows. `bounced-soft` without one keeps to its standard, since a fallback made for relays that
  /// say "later" would send the mail again within minutes.
  package func rule(for class: OutcomeClass) -> Rule {
    rules[`class`] ?? (`class` == .bouncedSoft ? Self.oneResend : fallback)
  }

  /// Decides on the next attempt of a case. A time that falls into quiet hours is moved to their end.
  ///
  /// - Parameters:
  ///   - class: the class of the last outcome.
  ///   - attempts: attempts charged so far, this one included (≥ 1).
  ///   - queued: when the case was opened for sending; `expiry` counts from here.
  ///   - random: a number in 0..<1 for the jitter.
  ///   - told: whether HR has been told that this case is late: nobody is told twice. `hasExpired` over the earlier
  ///     attempts tells it.
  package func next(
    after class: OutcomeClass, attempts: Int, queued: Timestamp, now: Timestamp, random: Double, told: Bool = false
  ) -> Next {
    let rule = rule(for: `class`)
    guard hasExpired(`class`, queued: queued, at: now) else {
      let wait = rule.wait(after: attempts, random: random)
      // The last attempt falls on the expiry itself instead of after it.
      return .retry(at: allowed(Timestamp(seconds: min(now.seconds + wait, queued.seconds + rule.expiry))))
    }
    switch rule.then {
    case .undeliverable: return .end(.undeliverable)
    case .hold: return .end(.hold)
    case .notify:
      let time = allowed(now + rule.jittered(rule.waits.last, random: random))
      return told ? .retry(at: time) : .retryTelling(at: time)
    }
  }

  /// True if an attempt that ended at `now` with this class was the last its rule allows, or the first that it tells of.
  package func hasExpired(_ class: OutcomeClass, queued: Timestamp, at now: Timestamp) -> Bool {
    now - queued >= rule(for: `class`).expiry
  }

  /// The first moment from `time` on at which sending is allowed.
  package func allowed(_ time: Timestamp) -> Timestamp { quietHours?.end(at: time) ?? time }

  /// Seconds to pause the route after `troubles` in a row (≥ 1).
  package func pause(after troubles: Int) -> Int64 {
    routePauses[min(max(troubles, 1), routePauses.count) - 1]
  }
}
