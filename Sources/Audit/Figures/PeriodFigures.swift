/// What the ledger tells of a period: a fold over all its entries, of which those before the period say how things stood
/// at its beginning, and those after it are left alone.
///
/// What *happened* is counted by the time of the entry: a case that was opened before the period and purged in it counts
/// as purged. An *outcome* is counted for a case whose ending lies in the period and still stood at the period's end.
package struct PeriodFigures: Sendable {
  /// A duration that is measured; it belongs to the period in which it ends.
  package enum Measure: String, CaseIterable, Sendable {
    /// From a case's first entry to the first time the relay took the mail.
    case openedToSent = "opened-to-sent"
    /// From there to the confirmation.
    case sentToConfirmed = "sent-to-confirmed"
    /// From a case's first entry to its purge.
    case openedToPurged = "opened-to-purged"
    /// From the confirmation to the purge.
    case confirmedToPurged = "confirmed-to-purged"
  }

  package let period: LedgerPeriod
  /// Lines in the period.
  package private(set) var entries = 0
  /// Lines whose contents were dropped after their retention, and that may have been of this period: if there are any, all
  /// counts are the least they can be.
  package private(set) var pruned = 0
  package private(set) var opened = 0
  package private(set) var issued = 0
  package private(set) var purged = 0
  /// Opened and not purged when the period began.
  package private(set) var openAtStart = 0
  /// Cases opened and purged in each part of the period.
  package private(set) var openedPerPart: [Int]
  package private(set) var purgedPerPart: [Int]
  /// Outcomes that nobody knew, and what was decided about them, by code.
  package private(set) var unknowns = 0
  package private(set) var unknownChoices: [String: Int] = [:]
  /// Holds by reason, and how many ended.
  package private(set) var holds: [String: Int] = [:]
  package private(set) var releases = 0
  /// What people did, by code.
  package private(set) var acts: [String: Int] = [:]
  package private(set) var epochsDestroyed: [(epoch: String, mark: CaseHistory.Mark)] = []
  package private(set) var configurations: [CaseHistory.Mark] = []
  package private(set) var keyRotations: [CaseHistory.Mark] = []
  package private(set) var exceptions: [LedgerException] = []
  /// Exceptions past `maximumExceptions`, which are counted only.
  package private(set) var furtherExceptions = 0
  /// What the newest configuration of the period promises: seconds from a case's first entry to its purge.
  package private(set) var promise: Int64?
  /// How things stood at the end of the period.
  package private(set) var standing = PeriodStanding()

  /// No paper lists more than this.
  package static let maximumExceptions = 400

  private var histories: [String: CaseHistory] = [:]
  private var durations: [Measure: [Int64]] = [:]
  private var open = 0
  private var seconds: Int64 = 0
  private var hasBegun = false
  /// The dropped lines since the last readable one, and the time of that.
  private var gap: (count: Int, from: Int64)?

  package init(_ period: LedgerPeriod) {
    self.period = period
    openedPerPart = Array(repeating: 0, count: period.parts.count)
    purgedPerPart = openedPerPart
  }

  /// The durations of one kind that ended in the period.
  package func spread(_ measure: Measure) -> Spread { Spread(durations[measure] ?? []) }

  /// Takes the next line of the ledger, as the verifier took it.
  package mutating func take(_ step: LedgerVerifier.Step) {
    // A line without contents happened when the one before it did, as far as anybody can tell.
    let before = seconds
    seconds = max(seconds, step.entry?.seconds ?? 0)
    if step.isPruned {
      gap = ((gap?.count ?? 0) + 1, gap?.from ?? before)
      for fault in step.faults where hasBegun && seconds < period.seconds.upperBound { note(.broken, step, fault) }
      return
    }
    closeGap(at: seconds)
    if let entry = step.entry, let succession = Succession(entry), isOfPeriod(before...seconds) {
      note(.restored, step, "\(succession.checkpoint.size)" + (succession.known.map { " of \($0)" } ?? ""))
    }
    guard seconds < period.seconds.upperBound else { return }
    if seconds >= period.seconds.lowerBound { begin() }
    if hasBegun {
      entries += 1
      for fault in step.faults { note(.broken, step, fault) }
    }
    guard let entry = step.entry else { return }
    if entry.event == .config { promise = entry.fields[LedgerVerifier.promiseField]?.integer ?? promise }
    if hasBegun { count(entry, step) }
    // What comes after a case whose entries are gone opens none.
    if !step.isRemnant { fold(entry, at: step.index) }
  }

  /// What was dropped between two readable lines may have happened at any time between them.
  private mutating func closeGap(at seconds: Int64) {
    if let gap, isOfPeriod(gap.from...max(gap.from, seconds)) { pruned += gap.count }
    gap = nil
  }

  private func isOfPeriod(_ time: ClosedRange<Int64>) -> Bool {
    time.lowerBound < period.seconds.upperBound && time.upperBound >= period.seconds.lowerBound
  }

  /// Ends the fold; `overdue` are the places where the cases begin that should have been purged by now.
  package mutating func finish(overdue: [Int]) {
    begin()
    closeGap(at: .max)
    let late = Set(overdue)
    for history in histories.values.sorted(by: { $0.opened.index < $1.opened.index }) {
      standing.add(history, in: period)
      if late.contains(history.opened.index) {
        add(
          LedgerException(
            kind: .overdue, case: history.id, index: history.opened.index, seconds: history.opened.seconds, detail: ""))
      }
    }
    histories = [:]
  }

  private mutating func begin() {
    guard !hasBegun else { return }
    hasBegun = true
    openAtStart = open
  }

  // MARK: What an entry of the period says by itself

  private mutating func count(_ entry: Entry, _ step: LedgerVerifier.Step) {
    let mark = CaseHistory.Mark(index: step.index, seconds: entry.seconds)
    let legal = entry.fields[LedgerVerifier.legalField]?.string
    countAct(entry, isLegal: legal != nil)
    switch entry.event {
    case .unknown:
      if let choice = entry.fields["choice"]?.string { unknownChoices[choice, default: 0] += 1 } else { unknowns += 1 }
    case .hold:
      if let legal {
        note(.legalHold, step, legal)
      } else {
        holds[entry.fields["why"]?.string ?? "", default: 0] += 1
        // The policy asks a person what to do about an unknown.
        if let choice = entry.fields["choice"]?.string { unknownChoices[choice, default: 0] += 1 }
      }
    case .release: if let legal { note(.legalRelease, step, legal) } else { releases += 1 }
    case .revoke: note(.revoked, step, entry.fields["why"]?.string ?? "")
    // Of the whole ledger, it was noted already, whether it lies in the period or what it lost does.
    case .restore: if entry.case != nil { note(.restored, step, entry.fields["why"]?.string ?? "") }
    case .epochDestroyed: epochsDestroyed.append((entry.fields["epoch"]?.string ?? "", mark))
    case .config: configurations.append(mark)
    case .keyRotate: keyRotations.append(mark)
    case .detect, .issue, .seal, .sent, .deferred, .bounced, .confirm, .cancel, .fail, .expire, .purge, .operator:
      break
    }
  }

  /// A person stands behind an entry that names an act, or a commitment to who did it.
  private mutating func countAct(_ entry: Entry, isLegal: Bool) {
    if entry.event == .operator {
      // The appliance itself drops what its retention is over.
      if Pruning.Word(entry) != nil { return }
      acts[entry.fields["act"]?.string ?? "", default: 0] += 1
    } else if entry.fields["by"] != nil {
      acts[(isLegal ? "legal-" : "") + entry.event.rawValue, default: 0] += 1
    }
  }

  private mutating func note(_ kind: LedgerException.Kind, _ step: LedgerVerifier.Step, _ detail: String) {
    add(
      LedgerException(
        kind: kind, case: step.entry?.case, index: step.index, seconds: step.entry?.seconds, detail: detail))
  }

  private mutating func add(_ exception: LedgerException) {
    guard exceptions.count < Self.maximumExceptions else {
      furtherExceptions += 1
      return
    }
    exceptions.append(exception)
  }

  // MARK: What it makes of its case

  private mutating func fold(_ entry: Entry, at index: Int) {
    guard let id = entry.case else { return }
    guard let before = histories[id] else {
      histories[id] = CaseHistory(entry, at: index)
      open += 1
      if hasBegun {
        opened += 1
        if let part = period.index(of: entry.seconds) { openedPerPart[part] += 1 }
        if entry.event == .issue { issued += 1 }
      }
      return
    }
    histories[id]?.take(entry, at: index)
    guard let after = histories[id] else { return }
    if before.purge == nil, after.purge != nil { open -= 1 }
    if hasBegun { compare(before, after, entry, at: index) }
  }

  private mutating func compare(_ before: CaseHistory, _ after: CaseHistory, _ entry: Entry, at index: Int) {
    if before.issued == nil, after.issued != nil { issued += 1 }
    if before.sent == nil, let sent = after.sent { measure(.openedToSent, after.opened, sent) }
    if entry.event == .confirm, before.purge == nil, let sent = after.sent, let end = after.ending {
      measure(.sentToConfirmed, sent, end.mark)
    }
    if before.purge == nil, let purge = after.purge {
      purged += 1
      if let part = period.index(of: purge.mark.seconds) { purgedPerPart[part] += 1 }
      measure(.openedToPurged, after.opened, purge.mark)
      if let ending = after.ending, ending.event == .confirm { measure(.confirmedToPurged, ending.mark, purge.mark) }
      if let unknown = after.unresolved {
        add(
          LedgerException(
            kind: .neverResolved, case: after.id, index: unknown.index, seconds: unknown.seconds, detail: ""))
      }
    }
    if before.purge != nil, entry.event == .bounced {
      add(
        LedgerException(
          kind: .lateBounce, case: after.id, index: index, seconds: entry.seconds,
          detail: entry.fields["reason"]?.string ?? ""))
    }
  }

  private mutating func measure(_ measure: Measure, _ from: CaseHistory.Mark, _ to: CaseHistory.Mark) {
    durations[measure, default: []].append(max(0, to.seconds - from.seconds))
  }
}
