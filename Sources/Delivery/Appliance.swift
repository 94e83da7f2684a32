package import Logging
import Mail

/// One full pass over everything: poll, issue, send, settle, purge, checkpoint. The daemon repeats it; `--once` ends after one.
///
/// Each part stands for itself: a Bob that does not answer keeps no mail from being sent, a relay that is down keeps no
/// leaver from being noticed, and what failed is told in the report.
package actor Appliance {
  /// Everything a pass needs, wired by the program.
  package struct Parts: Sendable {
    package var source: any LeaverSource
    package var sourceAlarm: SourceAlarm
    package var store: any CaseStore
    package var checkpoints: CheckpointPost
    package var intake: Intake
    package var issuance: Issuance
    package var courier: Courier
    package var settlement: Settlement
    package var lookup: any AddressLookup
    package var restores: any RestoreLog
    package var nightly: NightlyScan
    package var pruner: any EntryPruner
    package var bounces: BounceWatch
    package var notices: NoticeCourier
    package var bell: AlarmBell
    package var policy: RetryPolicy
    package var clock: WatchedClock
    package var logger: Logger

    package init(
      source: any LeaverSource, sourceAlarm: SourceAlarm, store: any CaseStore, checkpoints: CheckpointPost,
      intake: Intake, issuance: Issuance,
      courier: Courier, settlement: Settlement, lookup: any AddressLookup, restores: any RestoreLog,
      nightly: NightlyScan, pruner: any EntryPruner, bounces: BounceWatch, notices: NoticeCourier, bell: AlarmBell,
      policy: RetryPolicy, clock: WatchedClock, logger: Logger
    ) {
      self.source = source
      self.sourceAlarm = sourceAlarm
      self.store = store
      self.checkpoints = checkpoints
      self.intake = intake
      self.issuance = issuance
      self.courier = courier
      self.settlement = settlement
      self.lookup = lookup
      self.restores = restores
      self.nightly = nightly
      self.pruner = pruner
      self.bounces = bounces
      self.notices = notices
      self.bell = bell
      self.policy = policy
      self.clock = clock
      self.logger = logger
    }
  }

  private let parts: Parts
  private var policy: RetryPolicy
  private var recovered = false

  package init(_ parts: Parts) {
    self.parts = parts
    policy = parts.policy
  }

  /// Puts another retry policy in force, without a pass being interrupted.
  package func follow(_ policy: RetryPolicy) async {
    self.policy = policy
    parts.bounces.follow(policy)
    await parts.courier.follow(policy)
  }

  /// What one pass came to: counts, and what stood in the way.
  package struct Report: Sendable {
    /// How many people Bob showed; nil if this pass did not poll.
    ///
    /// Of the poll nothing but counts is kept, since a report outlives the pass.
    package var people: Int?
    /// True if the poll took the baseline.
    package var tookBaseline = false
    package var intake = Intake.Result()
    /// The leavers whom Bob could not give; nil if it gave all.
    package var missed: Missed?
    /// How many people the next poll will ask Bob about.
    package var waiting = 0
    /// Why Bob could not be asked; nil if it could.
    package var sourceFailure: LeaverSourceFailure?
    package var queued = 0
    package var held = 0
    /// What came to the bounce address.
    package var bounces = BounceWatch.Look()
    package var courier = Courier.Round()
    package var confirmed = 0
    package var lapsed = 0
    package var purges: [PurgeResult] = []
    /// How far the wall clock has jumped, in seconds; then nothing was confirmed, expired or purged.
    package var clockJump: Int64?

    /// The purges that were clean.
    package var purged: Int { purges.count { $0.purged } }
    /// True if an outside system, or a scan, kept the pass from being whole.
    package var troubled: Bool {
      sourceFailure != nil || missed != nil || courier.pausedUntil != nil || courier.storeFailed || clockJump != nil
        || !bounces.troubles.isEmpty || purges.contains { !$0.purged }
    }
  }

  /// Runs one pass. `polling: false` leaves Bob alone, `looking: false` the bounce mailbox. `watch` is told after every
  /// part, for a display of progress.
  package func pass(
    polling: Bool = true, looking: Bool = true, watch: @Sendable () -> Void = {}
  ) async throws -> Report {
    do {
      let report = try await wholePass(polling: polling, looking: looking, watch: watch)
      if !report.courier.storeFailed { parts.bell.silence(.store, at: parts.clock.now()) }
      return report
    } catch let cancellation as CancellationError {
      // The appliance is being stopped: that is no word about the disk.
      throw cancellation
    } catch {
      parts.bell.ring(
        .store, "the data directory cannot be used (\(type(of: error))); look at its disk", at: parts.clock.now())
      throw error
    }
  }

  private func wholePass(polling: Bool, looking: Bool, watch: @Sendable () -> Void) async throws -> Report {
    var report = Report()
    let clock = parts.clock
    if !recovered {
      try await parts.courier.recover(at: clock.now())
      recovered = true
    }
    report.clockJump = lookAtClock()
    if polling { try await poll(into: &report) }
    watch()
    (report.queued, report.held) = try await parts.issuance.round(at: clock.now())
    watch()
    // Before anything is sent again, and before silence counts.
    let clockIsRight = lookAtClock() == nil
    if looking {
      report.bounces = try await parts.bounces.look(clockIsRight: clockIsRight, clock: clock)
    } else {
      report.bounces.moved = try parts.bounces.catchUp(clockIsRight: clockIsRight, clock: clock)
    }
    watch()
    if lookAtClock() == nil { _ = try parts.settlement.resolveUnknown(by: policy, at: clock.now()) }
    report.courier = try await parts.courier.round(mayEnd: { clock.jump == nil }, clock: clock) { _ in watch() }
    if let settled = try settle() {
      report.bounces.moved += settled.reported
      (report.confirmed, report.lapsed, report.purges) = (settled.confirmed, settled.lapsed, settled.purges)
    } else {
      report.clockJump = clock.jump
    }
    watch()
    let relayIsPaused = report.courier.pausedUntil != nil
    try await parts.notices.round(relayIsPaused: relayIsPaused, clock: clock)
    if !relayIsPaused { try await parts.bounces.probe(clock: clock) }
    // Last, since it may wait some seconds for a timestamp: nothing but the checkpoint itself waits with it.
    try await parts.checkpoints.round(at: clock.now())
    try await parts.notices.round(relayIsPaused: relayIsPaused, clock: clock)
    watch()
    return report
  }

  /// What time alone decided.
  package struct Settled: Sendable {
    /// Cases moved by reports that had waited for them.
    package var reported: Int
    package var confirmed: Int
    package var lapsed: Int
    package var purges: [PurgeResult]
  }

  /// Confirms, expires and purges what is due now; nil, and nothing done, while the clock cannot be trusted.
  package func settle() throws -> Settled? {
    guard lookAtClock() == nil else { return nil }
    let now = parts.clock.now()
    // What came during a session that has ended counts before its silence does.
    let reported = try parts.bounces.catchUp(clockIsRight: true, clock: parts.clock)
    let confirmed = try parts.settlement.confirm(watching: try parts.bounces.health(), at: now).count
    let lapsed = try parts.settlement.lapse(at: now).count
    let purges = try parts.settlement.purgeDue(at: now)
    try lookAtPurges(purges)
    try lookAtLegalHolds()
    try lookAtRestore()
    try parts.lookup.destroyLookupKeys(at: now)
    if try parts.nightly.round(at: now) {
      let dropped = try parts.pruner.prune(at: now)
      if dropped > 0 { parts.logger.notice("entries dropped after their retention", metadata: ["count": "\(dropped)"]) }
    }
    return Settled(reported: reported, confirmed: confirmed, lapsed: lapsed, purges: purges)
  }

  private func lookAtClock() -> Int64? {
    let now = parts.clock.now()
    guard let jump = parts.clock.jump else {
      parts.bell.silence(.clock, at: now)
      return nil
    }
    parts.bell.ring(
      .clock,
      "the clock has jumped by \(jump) s: nothing is confirmed, expired or purged until it is set right, or until "
        + "refpassport is started anew, which accepts it", at: now)
    return jump
  }

  private func lookAtPurges(_ purges: [PurgeResult]) throws {
    let now = parts.clock.now()
    let dirty = purges.count { !$0.purged }
    guard dirty > 0 else {
      // A purge by hand, or by the process before this one, may have cleaned the last.
      if try parts.store.cases(at: [.purging]).isEmpty { parts.bell.silence(.purge, at: now) }
      return
    }
    parts.bell.ring(.purge, "\(dirty) cases could not be purged cleanly; see `refpassport purge status`", at: now)
  }

  private func lookAtLegalHolds() throws {
    let now = parts.clock.now()
    let overdue = try parts.store.cases(at: Set(Stage.allCases)).count { $0.legalHold?.isOverdue(at: now) ?? false }
    guard overdue > 0 else { return parts.bell.silence(.review, at: now) }
    parts.bell.ring(
      .review,
      "\(overdue) legal holds are past their review date and keep personal data; see `refpassport purge status`",
      at: now)
  }

  private func lookAtRestore() throws {
    let now = parts.clock.now()
    guard let mark = try parts.restores.restoreMark(), !mark.isEnded else {
      return parts.bell.silence(.restored, at: now)
    }
    parts.bell.ring(
      .restored,
      "came back from a backup at \(mark.at.iso8601): every new leaver is held until `refpassport restore --finish`",
      at: now)
  }

  private func poll(into report: inout Report) async throws {
    do {
      let poll = try await parts.source.poll(at: parts.clock.now())
      report.intake = try parts.intake.take(poll.sightings, at: parts.clock.now())
      try parts.restores.notePoll(at: parts.clock.now())
      parts.sourceAlarm.note(poll, at: parts.clock.now())
      (report.people, report.tookBaseline, report.missed) = (poll.people, poll.tookBaseline, poll.missed)
      report.waiting = poll.waiting
      parts.logger.info(
        "Bob polled",
        metadata: [
          "people": "\(poll.people)", "sightings": "\(poll.sightings.count)", "opened": "\(report.intake.opened)",
        ])
    } catch let failure as LeaverSourceFailure {
      // The appliance is being stopped: that is no word about Bob.
      try Task.checkCancellation()
      report.sourceFailure = failure
      try parts.sourceAlarm.note(failure, at: parts.clock.now())
      parts.logger.error("Bob not polled", metadata: ["advice": "\(failure.advice)"])
    }
  }
}
