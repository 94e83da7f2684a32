import Audit
import Mail

// What stands on the report for people.
extension AuditReport {
  func sheet(by issuer: PaperIssuer, at now: Timestamp) -> PaperSheet {
    let days = PaperWords.days(of: figures.period)
    var parts: [PaperPart] = [verdict, .tiles(tiles), .text(PaperWords.summary(figures)), .heading("Cases")]
    parts += casesParts
    parts.append(.heading("How long it took"))
    parts += timesParts
    parts.append(.heading("Unknown outcomes and holds"))
    parts += waitingParts
    parts.append(.heading("To look at"))
    parts += exceptionParts
    parts.append(.heading("What people did, keys and configuration"))
    parts += actParts
    parts.append(.heading("The ledger"))
    parts += ledgerParts
    parts += [.heading("What this report cannot show"), .list(PaperWords.limits, isNumbered: false)]
    parts.append(.heading(PaperWords.howToVerify))
    parts += PaperWords.verification(.report, of: ledger, by: issuer)
    return issuer.sheet(
      PaperWords.reportHeading, PaperWords.reportSubheading(figures.period, now.seconds),
      foot: "\(PaperWords.reportHeading) · \(days)", parts, at: now)
  }

  private var verdict: PaperPart {
    .verdict(
      PaperWords.ledgerVerdict(ledger), detail: PaperWords.exceptionVerdict(figures),
      isGood: ledger.verification.ok && figures.exceptions.allSatisfy { PaperWords.isExpected($0.kind) })
  }

  private var tiles: [PaperPart.Label] {
    let standing = figures.standing
    return [
      .init("opened", PaperWords.grouped(figures.opened)),
      .init("confirmed", PaperWords.grouped(standing.confirmations)),
      .init("not delivered", PaperWords.grouped(standing.undeliverable + standing.expired + standing.cancelled)),
      .init("purged", PaperWords.grouped(figures.purged)), .init("open at the end", PaperWords.grouped(standing.open)),
    ]
  }

  // MARK: Cases

  private var casesParts: [PaperPart] {
    let standing = figures.standing
    let flow: [(String, Int)] = [
      ("Open when the period began", figures.openAtStart), ("Opened", figures.opened),
      ("Reference issued", figures.issued), ("Purged", figures.purged), ("Open when the period ended", standing.open),
      ("   – ended, waiting for the purge", standing.awaitingPurge), ("   – held for a person", standing.held.count),
      ("   – outcome unknown", standing.unknown.count), ("   – under a legal hold", standing.legalHolds.count),
    ]
    let confirmed = PaperWords.confirmations.map { ("   – \($0.name)", standing.confirmed[$0.code] ?? 0) }
    let outcomes =
      [("Confirmed as delivered", standing.confirmations)] + confirmed + [
        ("Undeliverable", standing.undeliverable), ("Out of time", standing.expired), ("Cancelled", standing.cancelled),
      ]
    let parts: [PaperPart] = [
      .tables(PaperWords.counts(flow, title: "Cases"), PaperWords.counts(outcomes, title: "Outcomes")),
      .note(PaperWords.casesNote(figures)),
    ]
    guard figures.opened + figures.purged > 0 else { return parts }
    return parts + [.bars(bars)]
  }

  private var bars: BarPlot {
    let part = figures.period.part
    return BarPlot(
      title: "Cases opened and purged, by \(part.rawValue)", firstName: "opened", secondName: "purged",
      countLabel: "cases", timeLabel: PaperWords.partLabel(figures.period),
      bars: figures.period.parts.indices.map { index in
        BarPlot.Bar(
          name: PaperWords.partName(index, of: figures.period), first: figures.openedPerPart[index],
          second: figures.purgedPerPart[index])
      })
  }

  // MARK: Times

  private var timesParts: [PaperPart] {
    let measures = PeriodFigures.Measure.allCases.map { ($0, figures.spread($0)) }
    guard measures.contains(where: { $0.1.count > 0 }) else { return [.text(PaperWords.noTimes)] }
    var parts: [PaperPart] = [.table(PaperWords.times(measures)), .note(PaperWords.timesNote)]
    parts += plot("Time to delivery", [.openedToSent, .sentToConfirmed], mark: nil)
    parts += plot(
      "Time to deletion", [.openedToPurged, .confirmedToPurged],
      mark: figures.promise.map { ($0, PaperWords.promised($0)) })
    return parts
  }

  private func plot(_ title: String, _ measures: [PeriodFigures.Measure], mark: (Int64, String)?) -> [PaperPart] {
    let curves = measures.map { measure in
      let spread = figures.spread(measure)
      return CurvePlot.Curve(
        name: "\(PaperWords.measure(measure)) (\(PaperWords.count(spread.count, "case", "cases")))", spread: spread)
    }.filter { $0.spread.count > 0 }
    guard !curves.isEmpty else { return [] }
    return [
      .curves(
        CurvePlot(
          title: title, shareLabel: "share of cases that took no longer", timeLabel: "time, on a logarithmic scale",
          curves: curves, mark: mark))
    ]
  }

  // MARK: Unknown, held

  private var waitingParts: [PaperPart] {
    var parts: [PaperPart] = [.text(PaperWords.unknowns(figures))]
    let standing = figures.standing
    if !figures.holds.isEmpty {
      let rows = figures.holds.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .map { (PaperWords.holdReason($0.key).capitalisedFirst, $0.value) }
      parts.append(.table(PaperWords.counts(rows, title: "Held for a person, by reason")))
    }
    let waiting =
      standing.unknown.map { ("Outcome unknown", $0) }
      + standing.held.map { ("Held: \(PaperWords.holdReason($0.why))", $0) }
      + standing.legalHolds.map { ("Legal hold: \(PaperWords.legalReason($0.why))", $0) }
    guard !waiting.isEmpty else { return parts + [.text(PaperWords.nothingWaits)] }
    let shown = waiting.prefix(PeriodFigures.maximumExceptions)
    parts.append(.table(PaperWords.waiting(shown.map { (what: $0.0, at: $0.1) })))
    if shown.count < waiting.count { parts.append(.text(PaperWords.further(waiting.count - shown.count))) }
    return parts
  }

  private var exceptionParts: [PaperPart] {
    guard !figures.exceptions.isEmpty else { return [.text(PaperWords.noExceptions)] }
    var parts: [PaperPart] = [.table(PaperWords.exceptions(figures.exceptions))]
    if figures.furtherExceptions > 0 { parts.append(.text(PaperWords.further(figures.furtherExceptions))) }
    return parts
  }

  private var actParts: [PaperPart] {
    let rows = figures.acts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { (PaperWords.act($0.key).capitalisedFirst, $0.value) }
    return (rows.isEmpty ? [.text(PaperWords.noActs)] : [.table(PaperWords.counts(rows, title: "A person …"))])
      + [.list(PaperWords.keys(figures), isNumbered: false)]
  }

  // MARK: The ledger

  private var ledgerParts: [PaperPart] {
    var parts: [PaperPart] = [.list(PaperWords.ledgerFacts(self), isNumbered: false)]
    if !ledger.verification.ok { parts.append(.table(PaperWords.findings(ledger.verification.findings))) }
    parts += [
      .note("Checkpoint over the whole ledger (\(PaperKind.checkpointName))"),
      .literal(ledger.checkpoint.trimmingLineEnd),
    ]
    if let start { parts += [.note("Checkpoint at the start of the period"), .literal(start.trimmingLineEnd)] }
    if let end { parts += [.note("Checkpoint at the end of the period"), .literal(end.trimmingLineEnd)] }
    return parts
  }
}
