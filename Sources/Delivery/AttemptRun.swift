import Audit
import Dispatch
import Logging
import Mail

/// One attempt of one case at the relay: what goes on the wire, the intent before the dot, the result after it.
///
/// Two commits a mail. Before the intent nothing was sent and nothing is written: a crash there leaves the case as it
/// was. Between intent and result the case stands at `sending`, and a crash there makes it unknown.
struct AttemptRun: Sendable {
  let store: any CaseStore
  let transport: any Transport
  let returnPath: ReturnPath
  let logger: Logger
  let random: @Sendable () -> Double

  /// Everything of a case that an attempt needs.
  fileprivate struct Parcel: Sendable {
    let attempt: Attempt
    let earlier: [Attempt]
    let recipient: Address
    let envelope: Envelope
    let mail: [UInt8]
    let salt: [UInt8]
    let replies: ReplyHistory
  }

  /// What a session brought.
  enum Spoken: Sendable {
    /// The relay has spoken, or is known to have fallen silent: `record` comes next.
    case answered(Answer)
    /// Nothing was sent: a person moved the case, or its parts cannot be read.
    case unsent(Case)
  }

  /// An outcome that is not durable yet.
  struct Answer: Sendable {
    fileprivate let outcome: Outcome
    fileprivate let parcel: Parcel
    fileprivate let intent: Intent

    /// True if the relay said something, so that it is there.
    var isSpoken: Bool { outcome.reply != nil }
  }

  /// Takes the mail of a case through a session, its intent made durable before the dot.
  ///
  /// What it throws charged the case nothing. A case that a person moved while the relay was being spoken to stays
  /// where the person put it.
  func send(_ row: Case, clock: any WallClock) async throws(TransportFailure) -> Spoken {
    do {
      return try await attempt(row, clock: clock)
    } catch {
      // What is no word of the transport's is our own store's: no case may move until it is well.
      throw error as? TransportFailure ?? .intent(error)
    }
  }

  /// Makes the outcome durable; returns the case as it then stands.
  ///
  /// What it throws leaves the answer as good as it was: give it again once the store is well.
  ///
  /// - Parameter mayEnd: false while the wall clock cannot be trusted.
  func record(
    _ answer: Answer, policy: RetryPolicy, mayEnd: Bool, clock: any WallClock
  ) async throws(TransportFailure) -> Case {
    do {
      return try await offPool { try record(answer, policy: policy, mayEnd: mayEnd, at: clock.now()) }
    } catch {
      throw .intent(error)
    }
  }

  private func attempt(_ row: Case, clock: any WallClock) async throws -> Spoken {
    let parcel: Parcel
    do {
      parcel = try await offPool { try pack(row, at: clock.now()) }
    } catch let missing as CaseVault.Missing {
      return .unsent(try await offPool { try hold(row, because: missing.description, at: clock.now()) })
    } catch CaseStoreError.keyGone {
      return .unsent(try await offPool { try hold(row, because: "the seal of the case is damaged", at: clock.now()) })
    }
    let intent = Intent(row: row, attempt: parcel.attempt, store: store, clock: clock)
    do {
      let outcome = try await transport.send(parcel.envelope, message: parcel.mail) { try intent.keep() }
      return .answered(Answer(outcome: outcome, parcel: parcel, intent: intent))
    } catch {
      guard case .intent(let cause) = error, case .moved? = cause as? CaseStoreError else { throw error }
      return .unsent(try store.find(row.id) ?? row)
    }
  }

  private func pack(_ row: Case, at now: Timestamp) throws -> Parcel {
    let vault = CaseVault(store)
    let earlier = try store.attempts(of: row.id)
    let number = (earlier.last?.number ?? 0) + 1
    let parts = try vault.envelope(of: row.id)
    guard let recipient = try? Address(parsing: parts.recipient) else { throw CaseVault.Missing(part: .envelope) }
    return Parcel(
      attempt: Attempt(
        number: number, started: now,
        trace: returnPath.trace(case: row.id, attempt: number, message: parts.messageID)),
      earlier: earlier, recipient: recipient,
      envelope: try returnPath.envelope(to: recipient, case: row.id, attempt: number),
      mail: try vault.mail(of: row.id), salt: try vault.salt(of: row.id),
      replies: row.attempts == 0 ? ReplyHistory() : try vault.replies(of: row.id))
  }

  private func record(_ answer: Answer, policy: RetryPolicy, mayEnd: Bool, at now: Timestamp) throws -> Case {
    let (outcome, parcel, intent) = (answer.outcome, answer.parcel, answer.intent)
    let consequence = Consequence(
      row: intent.row, attempt: intent.attempt, policy: policy, now: now, random: random(), earlier: parcel.earlier,
      mayEnd: mayEnd)
    var change = try consequence.change(
      for: outcome, to: parcel.recipient, salt: parcel.salt, replies: parcel.replies)
    do {
      try store.commit(change, at: now)
    } catch CaseStoreError.moved(let id, _) where !intent.isKept {
      return try store.find(id) ?? intent.row
    } catch CaseStoreError.keyGone {
      // What the relay said cannot be sealed; what became of the mail must stand all the same.
      change.seal = [:]
      try store.commit(change, at: now)
    }
    let result = outcome.result
    logger.info(
      "attempt ended",
      metadata: [
        "case": "\(intent.row.id)", "attempt": "\(parcel.attempt.number)", "outcome": "\(result.verdict.rawValue)",
        "class": "\(result.class?.rawValue ?? "-")", "code": "\(result.code ?? 0)",
      ])
    return change.after
  }

  /// A case whose sealed parts cannot be read waits for a person, and the others go on.
  private func hold(_ row: Case, because cause: String, at now: Timestamp) throws -> Case {
    let change = try row.held(for: .composing, at: now)
    do {
      try store.commit(change, at: now)
    } catch CaseStoreError.moved(let id, _) {
      return try store.find(id) ?? row
    }
    logger.error("case held", metadata: ["case": "\(row.id)", "cause": "\(cause)"])
    return change.after
  }
}

/// Waits for the disk on a thread that Swift's own pool can spare, so that many attempts can share one commit.
private func offPool<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    diskQueue.async { continuation.resume(with: Result(catching: work)) }
  }
}

private let diskQueue = DispatchQueue(label: "delivery.disk", attributes: .concurrent)
