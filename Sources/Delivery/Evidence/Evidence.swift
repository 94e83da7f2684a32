package import Mail

/// What is known of a case's arrival: the sum of what was reported of its present mail.
package struct Evidence: Sendable, Hashable {
  /// The strength of what is known, weakest first; `bounced` speaks against arrival.
  package enum Level: String, Sendable, Hashable, CaseIterable, Codable { case accepted, relayed, delivered, bounced }

  /// Reports of the present mail's attempts, in the order in which they came.
  private let reports: [KeptReport]
  private let accepted: Timestamp?

  /// - Parameter reports: everything reported of the case; what is about an earlier address is left out here.
  package init(_ row: Case, reports: [KeptReport]) {
    self.reports = reports.filter { $0.attempt >= row.firstAttempt && $0.level != .claimed }
    accepted = row.acceptedAt
  }

  /// True if a report says that this attempt failed.
  package func hasFailed(_ attempt: Int) -> Bool { reports.contains { $0.attempt == attempt && $0.level.isFailure } }

  /// Nil before the relay has accepted the mail.
  package var level: Level? {
    let standing = reports.filter { !hasFailed($0.attempt) }
    if standing.contains(where: { $0.level == .delivered }) { return .delivered }
    if reports.contains(where: { report in report.level.isFailure && accepted.map { report.at >= $0 } ?? true }) {
      return .bounced
    }
    if standing.contains(where: { $0.level == .relayed }) { return .relayed }
    return accepted == nil ? nil : .accepted
  }

  /// When the quiet period began: with the acceptance, or with the last report that somebody is still trying.
  package func quietSince(_ accepted: Timestamp) -> Timestamp { max(accepted, lastDelay ?? accepted) }

  /// When the time of silence after the first `relayed` began; nil if there is none.
  package var relayedSince: Timestamp? {
    reports.first { $0.level == .relayed && !hasFailed($0.attempt) }.map { max($0.at, lastDelay ?? $0.at) }
  }

  /// The report that says so.
  package var relayed: KeptReport? { reports.first { $0.level == .relayed && !hasFailed($0.attempt) } }

  private var lastDelay: Timestamp? { reports.filter { $0.level == .delayed }.map(\.at).max() }
}
