import Audit
package import Logging
package import Mail

/// Carries mails to the relay: one attempt at a time for each case due, its intent and its result made durable.
///
/// Trouble of the route ends the round, pauses the route by the policy and charges no case an attempt. After a pause the
/// round begins with another case, so that one poisonous mail cannot keep the route closed for all.
package actor Courier {
  private let store: any CaseStore
  private let transport: any Transport
  private let returnPath: ReturnPath
  private var policy: RetryPolicy
  private let logger: Logger
  private let random: @Sendable () -> Double
  private var route = Route()
  private var vault: CaseVault { CaseVault(store) }

  /// - Parameter random: 0..<1, for the jitter.
  package init(
    store: any CaseStore, transport: any Transport, returnPath: ReturnPath, policy: RetryPolicy,
    logger: Logger, random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
  ) {
    self.store = store
    self.transport = transport
    self.returnPath = returnPath
    self.policy = policy
    self.logger = logger
    self.random = random
  }

  /// What one round came to.
  package struct Round: Sendable, Hashable {
    package var accepted = 0
    package var deferred = 0
    package var refused = 0
    package var unknown = 0
    /// The trouble that paused the route, if any.
    package var trouble: RouteTrouble?
    /// When the route opens again; nil if it is open.
    package var pausedUntil: Timestamp?
  }

  /// Sets right what a crash left: a case at `sending` whose intent stands is unknown, one without was surely not sent.
  /// Call once, before the first round.
  package func recover(at now: Timestamp) throws {
    for row in try store.cases(at: [.sending]) {
      var attempt = try store.attempts(of: row.id).last
      attempt?.finished = now
      if attempt?.intent == nil {
        attempt?.result = .init(verdict: .abandoned)
        try store.commit(try row.moved(by: .abandon, at: now, attempt: attempt) { $0.nextAttempt = nil }, at: now)
      } else {
        attempt?.result = .init(verdict: .unknown, class: .unknown)
        try store.commit(try lost(row, cause: .interrupted, attempt: attempt, at: now), at: now)
      }
      logger.notice("session interrupted", metadata: ["case": "\(row.id)", "intent": "\(attempt?.intent != nil)"])
    }
  }

  /// Sends everything that is due. `progress` is told of every case moved.
  package func round(
    clock: any WallClock, progress: @Sendable (Case) -> Void = { _ in }
  ) async throws -> Round {
    var round = Round()
    if let until = route.pausedUntil(at: clock.now()) {
      round.pausedUntil = until
      return round
    }
    for row in route.order(try due(at: clock.now())) {
      guard !Task.isCancelled else { break }
      do throws(TransportFailure) {
        let after = try await attempt(row, clock: clock)
        route.passed()
        round.count(after)
        progress(after)
      } catch {
        round.pausedUntil = pause(for: error, on: row.id, at: clock.now())
        if case .route(let trouble) = error { round.trouble = trouble }
        break
      }
    }
    return round
  }

  private func due(at now: Timestamp) throws -> [Case] {
    try store.cases(at: [.queued, .deferred]).filter { row in row.nextAttempt.map { $0 <= now } ?? true }
  }

  /// One attempt. What it throws charged the case nothing.
  private func attempt(_ row: Case, clock: any WallClock) async throws(TransportFailure) -> Case {
    let started = clock.now()
    let store = self.store
    do {
      let number = (try store.attempts(of: row.id).last?.number ?? 0) + 1
      let attempt = Attempt(number: number, started: started)
      let parts = try vault.envelope(of: row.id)
      guard let recipient = try? Address(parsing: parts.recipient) else { throw CaseVault.Missing(part: .envelope) }
      let envelope = try returnPath.envelope(to: recipient, case: row.id, attempt: number)
      let mail = try vault.mail(of: row.id)
      let begun = try row.moved(by: .begin, at: started, attempt: attempt)
      try store.commit(begun, at: started)
      let outcome: Outcome
      do throws(TransportFailure) {
        outcome = try await transport.send(envelope, message: mail) {
          let now = clock.now()
          var intended = attempt
          intended.intent = now
          try store.commit(CaseChange(begun.after, expected: .sending, attempt: intended), at: now)
        }
      } catch {
        var abandoned = attempt
        abandoned.finished = clock.now()
        abandoned.result = .init(verdict: .abandoned)
        let back = try begun.after.moved(by: .abandon, at: clock.now(), attempt: abandoned) {
          $0.nextAttempt = row.nextAttempt
        }
        try store.commit(back, at: clock.now())
        throw error
      }
      return try record(outcome, of: begun.after, attempt: attempt, recipient: recipient, at: clock.now())
    } catch let failure as TransportFailure {
      throw failure
    } catch let missing as CaseVault.Missing {
      do { return try hold(row.id, for: missing, at: clock.now()) } catch { throw .intent(error) }
    } catch {
      // Our own store or keys failed: no case may move until they are well.
      throw .intent(error)
    }
  }

  /// A case whose sealed parts cannot be read waits for a person, and the others go on.
  private func hold(_ id: CaseID, for missing: CaseVault.Missing, at now: Timestamp) throws -> Case {
    guard let row = try store.find(id) else { throw CaseStoreError.notFound(id) }
    let change = try row.held(for: .composing, at: now)
    try store.commit(change, at: now)
    logger.error("case held", metadata: ["case": "\(id)", "cause": "\(missing)"])
    return change.after
  }

  /// Makes the result durable, with its entry.
  private func record(
    _ outcome: Outcome, of row: Case, attempt: Attempt, recipient: Address, at now: Timestamp
  ) throws -> Case {
    var finished = attempt
    finished.intent = try store.attempts(of: row.id).last?.intent
    finished.finished = now
    finished.result = outcome.result
    var charged = row
    charged.attempts += 1
    let change: CaseChange
    switch outcome {
    case .accepted(let reply):
      change = try accepted(charged, reply: reply, recipient: recipient, attempt: finished, at: now)
    case .deferred(let cause):
      change = try deferred(charged, class: OutcomeClass(cause), attempt: finished, at: now)
    case .refused:
      change = try charged.moved(by: .refuse, at: now, fields: told(finished), seal: sealed(outcome), attempt: finished)
      {
        $0.ground = .fail
        $0.lastClass = finished.result?.class
      }
    case .unknown(let cause):
      change = try lost(charged, cause: cause, attempt: finished, at: now)
    }
    try store.commit(change, at: now)
    logger.info(
      "attempt ended",
      metadata: [
        "case": "\(row.id)", "attempt": "\(attempt.number)", "outcome": "\(outcome.result.verdict.rawValue)",
        "class": "\(outcome.result.class?.rawValue ?? "-")", "code": "\(outcome.result.code ?? 0)",
      ])
    guard change.after.stage == .deferred, change.after.nextAttempt == nil else { return change.after }
    return try ended(change.after, at: now)
  }

  private func accepted(
    _ row: Case, reply: Reply, recipient: Address, attempt: Attempt, at now: Timestamp
  ) throws -> CaseChange {
    let salt = try vault.salt(of: row.id)
    var fields = told(attempt)
    fields["to"] = .string(Commitment.address(salt: salt, normalised: recipient.normalised))
    fields["via"] = .string(Commitment.reply(salt: salt, text: reply.lines.joined(separator: "\n")))
    return try row.moved(
      by: .accept, at: now, fields: fields, seal: sealed(.accepted(reply)), attempt: attempt
    ) {
      $0.acceptedAt = now
      $0.nextAttempt = nil
    }
  }

  /// Deferred; `nextAttempt` stays nil if the policy says that this was the last.
  private func deferred(_ row: Case, class: OutcomeClass, attempt: Attempt, at now: Timestamp) throws -> CaseChange {
    let late = try store.attempts(of: row.id).contains { earlier in
      guard earlier.number < attempt.number, let end = earlier.finished, let `class` = earlier.result?.class else {
        return false
      }
      return policy.hasExpired(`class`, queued: row.opened, at: end)
    }
    let next = policy.next(
      after: `class`, attempts: row.attempts, queued: row.opened, now: now, random: random(), told: late)
    var fields = told(attempt)
    if case .retryTelling = next {
      fields["late"] = .bool(true)
      logger.notice("case late", metadata: ["case": "\(row.id)", "class": "\(`class`.rawValue)"])
    }
    return try row.moved(by: .defer, at: now, fields: fields, attempt: attempt) {
      $0.lastClass = `class`
      $0.nextAttempt = next.time
    }
  }

  private func lost(_ row: Case, cause: Cause, attempt: Attempt?, at now: Timestamp) throws -> CaseChange {
    var fields: [String: CanonicalJSON] = ["phase": .string(cause.phase?.rawValue ?? "interrupted")]
    if let attempt { fields["attempt"] = .integer(Int64(attempt.number)) }
    return try row.moved(by: .lose, at: now, fields: fields, attempt: attempt) {
      $0.lastClass = .unknown
      $0.nextAttempt = Timestamp(seconds: now.seconds + policy.unknown.after)
    }
  }

  /// The policy has run out: what it says comes next.
  private func ended(_ row: Case, at now: Timestamp) throws -> Case {
    let change =
      switch policy.rule(for: row.lastClass ?? .system).then {
      case .undeliverable:
        try row.moved(by: .giveUp, at: now, fields: ["why": "retry-policy"]) { $0.ground = .expire }
      case .hold, .notify:
        try row.held(for: .retriesEnded, at: now)
      }
    try store.commit(change, at: now)
    return change.after
  }

  private func told(_ attempt: Attempt) -> [String: CanonicalJSON] {
    var fields = attempt.result?.fields ?? [:]
    fields["attempt"] = .integer(Int64(attempt.number))
    return fields
  }

  private func sealed(_ outcome: Outcome) -> [SealedPart: [UInt8]] {
    outcome.reply.map { [.reply: Array($0.lines.joined(separator: "\n").utf8)] } ?? [:]
  }

  private func pause(for failure: TransportFailure, on id: CaseID, at now: Timestamp) -> Timestamp {
    let until = Timestamp(seconds: now.seconds + policy.pause(after: route.troubled(by: id, policy: policy, at: now)))
    switch failure {
    case .route(let trouble):
      logger.error("route paused", metadata: ["trouble": "\(trouble)", "until": "\(until.iso8601)"])
    case .intent(let error):
      logger.critical("sending stopped: the store cannot be written", metadata: ["cause": "\(type(of: error))"])
    }
    return until
  }
}

extension Courier.Round {
  mutating func count(_ row: Case) {
    switch row.stage {
    case .accepted: accepted += 1
    case .unknown: unknown += 1
    case .undeliverable where row.ground == .fail: refused += 1
    default: deferred += 1
    }
  }
}
