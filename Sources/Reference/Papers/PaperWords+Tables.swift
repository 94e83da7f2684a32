import Audit
import Mail

// The tables and plots of the audit report, as far as they are words.
extension PaperWords {
  static let opened = "opened"
  static let purged = "purged"
  static let casesAxis = "cases"
  static let shareAxis = "share of cases that took no longer"
  static let timeAxis = "time, on a logarithmic scale"
  static let deliveryTitle = "Time to delivery"
  static let deletionTitle = "Time to deletion"
  static func barsTitle(_ part: LedgerPeriod.Part) -> String { "Cases opened and purged, by \(part.rawValue)" }

  static func tiles(_ figures: PeriodFigures) -> [PaperPart.Label] {
    let standing = figures.standing
    return [
      .init(opened, grouped(figures.opened)), .init("confirmed", grouped(standing.confirmations)),
      .init("not delivered", grouped(standing.undeliverable + standing.expired + standing.cancelled)),
      .init(purged, grouped(figures.purged)), .init("open at the end", grouped(standing.open)),
    ]
  }

  /// Cases that came, went and stayed.
  static func flow(_ figures: PeriodFigures) -> PaperTable {
    let standing = figures.standing
    return counts(
      [
        ("Open when the period began", figures.openAtStart), ("Opened", figures.opened),
        ("Reference issued", figures.issued), ("Purged", figures.purged), ("Open when the period ended", standing.open),
        ("   – ended, waiting for the purge", standing.awaitingPurge), ("   – held for a person", standing.held.count),
        ("   – outcome unknown", standing.unknown.count), ("   – under a legal hold", standing.legalHolds.count),
      ], title: "Cases")
  }

  static func outcomes(_ standing: PeriodStanding) -> PaperTable {
    let confirmed = confirmations.map { ("   – \($0.name)", standing.confirmed[$0.code] ?? 0) }
    return counts(
      [("Confirmed as delivered", standing.confirmations)] + confirmed + [
        ("Undeliverable", standing.undeliverable), ("Out of time", standing.expired), ("Cancelled", standing.cancelled),
      ], title: "Outcomes")
  }

  /// What waits at the end of a period, and for what.
  static func waiting(_ standing: PeriodStanding) -> [(what: String, at: PeriodStanding.Waiting)] {
    standing.unknown.map { ("Outcome unknown", $0) } + standing.held.map { ("Held: \(holdReason($0.why))", $0) }
      + standing.legalHolds.map { ("Legal hold: \(legalReason($0.why))", $0) }
  }

  static func counts(_ rows: [(String, Int)], title: String) -> PaperTable {
    PaperTable(
      columns: [.init(title: title, share: 0.8), .init(title: "Number", share: 0.2, isNumber: true)],
      rows: rows.map { [$0.0, grouped($0.1)] })
  }

  static func measure(_ measure: PeriodFigures.Measure) -> String {
    switch measure {
    case .openedToSent: "From noticing the leaver to the relay taking the mail"
    case .sentToConfirmed: "From there to the confirmation"
    case .openedToPurged: "From noticing the leaver to the purge"
    case .confirmedToPurged: "From the confirmation to the purge"
    }
  }

  static func promised(_ seconds: Int64) -> String { "promised: \(span(seconds))" }

  static func times(_ measures: [(PeriodFigures.Measure, Spread)]) -> PaperTable {
    func cell(_ seconds: Int64?) -> String { seconds.map(span) ?? "–" }
    return PaperTable(
      columns: [
        .init(title: "", share: 0.46), .init(title: "Cases", share: 0.12, isNumber: true),
        .init(title: "Median", share: 0.14, isNumber: true), .init(title: "90 % within", share: 0.14, isNumber: true),
        .init(title: "Longest", share: 0.14, isNumber: true),
      ],
      rows: measures.map {
        [measure($0.0), grouped($0.1.count), cell($0.1.median), cell($0.1.ninetieth), cell($0.1.maximum)]
      })
  }

  static func unknowns(_ figures: PeriodFigures) -> String {
    guard figures.unknowns > 0 else {
      return "No outcome was unknown in this period: the relay always said whether it took the mail."
    }
    let choices = figures.unknownChoices.sorted { $0.key < $1.key }.map { choice, number in
      "\(grouped(number)) × \(choice == "resend" ? "sent once more" : choice == "hold" ? "held for a person" : choice)"
    }
    let decided = choices.isEmpty ? "" : " Decided by policy: \(list(choices))."
    return
      "\(count(figures.unknowns, "time", "times").capitalisedFirst) the connection broke before the relay said whether it took "
      + "the mail.\(decided)"
  }

  static func waitingTable(_ rows: [(what: String, at: PeriodStanding.Waiting)]) -> PaperTable {
    PaperTable(
      columns: [
        .init(title: "At the end of the period", share: 0.4), .init(title: "Case", share: 0.29),
        .init(title: "Entry", share: 0.1, isNumber: true), .init(title: "Since (UTC)", share: 0.21),
      ],
      rows: rows.map {
        [$0.what, $0.at.case, String($0.at.mark.index), shortTime($0.at.mark.seconds)]
      })
  }

  static func exceptions(_ exceptions: [LedgerException]) -> PaperTable {
    PaperTable(
      columns: [
        .init(title: "What", share: 0.4), .init(title: "Case", share: 0.29),
        .init(title: "Entry", share: 0.1, isNumber: true), .init(title: "Time (UTC)", share: 0.21),
      ],
      rows: exceptions.map {
        [exception($0), $0.case ?? "–", String($0.index), $0.seconds.map(shortTime) ?? "–"]
      })
  }

  static func findings(_ findings: [LedgerReport.Finding]) -> PaperTable {
    PaperTable(
      columns: [
        .init(title: "Entry", share: 0.12, isNumber: true), .init(title: "What the verifier found", share: 0.88),
      ],
      rows: findings.map { [$0.index.map(String.init) ?? "–", $0.text] })
  }

  static func partName(_ index: Int, of period: LedgerPeriod) -> String {
    let date = partDate(index, of: period)
    switch period.part {
    case .day: return String(date.day)
    case .week: return "\(date.day)/\(date.month)"
    case .month:
      return String(
        (Labels.british.months.indices.contains(date.month - 1) ? Labels.british.months[date.month - 1] : "").prefix(3))
    }
  }

  private static func partDate(_ index: Int, of period: LedgerPeriod) -> CalendarDate {
    guard let first = CalendarDate(machine: period.from) else { return CalendarDate(daysSince1970: 0) }
    // Whole days since the first midnight; an hour more or less is a change of the clocks.
    let days = (period.parts[index] - period.seconds.lowerBound + 43_200) / 86_400
    return CalendarDate(daysSince1970: first.daysSince1970 + days)
  }

  static func partLabel(_ period: LedgerPeriod) -> String {
    switch period.part {
    case .day: "days of \(days(of: period))"
    case .week: "weeks, by their first day"
    case .month: "months"
    }
  }
}
