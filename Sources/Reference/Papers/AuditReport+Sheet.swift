import Audit
import Mail

// What stands on the report for people.
extension AuditReport {
  func sheet(by issuer: PaperIssuer, at now: Timestamp) -> PaperSheet {
    let days = PaperWords.days(of: figures.period)
    var parts: [PaperPart] = [
      verdict, .tiles(PaperWords.tiles(figures)), .text(PaperWords.summary(figures, now.seconds)),
      .heading(PaperWords.casesHeading),
    ]
    parts += casesParts
    parts.append(.heading(PaperWords.timesHeading))
    parts += timesParts
    parts.append(.heading(PaperWords.waitingHeading))
    parts += waitingParts
    parts.append(.heading(PaperWords.exceptionsHeading))
    parts += exceptionParts
    parts.append(.heading(PaperWords.actsHeading))
    parts += actParts
    parts.append(.heading(PaperWords.ledgerHeading))
    parts += ledgerParts
    parts += [.heading(PaperWords.limitsHeading), .list(PaperWords.limits, isNumbered: false)]
    parts.append(.heading(PaperWords.howToVerify))
    parts += PaperWords.verification(.report, of: ledger, by: issuer)
    return issuer.sheet(
      PaperWords.reportHeading, PaperWords.reportSubheading(figures.period, now.seconds),
      foot: "\(PaperWords.reportHeading) · \(days)", parts, at: now)
  }

  private var verdict: PaperPart {
    .verdict(
      PaperWords.ledgerVerdict(ledger), detail: PaperWords.exceptionVerdict(figures),
      isGood: ledger.verification.ok && figures.pruned == 0
        && figures.exceptions.allSatisfy { PaperWords.isExpected($0.kind) })
  }

  // MARK: Cases

  private var casesParts: [PaperPart] {
    let parts: [PaperPart] = [
      .tables(PaperWords.flow(figures), PaperWords.outcomes(figures.standing)),
      .note(PaperWords.casesNote(figures)),
    ]
    guard figures.opened + figures.purged > 0 else { return parts }
    return parts + [.bars(bars)]
  }

  private var bars: BarPlot {
    let part = figures.period.part
    return BarPlot(
      title: PaperWords.barsTitle(part), firstName: PaperWords.opened, secondName: PaperWords.purged,
      countLabel: PaperWords.casesAxis, timeLabel: PaperWords.partLabel(figures.period),
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
    parts += plot(PaperWords.deliveryTitle, [.openedToSent, .sentToConfirmed], mark: nil)
    parts += plot(
      PaperWords.deletionTitle, [.openedToPurged, .confirmedToPurged],
      mark: figures.promise.map { .init(seconds: $0, name: PaperWords.promised($0)) })
    return parts
  }

  private func plot(_ title: String, _ measures: [PeriodFigures.Measure], mark: CurvePlot.Mark?) -> [PaperPart] {
    let curves = measures.map { measure in
      let spread = figures.spread(measure)
      return CurvePlot.Curve(
        name: "\(PaperWords.measure(measure)) (\(PaperWords.count(spread.count, "case", "cases")))", spread: spread)
    }.filter { $0.spread.count > 0 }
    guard !curves.isEmpty else { return [] }
    return [
      .curves(
        CurvePlot(
          title: title, shareLabel: PaperWords.shareAxis, timeLabel: PaperWords.timeAxis,
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
      parts.append(.table(PaperWords.counts(rows, title: PaperWords.holdsTitle)))
    }
    let waiting = PaperWords.waiting(standing)
    guard !waiting.isEmpty else { return parts + [.text(PaperWords.nothingWaits)] }
    let shown = waiting.prefix(PeriodFigures.maximumExceptions)
    parts.append(.table(PaperWords.waitingTable(Array(shown))))
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
    return (rows.isEmpty ? [.text(PaperWords.noActs)] : [.table(PaperWords.counts(rows, title: PaperWords.actsTitle))])
      + [.list(PaperWords.keys(figures), isNumbered: false)]
  }

  // MARK: The ledger

  private var ledgerParts: [PaperPart] {
    var parts: [PaperPart] = [.list(PaperWords.ledgerFacts(self), isNumbered: false)]
    if !ledger.verification.ok { parts.append(.table(PaperWords.findings(ledger.verification.findings))) }
    parts += [
      .note(PaperWords.wholeCheckpoint),
      .literal(ledger.checkpoint.trimmingLineEnd),
    ]
    if let start { parts += [.note(PaperWords.startCheckpoint), .literal(start.trimmingLineEnd)] }
    if let end { parts += [.note(PaperWords.endCheckpoint), .literal(end.trimmingLineEnd)] }
    return parts
  }
}
