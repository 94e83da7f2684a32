extension RetryPolicy {
  /// What to do with one class of outcome.
  package struct Rule: Sendable, Hashable {
    package var waits: Waits
    /// Share of a wait that is drawn at random, 0…1: 0.2 spreads a wait over 80–120 %. It keeps many cases that were
    /// deferred together from coming back together.
    package var jitter: Double
    /// Seconds after the case was queued at which trying ends, or HR is told.
    package var expiry: Int64
    /// What happens then.
    package var then: Then

    package init(_ waits: Waits, jitter: Double = 0.2, expiry: Int64, then: Then = .undeliverable) {
      self.waits = waits
      self.jitter = jitter
      self.expiry = expiry
      self.then = then
    }

    /// A rule whose waits are written out, in seconds; at least one.
    package init(schedule: [Int64], jitter: Double = 0.2, expiry: Int64, then: Then = .undeliverable) {
      self.init(.schedule(schedule), jitter: jitter, expiry: expiry, then: then)
    }

    /// Seconds to wait after so many attempts (≥ 1), at least one; `random` in 0..<1 draws the jitter.
    package func wait(after attempts: Int, random: Double) -> Int64 {
      jittered(waits.wait(after: attempts), random: random)
    }

    func jittered(_ wait: Int64, random: Double) -> Int64 {
      max(1, Int64((Double(wait) * (1 + jitter * (2 * random - 1))).rounded()))
    }
  }

  /// The waits after the first, second … attempt, in seconds and before jitter.
  package enum Waits: Sendable, Hashable {
    /// Written out; never empty; the last one repeats.
    case schedule([Int64])
    case formula(Formula)

    /// The wait after so many attempts (≥ 1).
    package func wait(after attempts: Int) -> Int64 {
      switch self {
      case .schedule(let steps): steps[min(max(attempts, 1), steps.count) - 1]
      case .formula(let formula): formula.wait(after: attempts)
      }
    }

    /// The wait that repeats once all others have passed.
    package var last: Int64 {
      switch self {
      case .schedule(let steps): steps[steps.count - 1]
      case .formula(let formula): formula.longest
      }
    }
  }

  /// Waits that grow by a factor up to a longest one: `first`, `first × factor`, `first × factor²` …
  package struct Formula: Sendable, Hashable {
    /// Seconds.
    package let first: Int64
    /// 1…10; 1 waits the same time again and again.
    package let factor: Double
    /// Seconds.
    package let longest: Int64

    /// Nil unless 1 ≤ first ≤ longest and 1 ≤ factor ≤ 10.
    package init?(first: Int64, factor: Double, longest: Int64) {
      guard first >= 1, longest >= first, (1...10).contains(factor) else { return nil }
      self.first = first
      self.factor = factor
      self.longest = longest
    }

    /// The wait after so many attempts (≥ 1); a product beyond `longest`, however large, is `longest`.
    package func wait(after attempts: Int) -> Int64 {
      var (wait, attempt) = (Double(first), 1)
      while attempt < attempts, factor > 1, wait < Double(longest) {
        wait *= factor
        attempt += 1
      }
      return wait < Double(longest) ? Int64(wait.rounded()) : longest
    }
  }

  /// What a rule does at its expiry; the raw values are words of `retry-policy.yaml`.
  package enum Then: String, Sendable, Hashable, CaseIterable, Codable {
    /// The case becomes undeliverable: HR is told, it lapses after `purge.undeliverable_after`.
    case undeliverable
    /// The case waits for a person.
    case hold
    /// HR is told once, and trying goes on at the last wait until `purge.latest_after` ends the case.
    case notify
  }

  /// How trying ends.
  package enum Ending: String, Sendable, Hashable, CaseIterable, Codable {
    case undeliverable, hold
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
}
