import Audit
import Mail

/// What a report makes of its case: pure, so that every row of it can be tested.
struct ReportConsequence: Sendable {
  var row: Case
  /// The report as it shall be kept; the decision sets `isPending`.
  var report: KeptReport
  /// Everything else that is kept of the case.
  var earlier: [KeptReport]
  /// The case's attempts, first to last.
  var attempts: [Attempt]
  var policy: RetryPolicy
  var now: Timestamp
  /// 0..<1, for the jitter.
  var random: Double
  /// False while the wall clock cannot be trusted: then no case runs out of time.
  var mayEnd: Bool
  /// True if no entry tells of the report yet.
  var isNew: Bool
  /// The commitment to the address, for an entry that says the relay took the mail.
  var recipient: String?

  /// The step to commit, with the report and its entries.
  func change() throws(CaseMachine.Refusal) -> CaseChange {
    var change = try step()
    change.report = report
    change.report?.isPending = isPending
    if isNew, report.level.isFailure {
      var fields = evidence
      fields["class"] = .string(outcomeClass.rawValue)
      fields["reason"] = .string(report.reason.rawValue)
      change.entries.insert(EntryDraft(.bounced, case: row.id, fields), at: 0)
    }
    return change
  }

  /// A report that says nothing new: the same message, or the same said of the same attempt. Delays may be said again, as
  /// each begins the silence anew, but not for ever.
  static func isRepeated(_ report: KeptReport, after earlier: [KeptReport]) -> Bool {
    let same = earlier.filter { $0.attempt == report.attempt && $0.level == report.level }
    return earlier.contains { $0.hash == report.hash } || same.count >= (report.level == .delayed ? mostDelays : 1)
  }

  static let mostDelays = 16

  private var event: CaseEvent {
    switch report.level {
    case .hard: .bounceHard
    case .soft: .bounceSoft
    case .delayed: .delay
    case .relayed: .relay
    case .delivered: .deliver
    case .claimed: .claim
    }
  }

  /// What was sent to an address that is no longer the case's says nothing of the present one.
  private var isStale: Bool { report.attempt < row.firstAttempt }

  private var isPending: Bool { !isStale && CaseMachine.cell(row.stage, event) == .later }

  /// False if the attempts since then, or what is known of its own, make it no matter.
  private var counts: Bool {
    switch report.level {
    case .hard, .claimed: true
    // A newer attempt is under way, or has been taken: it will have reports of its own.
    case .soft: report.attempt == attempts.last { $0.intent != nil }?.number
    // A failure counts against any other evidence of the same attempt, whichever comes first.
    case .delayed, .relayed, .delivered: !Evidence(row, reports: earlier).hasFailed(report.attempt)
    }
  }

  private func step() throws(CaseMachine.Refusal) -> CaseChange {
    if case .no(let refusal) = CaseMachine.cell(row.stage, event) { throw refusal }
    guard !isStale, counts, movesCase else { return CaseChange(row, expected: row.stage) }
    switch report.level {
    case .hard: return try failed()
    case .soft: return try reopened()
    case .delayed, .relayed: return try taken()
    case .delivered: return try delivered()
    case .claimed: return try row.held(for: .unprovenReport, at: now, fields: evidence, by: event)
    }
  }

  private var movesCase: Bool {
    if case .move = CaseMachine.cell(row.stage, event) { true } else { false }
  }

  private func failed() throws(CaseMachine.Refusal) -> CaseChange {
    var fields = evidence
    fields["why"] = "bounced"
    fields["class"] = .string(outcomeClass.rawValue)
    var change = try row.moved(by: event, at: now, fields: fields) {
      $0.ground = .fail
      $0.lastClass = outcomeClass
      $0.nextAttempt = nil
    }
    let detail = "a report says that the mail cannot be delivered to this address (\(report.reason.rawValue))"
    change.notices = [NoticeDraft(.undeliverable, .init(caseID: row.id, detail: detail))]
    return change
  }

  /// Sent once more when the policy says so, or ended in the same step as the policy says. Its time begins with the first
  /// such report, or with the last word of a person after it.
  private func reopened() throws(CaseMachine.Refusal) -> CaseChange {
    let queued = row.queued ?? row.opened
    let before = earlier.filter { $0.level == .soft && $0.attempt >= row.firstAttempt && $0.at >= queued }
    let begin = before.isEmpty || !mayEnd ? now : queued
    let next = policy.next(
      after: .bouncedSoft, attempts: before.count + 1, queued: begin, now: now, random: random,
      told: before.contains { policy.hasExpired(.bouncedSoft, queued: begin, at: $0.at) })
    var change = try row.moved(by: event, at: now) {
      $0.lastClass = .bouncedSoft
      $0.nextAttempt = next.time
      $0.acceptedAt = nil
      if before.isEmpty { $0.queued = now }
    }
    switch next {
    case .retry: break
    case .retryTelling:
      let detail = "it is late; reports say that it could not be delivered (\(report.reason.rawValue))"
      change.notices.append(NoticeDraft(.overdue, .init(caseID: row.id, detail: detail)))
    case .end(.undeliverable):
      change = try change.followed { row throws(CaseMachine.Refusal) in
        try row.moved(by: .giveUp, at: now, fields: ["why": "retry-policy"]) { $0.ground = .expire }
      }
      let detail = "reports say again and again that the mail could not be delivered (\(report.reason.rawValue))"
      change.notices = [NoticeDraft(.undeliverable, .init(caseID: row.id, detail: detail))]
    case .end(.hold):
      change = try change.followed { row throws(CaseMachine.Refusal) in try row.held(for: .retriesEnded, at: now) }
    }
    return change
  }

  private func taken() throws(CaseMachine.Refusal) -> CaseChange {
    var fields = evidence
    if let recipient { fields["to"] = .string(recipient) }
    let time = attempts.first { $0.number == report.attempt }?.finished ?? now
    return try row.moved(by: event, at: now, fields: fields) {
      $0.acceptedAt = min(time, now)
      $0.nextAttempt = nil
    }
  }

  private func delivered() throws(CaseMachine.Refusal) -> CaseChange {
    func confirm(_ row: Case) throws(CaseMachine.Refusal) -> CaseChange {
      try row.confirmed(how: .dsnDelivered, watched: true, at: now, fields: evidence, by: event)
    }
    guard row.stage != .accepted else { return try confirm(row) }
    return try taken().followed(by: confirm)
  }

  /// What every entry tells of the report it rests on.
  private var evidence: [String: CanonicalJSON] {
    var fields: [String: CanonicalJSON] = [
      "attempt": .integer(Int64(report.attempt)), "action": .string(action), "evidence": .string(report.hash),
    ]
    if let status = report.status { fields["status"] = .string(status.description) }
    return fields
  }

  private var action: String {
    switch report.level {
    case .hard, .soft, .claimed: Report.Action.failed.rawValue
    case .delayed: Report.Action.delayed.rawValue
    case .relayed: Report.Action.relayed.rawValue
    case .delivered: Report.Action.delivered.rawValue
    }
  }

  private var outcomeClass: OutcomeClass { report.level == .hard ? .unknownUser : .bouncedSoft }
}
