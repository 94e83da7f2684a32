package import Logging
import Mail
import Synchronization

/// Looks into the bounce mailbox, and knows whether its silence means anything.
package final class BounceWatch: Sendable {
  private let sources: [any ReportSource]
  private let desk: EvidenceDesk
  private let log: any IntakeLog
  private let prober: Prober
  private let bell: AlarmBell
  private let logger: Logger
  private let state = Mutex(State())

  private struct State {
    var lastLook: Timestamp?
    /// When a look was last made durable.
    var noted: Timestamp?
  }

  /// Seconds between two looks that are made durable: a restart may forget the last few minutes, never invent any.
  private static let rhythm: Int64 = 600
  /// Seconds for which a source may be unreadable before ops are told.
  private static let patience: Int64 = 3600

  /// - Parameter sources: none: nobody reads reports.
  package init(
    sources: [any ReportSource], desk: EvidenceDesk, log: any IntakeLog, prober: Prober, bell: AlarmBell, logger: Logger
  ) {
    self.sources = sources
    self.desk = desk
    self.log = log
    self.prober = prober
    self.bell = bell
    self.logger = logger
  }

  /// What one look came to.
  package struct Look: Sendable, Hashable {
    package var taken = 0
    package var setAside = 0
    /// False if messages still wait in a source.
    package var isComplete = true
    package var moved = 0
    /// How often each finding was made.
    package var findings: [EvidenceDesk.Finding: Int] = [:]
    /// Why a source could not be read to its end: sentences for operators.
    package var troubles: [String] = []
  }

  /// Puts another retry policy in force.
  package func follow(_ policy: RetryPolicy) { desk.follow(policy) }

  /// Takes everything that waits in the sources, and what was left for later. A source in trouble is in the answer.
  ///
  /// - Parameter clockIsRight: false while the wall clock cannot be trusted: then the look proves no silence.
  package func look(clockIsRight: Bool, clock: any WallClock) async throws -> Look {
    var look = Look()
    let begun = clock.now()
    let tally = Mutex<[EvidenceDesk.Finding: Int]>([:])
    for source in sources {
      do throws(ReportSourceFailure) {
        let collected = try await source.collect { [desk] message in
          let finding = try desk.take(message, mayEnd: clockIsRight, at: clock.now())
          tally.withLock { $0[finding, default: 0] += 1 }
          return finding.disposition
        }
        look.taken += collected.taken
        look.setAside += collected.setAside
        look.isComplete = look.isComplete && collected.isComplete
      } catch {
        switch error {
        case .unreadable(let sentence):
          look.troubles.append(sentence)
        case .notTaken(let cause):
          look.troubles.append("a report could not be made durable (\(type(of: cause))); it stays in the mailbox")
        }
      }
    }
    look.findings = tally.withLock { $0 }
    look.moved = look.findings[.moved, default: 0] + (try catchUp(clockIsRight: clockIsRight, clock: clock))
    if look.setAside > 0 { logger.warning("messages set aside", metadata: ["count": "\(look.setAside)"]) }
    for trouble in look.troubles { logger.error("bounce mailbox not read", metadata: ["advice": "\(trouble)"]) }
    if look.troubles.isEmpty, look.isComplete, !sources.isEmpty, clockIsRight { try note(lookAt: begun) }
    try tell(look, at: clock.now())
    return look
  }

  /// Has what came during holds and sessions count.
  package func catchUp(clockIsRight: Bool, clock: any WallClock) throws -> Int {
    try desk.catchUp(mayEnd: clockIsRight, at: clock.now())
  }

  /// Sends a probe if it is time for one.
  package func probe(clock: any WallClock) async throws { try await prober.round(try health(), clock: clock) }

  /// What silence is worth now.
  package func health() throws -> IntakeHealth {
    let kept = try log.intake()
    let last = [kept.lastLook, state.withLock(\.lastLook)].compactMap { $0 }.max()
    return IntakeHealth(isConfigured: !sources.isEmpty, lastLook: last, probes: kept.probes)
  }

  /// A look proves silence until it began: what came while it lasted may have been missed.
  private func note(lookAt begun: Timestamp) throws {
    let isDue = state.withLock { state in
      state.lastLook = begun
      return state.noted.map { begun - $0 >= Self.rhythm || begun < $0 } ?? true
    }
    guard isDue else { return }
    try log.noteLook(at: begun)
    state.withLock { $0.noted = begun }
  }

  private func tell(_ look: Look, at now: Timestamp) throws {
    if let trouble = look.troubles.first {
      return bell.ring(.bounces, "the bounce mailbox cannot be read: \(trouble)", patience: Self.patience, at: now)
    }
    switch try health().state(at: now) {
    case .failing(let trouble): bell.ring(.bounces, trouble.explanation, at: now)
    case .beginning, .working, .unconfigured: bell.silence(.bounces, at: now)
    }
  }
}
