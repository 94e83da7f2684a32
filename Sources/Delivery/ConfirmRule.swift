package import Mail

/// What evidence makes an accepted mail count as delivered.
package struct ConfirmRule: Sendable, Hashable {
  /// The weakest evidence that suffices (`confirm.requires`).
  package enum Requirement: String, Sendable, Hashable, CaseIterable, Codable { case delivered, relayed, quiet }
  package var requires: Requirement
  /// Seconds without a failure after acceptance (`confirm.quiet_period`); must exceed the relay's own queue lifetime.
  package var quietPeriod: Int64
  /// True if the organisation has said that silence shall count although nobody reads bounces (`confirm.unwatched`).
  package var unwatched: Bool

  package init(requires: Requirement = .quiet, quietPeriod: Int64 = 144 * 3600, unwatched: Bool = false) {
    self.requires = requires
    self.quietPeriod = quietPeriod
    self.unwatched = unwatched
  }

  /// How a confirmation came about; stands in the `confirm` entry as `how`.
  package enum How: String, Sendable, Hashable, CaseIterable, Codable { case quiet, `operator` }

  /// True if silence confirms a case accepted at `accepted`. Bounces are not watched by this version, so silence counts
  /// only where the organisation has said so; otherwise the case waits for an operator.
  package func quietSuffices(accepted: Timestamp, now: Timestamp) -> Bool {
    requires == .quiet && unwatched && now.seconds - accepted.seconds >= quietPeriod
  }
}
