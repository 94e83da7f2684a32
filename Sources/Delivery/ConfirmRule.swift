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

  /// Seconds without a failure after a `relayed` report.
  package static let relayedPeriod: Int64 = 86_400

  package init(requires: Requirement = .quiet, quietPeriod: Int64 = 144 * 3600, unwatched: Bool = false) {
    self.requires = requires
    self.quietPeriod = quietPeriod
    self.unwatched = unwatched
  }

  /// How a confirmation came about; stands in the `confirm` entry as `how`.
  package enum How: String, Sendable, Hashable, CaseIterable, Codable {
    case dsnDelivered = "dsn-delivered"
    case dsnRelayed = "dsn-relayed"
    case quiet, `operator`
  }

  /// How a case that was accepted at `accepted` counts as delivered by now; nil: it does not yet. A `delivered` report
  /// is not asked for here: it confirms when it comes, whatever `requires` says.
  package func how(accepted: Timestamp, evidence: Evidence, intake: IntakeHealth, now: Timestamp) -> How? {
    if requires != .delivered, let since = evidence.relayedSince,
      isSilent(from: since, for: Self.relayedPeriod, intake, now)
    {
      return .dsnRelayed
    }
    if requires == .quiet, isSilent(from: evidence.quietSince(accepted), for: quietPeriod, intake, now) {
      return .quiet
    }
    return nil
  }

  /// True if there was silence for so long, and if it says anything: somebody has looked after its end, or nobody can
  /// and the organisation takes it for an answer.
  private func isSilent(from begin: Timestamp, for seconds: Int64, _ intake: IntakeHealth, _ now: Timestamp) -> Bool {
    let end = begin + seconds
    guard end <= now else { return false }
    return intake.isConfigured ? intake.provesSilence(until: end, at: now) : unwatched
  }
}
