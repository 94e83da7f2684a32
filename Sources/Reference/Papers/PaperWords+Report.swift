import Audit
import Mail

// The sentences and tables of the audit report.
extension PaperWords {
  static let reportHeading = "Audit report"
  static let casesHeading = "Cases"
  static let timesHeading = "How long it took"
  static let waitingHeading = "Unknown outcomes and holds"
  static let exceptionsHeading = "To look at"
  static let actsHeading = "What people did, keys and configuration"
  static let ledgerHeading = "The ledger"
  static let limitsHeading = "What this report cannot show"
  static let holdsTitle = "Held for a person, by reason"
  static let actsTitle = "A person …"
  static let wholeCheckpoint = "Checkpoint over the whole ledger (\(PaperKind.checkpointName))"
  static let startCheckpoint = "Checkpoint at the start of the period"
  static let endCheckpoint = "Checkpoint at the end of the period"
  static let noTimes = "Nothing was sent, confirmed or purged in this period, so there are no times to tell."
  static let nothingWaits = "At the end of the period no case was held, of unknown outcome, or under a legal hold."
  static let noExceptions =
    "Nothing: no rule of the ledger was broken, nothing was purged later than promised, no scan found remains, nothing was "
    + "revoked or restored, there was no legal hold, and no case was purged whose outcome nobody knew."
  static let noActs = "No entry of this period bears the mark of a person."
  static let timesNote =
    "Each duration counts in the period in which it ends. Median and 90th percentile are durations that were measured "
    + "(nearest rank). The time to the purge includes the quiet period that a confirmation waits for, and legal holds."

  static let limits = [
    "An event that was never entered. Compare the number of cases opened (“detect” entries) with the leavers HR knows of.",
    "Who the leavers were: the ledger holds nothing personal, and so does this report.",
    "What the relay, the mailboxes and Bob hold: the appliance cannot delete there.",
    "Whether a leaver has read the mail. “Confirmed” means that enough evidence of delivery was there.",
  ]

  static func days(of period: LedgerPeriod) -> String {
    guard let from = CalendarDate(machine: period.from), let to = CalendarDate(machine: period.to) else {
      return "\(period.from) – \(period.to)"
    }
    return days(from: from, to: to)
  }

  static func reportSubheading(_ period: LedgerPeriod, _ now: Int64) -> String {
    "\(days(of: period)), both days included (\(period.timeZone))\nWritten \(minute(now))"
  }

  static func summary(_ figures: PeriodFigures, _ now: Int64) -> String {
    let early = now < figures.period.seconds.upperBound ? " The period was not over when this was written." : ""
    let pruned =
      figures.pruned == 0
      ? ""
      : " The contents of \(count(figures.pruned, "entry", "entries")) that may have been of this period are gone after their "
        + "retention: every number here is the least that it can be."
    guard figures.entries > 0 else {
      return figures.pruned > 0
        ? "No entry of this period can be read.\(pruned)\(early)" : "The ledger holds no entry in this period.\(early)"
    }
    return
      "Made from the \(count(figures.entries, "entry", "entries")) of this period, and from those before it, which tell how "
      + "things stood when it began.\(pruned) Times in tables are UTC.\(early)"
  }

  static func ledgerVerdict(_ ledger: LedgerEvidence) -> String {
    ledger.verification.ok
      ? "The ledger verifies: \(count(ledger.entries, "entry", "entries")) under the signed checkpoint."
      : "The ledger does NOT verify: \(count(ledger.verification.findings.count, "finding", "findings")) in "
        + "\(count(ledger.entries, "entry", "entries"))."
  }

  static func exceptionVerdict(_ figures: PeriodFigures) -> String {
    let all = figures.exceptions.count + figures.furtherExceptions
    if all == 0, figures.pruned > 0 { return "Nothing that can still be read needs a look." }
    return all == 0
      ? "Nothing in this period needs a look."
      : "\(count(all, "thing", "things")) to look at, listed below under “To look at”."
  }

  /// Exceptions that people brought about on purpose, and that break nothing.
  static func isExpected(_ kind: LedgerException.Kind) -> Bool {
    switch kind {
    case .revoked, .legalHold, .legalRelease, .lateBounce: true
    case .broken, .overdue, .neverResolved, .restored: false
    }
  }

  static func casesNote(_ figures: PeriodFigures) -> String {
    "\(grouped(figures.openAtStart)) + \(grouped(figures.opened)) opened − \(grouped(figures.purged)) purged = "
      + "\(grouped(figures.standing.open)) open. An outcome is counted if it was reached in the period and still stood at its "
      + "end; what was confirmed and then bounced is not confirmed."
  }

  static func exception(_ exception: LedgerException) -> String {
    let detail = exception.detail
    switch exception.kind {
    case .broken: return "Rule broken: \(detail)"
    case .overdue: return "Not purged, though the ledger promises it"
    case .neverResolved: return "Nobody ever knew whether the relay took the mail"
    case .revoked: return "Reference revoked\(detail.isEmpty ? "" : ": \(revocation(detail))")"
    case .restored:
      return
        "The appliance came back from a backup\(detail.isEmpty ? "" : " with \(detail) entries"): what came after is lost"
    case .legalHold: return "Legal hold began: \(legalReason(detail))"
    case .legalRelease: return "Legal hold ended: \(legalReason(detail))"
    case .lateBounce: return "A report of failure after the purge\(detail.isEmpty ? "" : ": \(detail)")"
    }
  }

  private static func revocation(_ code: String) -> String {
    switch code {
    case "reissued": "a new one was made"
    default: holdReason(code)
    }
  }

  static func further(_ number: Int) -> String {
    "\(grouped(number)) more are not listed: “refpassport audit verify” and “audit list” show them."
  }

  static func keys(_ figures: PeriodFigures) -> [String] {
    func entries(_ marks: [CaseHistory.Mark]) -> String {
      let shown = marks.prefix(20).map { String($0.index) }
      let places = marks.count > 20 ? "\(shown.joined(separator: ", ")) …" : list(shown)
      return "\(marks.count == 1 ? "entry" : "entries") \(places)"
    }
    let epochs = figures.epochsDestroyed.map { "\($0.epoch) (entry \($0.mark.index))" }
    return [
      figures.epochsDestroyed.isEmpty
        ? "No lookup key was destroyed."
        : "Lookup keys destroyed, so that their entries are about nobody any more: \(list(epochs)).",
      figures.configurations.isEmpty
        ? "The configuration did not change."
        : "The configuration changed \(count(figures.configurations.count, "time", "times")) (\(entries(figures.configurations))).",
      figures.keyRotations.isEmpty
        ? "No key was replaced."
        : "Keys were replaced \(count(figures.keyRotations.count, "time", "times")) (\(entries(figures.keyRotations))).",
    ]
  }

  static func ledgerFacts(_ report: AuditReport) -> [String] {
    let size = report.ledger.entries
    let held = [report.start, report.end].compactMap(\.self).count
    let grown =
      report.growth.map {
        "Between the two checkpoints of the period it only grew, from \(grouped($0.proof.oldSize)) entries: the proof is "
          + "\(PaperKind.growthName)."
      }
      ?? "There are no two checkpoints of this ledger, from before the period began and from before it ended, to prove "
      + "growth between."
    return [
      "Verified as a whole when this was written: the tree over \(count(size, "entry", "entries")), the signature of its head, "
        + "\(held == 0 ? "" : "the checkpoints of the period, ")the order of the entries of every case, their times, and the "
        + "time within which each was to be purged.",
      grown,
    ]
  }
}
