package import Logging
package import Mail

/// Carries mails to the relay: as many attempts at a time as the transport is wide, each with its intent and its result
/// durable.
///
/// Trouble of the route ends the round, pauses the route by the policy and charges no case an attempt. After a pause one
/// case goes as a probe, another than the one that met the trouble.
package actor Courier {
  private let store: any CaseStore
  private let transport: any Transport
  private let bell: AlarmBell
  private let logger: Logger
  private let attempts: AttemptRun
  private var policy: RetryPolicy
  private var route = Route()
  /// Nil if the relay is given as many mails as are due.
  private var meter: RateMeter?
  /// What the relay has said and could not be made durable yet. While there is any, nothing is sent.
  private var unrecorded: [(row: Case, answer: AttemptRun.Answer)] = []
  /// True once the relay has spoken to this process.
  private var isHeard = false

  /// Seconds for which the route may be in trouble before ops are told.
  private static let patience: Int64 = 300

  /// - Parameter random: 0..<1, for the jitter.
  package init(
    store: any CaseStore, transport: any Transport, returnPath: ReturnPath, policy: RetryPolicy, bell: AlarmBell,
    logger: Logger, random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
  ) {
    self.store = store
    self.transport = transport
    self.policy = policy
    meter = policy.rateLimit.map(RateMeter.init)
    self.bell = bell
    self.logger = logger
    attempts = AttemptRun(
      store: store, transport: transport, returnPath: returnPath, logger: logger, random: random)
  }

  /// Puts another policy in force, from the next attempt on.
  package func follow(_ policy: RetryPolicy) {
    self.policy = policy
    if meter?.rate != policy.rateLimit { meter = policy.rateLimit.map(RateMeter.init) }
  }

  /// Sets right what a crash left: a case at `sending` has its intent and no result, so it is unknown.
  /// Call once, before the first round.
  package func recover(at now: Timestamp) throws {
    for row in try store.cases(at: [.sending]) {
      try store.commit(try store.interruption(of: row, by: policy, at: now), at: now)
      logger.notice("session interrupted: nobody knows whether the mail was taken", metadata: ["case": "\(row.id)"])
    }
  }

  /// Sends everything that is due.
  ///
  /// - Parameters:
  ///   - mayEnd: false while the wall clock cannot be trusted: then no case runs out of time.
  ///   - progress: told of every case moved.
  package func round(
    mayEnd: @escaping @Sendable () -> Bool = { true }, clock: any WallClock,
    progress: @Sendable (Case) -> Void = { _ in }
  ) async throws -> Round {
    var round = Round()
    await recordWhatIsLeft(into: &round, mayEnd: mayEnd(), clock: clock, progress: progress)
    guard !round.storeFailed else { return round }
    var waiting = route.order(try due(at: clock.now()))[...]
    await withTaskGroup(of: Step.self) { group in
      var underWay = 0
      while true {
        let width = Task.isCancelled ? 0 : route.width(transport.width, at: clock.now())
        while underWay < width, !waiting.isEmpty {
          if let end = policy.quietHours?.end(at: clock.now()) {
            round.waitsUntil = end
            waiting = []
          } else if let later = meter?.take(at: clock.now()) {
            round.waitsUntil = later
            waiting = []
          }
          guard let row = waiting.popFirst() else { break }
          underWay += 1
          group.addTask { [attempts] in await Step.sending(row, by: attempts, clock: clock) }
        }
        guard let step = await group.next() else { break }
        switch step {
        case .spoken(let row, .answered(let answer)):
          // The session is free: the next mail goes while this one's outcome is made durable.
          underWay -= 1
          if answer.isSpoken {
            passed(row, at: clock.now())
          } else if route.pause != nil {
            // A probe that met silence has proved nothing.
            route.stayedSilent(policy: policy, at: clock.now())
            waiting = []
          }
          group.addTask { [attempts, policy] in
            await Step.recording(answer, of: row, by: attempts, policy: policy, mayEnd: mayEnd(), clock: clock)
          }
        case .spoken(_, .unsent(let after)):
          underWay -= 1
          round.count(after)
          progress(after)
        case .recorded(let after):
          round.count(after)
          progress(after)
        case .unrecorded(let row, let answer, let failure):
          waiting = []
          round.storeFailed = true
          unrecorded.append((row, answer))
          _ = settle(failure, on: row, at: clock.now())
        case .failed(let row, let failure):
          underWay -= 1
          // Those under way come to their end; no other begins.
          waiting = []
          if case .intent = failure { round.storeFailed = true }
          round.trouble = settle(failure, on: row, at: clock.now()) ?? round.trouble
        }
      }
    }
    round.pausedUntil = route.pause.map(\.until)
    return round
  }

  /// What one task of a round came to.
  private enum Step: Sendable {
    case spoken(Case, AttemptRun.Spoken)
    case recorded(Case)
    case unrecorded(Case, AttemptRun.Answer, TransportFailure)
    case failed(Case, TransportFailure)

    static func sending(_ row: Case, by attempts: AttemptRun, clock: any WallClock) async -> Step {
      do throws(TransportFailure) {
        return .spoken(row, try await attempts.send(row, clock: clock))
      } catch {
        return .failed(row, error)
      }
    }

    static func recording(
      _ answer: AttemptRun.Answer, of row: Case, by attempts: AttemptRun, policy: RetryPolicy, mayEnd: Bool,
      clock: any WallClock
    ) async -> Step {
      do throws(TransportFailure) {
        return .recorded(try await attempts.record(answer, policy: policy, mayEnd: mayEnd, clock: clock))
      } catch {
        return .unrecorded(row, answer, error)
      }
    }
  }

  /// Makes durable what the relay has said while the store could not be written.
  private func recordWhatIsLeft(
    into round: inout Round, mayEnd: Bool, clock: any WallClock, progress: @Sendable (Case) -> Void
  ) async {
    while let (row, answer) = unrecorded.first {
      switch await Step.recording(answer, of: row, by: attempts, policy: policy, mayEnd: mayEnd, clock: clock) {
      case .recorded(let after):
        round.count(after)
        progress(after)
      case .unrecorded(_, _, .intent(let error)) where error is CaseStoreError:
        // The case went on without it, which a case in a session never does.
        logger.critical("outcome not recorded", metadata: ["case": "\(row.id)"])
      case .unrecorded(_, _, let failure):
        round.storeFailed = true
        _ = settle(failure, on: row, at: clock.now())
        return
      case .spoken, .failed: break
      }
      unrecorded.removeFirst()
    }
  }

  private func due(at now: Timestamp) throws -> [Case] {
    guard route.width(transport.width, at: now) > 0 else { return [] }
    return try store.cases(at: [.queued, .deferred]).filter { row in row.nextAttempt.map { $0 <= now } ?? true }
  }

  private func passed(_ row: Case, at now: Timestamp) {
    let pause = route.passed(row.id)
    // An alarm may be up since before this process began.
    if !isHeard { bell.silence(.route, at: now) }
    isHeard = true
    guard let pause else { return }
    logger.notice(
      "route open again",
      metadata: ["seconds": "\(now.seconds - pause.since.seconds)", "troubles": "\(pause.troubles)"]
    )
    bell.silence(.route, at: now)
  }

  /// Pauses the route, or sets aside the case that is to blame; returns the trouble if it is the relay's.
  private func settle(_ failure: TransportFailure, on row: Case, at now: Timestamp) -> RouteTrouble? {
    switch failure {
    case .cancelled: return nil
    case .intent(let error):
      bell.ring(.store, "the data directory cannot be written (\(type(of: error))); look at its disk", at: now)
      return nil
    case .route(let trouble):
      if route.troubled(by: row.id, trouble, policy: policy, at: now) == .case {
        return setAside(row, trouble, at: now)
      }
      logger.error(
        "route paused",
        metadata: ["trouble": "\(trouble)", "until": "\(route.pause?.until.iso8601 ?? "-")"])
      bell.ring(.route, "the relay cannot be used, \(trouble)", patience: Self.patience, at: now)
      return trouble
    }
  }

  /// The relay ends the session over this one mail: it is charged, and waits for a person.
  private func setAside(_ row: Case, _ trouble: RouteTrouble, at now: Timestamp) -> RouteTrouble? {
    var charged = row
    charged.attempts += 1
    do {
      try store.commit(try charged.held(for: .endsSessions, at: now), at: now)
      logger.error("case held", metadata: ["case": "\(row.id)", "why": "ends-sessions", "trouble": "\(trouble)"])
    } catch {
      logger.error("case not held", metadata: ["case": "\(row.id)", "cause": "\(type(of: error))"])
    }
    return nil
  }
}
