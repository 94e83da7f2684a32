package import Audit
package import Logging
package import Mail

/// Settles what only time decides: quiet periods, unknowns, retentions; and hands closed cases to the purge.
package struct Settlement: Sendable {
  private let store: any CaseStore & ReportLog
  private let purger: any CasePurger
  private let confirm: ConfirmRule
  private let retention: Retention
  private let logger: Logger

  package init(
    store: any CaseStore & ReportLog, purger: any CasePurger, confirm: ConfirmRule, retention: Retention, logger: Logger
  ) {
    self.store = store
    self.purger = purger
    self.confirm = confirm
    self.retention = retention
    self.logger = logger
  }

  /// Confirms every accepted case of which enough is known by now. Returns the cases confirmed.
  package func confirm(watching intake: IntakeHealth, at now: Timestamp) throws -> [Case] {
    var confirmed: [Case] = []
    let reports = try store.reports(ofCasesAt: [.accepted])
    for row in try store.cases(at: [.accepted]) {
      let evidence = Evidence(row, reports: reports[row.id] ?? [])
      guard let accepted = row.acceptedAt,
        let how = confirm.how(accepted: accepted, evidence: evidence, intake: intake, now: now)
      else { continue }
      var fields: [String: CanonicalJSON] = [:]
      if how == .dsnRelayed, let relayed = evidence.relayed {
        fields = ["attempt": .integer(Int64(relayed.attempt)), "evidence": .string(relayed.hash)]
      }
      let change = try row.confirmed(how: how, watched: intake.isConfigured, at: now, fields: fields)
      guard try commits(change, at: now) else { continue }
      logger.info(
        "case confirmed",
        metadata: ["case": "\(row.id)", "how": "\(how.rawValue)", "watched": "\(intake.isConfigured)"])
      confirmed.append(change.after)
    }
    return confirmed
  }

  /// Decides about unknowns whose time for evidence has passed, by the policy; returns the cases moved.
  package func resolveUnknown(by policy: RetryPolicy, at now: Timestamp) throws -> [Case] {
    var moved: [Case] = []
    for row in try store.cases(at: [.unknown]) {
      // One without a time was held meanwhile, and released: its time is now.
      guard row.nextAttempt.map({ $0 <= now }) ?? true else { continue }
      let choice: [String: CanonicalJSON] = ["choice": .string(policy.unknown.then.rawValue)]
      let change =
        switch policy.unknown.then {
        // The same bytes with the same Message-ID: a receiver can tell the second copy from a second letter.
        case .resend: try row.moved(by: .resend, at: now, fields: choice) { $0.nextAttempt = nil }
        case .hold: try row.held(for: .unknownOutcome, at: now, resume: .queued, fields: choice)
        }
      guard try commits(change, at: now) else { continue }
      logger.notice(
        "unknown outcome decided", metadata: ["case": "\(row.id)", "choice": "\(policy.unknown.then.rawValue)"])
      moved.append(change.after)
    }
    return moved
  }

  /// Closes every case that is out of time; returns the cases closed.
  package func lapse(at now: Timestamp) throws -> [Case] {
    var lapsed: [Case] = []
    for row in try store.cases(at: Set(Stage.allCases)) where retention.mustExpire(row, now: now) {
      let change = try row.lapsed(at: now)
      guard try commits(change, at: now) else { continue }
      logger.notice("case expired", metadata: ["case": "\(row.id)", "from": "\(row.stage.rawValue)"])
      lapsed.append(change.after)
    }
    return lapsed
  }

  /// False if a person moved the case first: where they put it, it stays.
  private func commits(_ change: CaseChange, at now: Timestamp) throws -> Bool {
    do {
      try store.commit(change, at: now)
      return true
    } catch CaseStoreError.moved {
      return false
    }
  }

  /// Purges every closed case whose retention is over, as one batch.
  package func purgeDue(at now: Timestamp) throws -> [PurgeResult] {
    let due = try store.cases(at: Stage.closed.union([.purging])).filter { retention.purgeDue($0, now: now) }
    guard !due.isEmpty else { return [] }
    let results = try purger.purge(due, at: now)
    for result in results where !result.purged {
      logger.critical(
        "purge not clean",
        metadata: [
          "case": "\(result.caseID)", "residue": "\(result.residue.map(\.description).joined(separator: "; "))",
        ])
    }
    return results
  }
}

extension Case {
  /// Confirms the case and says how: `watched` tells whether bounces were being read while it was quiet.
  package func confirmed(
    how: ConfirmRule.How, watched: Bool, at now: Timestamp, fields: [String: CanonicalJSON] = [:],
    by event: CaseEvent = .confirm
  ) throws(CaseMachine.Refusal) -> CaseChange {
    var told = fields
    told["how"] = .string(how.rawValue)
    told["watched"] = .bool(watched)
    if let acceptedAt { told["seconds"] = .integer(max(0, now.seconds - acceptedAt.seconds)) }
    return try moved(by: event, at: now, fields: told) { $0.ground = .confirm }
  }
}
