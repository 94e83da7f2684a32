import Audit
import Cryptography
package import Mail

/// What the outcome of an attempt makes of its case: pure, so that every row of it can be tested.
package struct Consequence: Sendable {
  /// The case as it stood when the relay spoke: with the intent durable at `sending`, before that as it was.
  package var row: Case
  package var attempt: Attempt
  package var policy: RetryPolicy
  package var now: Timestamp
  /// 0..<1, for the jitter.
  package var random: Double
  /// The attempts before this one, first to last.
  package var earlier: [Attempt]
  /// False while the wall clock cannot be trusted: then no case runs out of time.
  package var mayEnd: Bool

  package init(
    row: Case, attempt: Attempt, policy: RetryPolicy, now: Timestamp, random: Double, earlier: [Attempt] = [],
    mayEnd: Bool = true
  ) {
    self.row = row
    self.attempt = attempt
    self.policy = policy
    self.now = now
    self.random = random
    self.earlier = earlier
    self.mayEnd = mayEnd
  }

  /// The step to commit; the attempt is charged to the case.
  ///
  /// - Parameters:
  ///   - salt: of the case; keys the entry's commitments.
  ///   - replies: what the relay has said so far; sealed anew if it spoke now.
  package func change(
    for outcome: Outcome, to recipient: Address, salt: [UInt8], replies: ReplyHistory
  ) throws(CaseMachine.Refusal) -> CaseChange {
    var charged = row
    charged.attempts += 1
    var finished = attempt
    finished.finished = now
    finished.result = outcome.result
    var fields = finished.result?.fields ?? [:]
    fields["attempt"] = .integer(Int64(attempt.number))
    var change: CaseChange
    switch outcome {
    case .accepted(let reply):
      fields["to"] = .string(Commitment.address(salt: salt, normalised: recipient.normalised))
      fields["via"] = .string(Commitment.reply(salt: salt, text: reply.lines.joined(separator: "\n")))
      change = try charged.moved(by: .accept, at: now, fields: fields, about: recipient, attempt: finished) {
        $0.acceptedAt = now
        $0.nextAttempt = nil
      }
    case .deferred(let cause):
      change = try deferred(charged, class: OutcomeClass(cause), fields: fields, attempt: finished)
    case .refused(.reply(_, let reply)) where OutcomeClass.isReallyTemporary(reply):
      finished.result?.verdict = .deferred
      change = try deferred(charged, class: OutcomeClass(reply), fields: fields, attempt: finished)
    case .refused:
      change = try charged.moved(by: .refuse, at: now, fields: fields, attempt: finished) {
        $0.ground = .fail
        $0.lastClass = finished.result?.class
        $0.nextAttempt = nil
      }
    case .unknown(let cause):
      change = try lost(charged, cause: cause, attempt: finished)
    }
    if outcome.reply != nil {
      var history = replies
      history.add(outcome, attempt: attempt.number, at: now)
      change.seal[.reply] = (try? CaseVault.encode(history)) ?? []
    }
    return change
  }

  /// What is left of an attempt that a crash cut off: its intent stands, its result does not, so nobody knows.
  package func interrupted() throws(CaseMachine.Refusal) -> CaseChange {
    var charged = row
    charged.attempts += 1
    var finished = attempt
    finished.finished = now
    finished.result = .init(verdict: .unknown, class: .unknown)
    return try lost(charged, cause: .interrupted, attempt: finished)
  }

  /// Tried again when the policy says so, or ended in the same step as the policy says.
  private func deferred(
    _ charged: Case, class: OutcomeClass, fields: [String: CanonicalJSON], attempt: Attempt
  ) throws(CaseMachine.Refusal) -> CaseChange {
    // Without a clock to trust, the case is taken for one that was queued just now.
    let queued = mayEnd ? charged.queued ?? charged.opened : now
    let next = policy.next(
      after: `class`, attempts: charged.attempts, queued: queued, now: now, random: random,
      told: earlier.contains { wasLate($0, queued: queued) })
    let change = try charged.moved(by: .defer, at: now, fields: fields, attempt: attempt) {
      $0.lastClass = `class`
      $0.nextAttempt = next.time
    }
    switch next {
    case .retry: return change
    case .retryTelling:
      var telling = change
      let detail = "it is late; its last class of outcome is \"\(`class`.rawValue)\""
      telling.notices.append(NoticeDraft(.overdue, .init(caseID: charged.id, detail: detail)))
      return telling
    case .end(.undeliverable):
      return try change.followed { row throws(CaseMachine.Refusal) in
        try row.moved(by: .giveUp, at: now, fields: ["why": "retry-policy"]) { $0.ground = .expire }
      }
    case .end(.hold):
      return try change.followed { row throws(CaseMachine.Refusal) in try row.held(for: .retriesEnded, at: now) }
    }
  }

  /// True if HR was told at this attempt that the case is late.
  private func wasLate(_ attempt: Attempt, queued: Timestamp) -> Bool {
    guard let end = attempt.finished, let `class` = attempt.result?.class else { return false }
    return end >= queued && policy.hasExpired(`class`, queued: queued, at: end)
  }

  private func lost(_ charged: Case, cause: Cause, attempt: Attempt) throws(CaseMachine.Refusal) -> CaseChange {
    let fields: [String: CanonicalJSON] = [
      "phase": .string(cause.phase?.rawValue ?? "interrupted"), "attempt": .integer(Int64(attempt.number)),
    ]
    return try charged.moved(by: .lose, at: now, fields: fields, attempt: attempt) {
      $0.lastClass = .unknown
      $0.nextAttempt = Timestamp(seconds: now.seconds + policy.unknown.after)
    }
  }
}

extension CaseStore {
  /// The step for a case at `sending` whose session is over without a result: nobody knows what became of it.
  func interruption(of row: Case, by policy: RetryPolicy, at now: Timestamp) throws -> CaseChange {
    let attempt = try attempts(of: row.id).last ?? Attempt(number: 1, started: row.since, intent: row.since)
    return try Consequence(row: row, attempt: attempt, policy: policy, now: now, random: 0).interrupted()
  }
}
