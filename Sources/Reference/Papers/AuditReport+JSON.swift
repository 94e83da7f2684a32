import Audit
import Mail

// What the report states for machines. Durations are in seconds.
extension AuditReport {
  func members(by issuer: PaperIssuer) -> [String: CanonicalJSON] {
    let period = figures.period
    return [
      "period": .object([
        "from": .string(period.from), "to": .string(period.to), "timeZone": .string(period.timeZone),
        "start": .time(period.seconds.lowerBound), "end": .time(period.seconds.upperBound),
      ]),
      "entries": .number(figures.entries), "pruned": .number(figures.pruned), "cases": cases, "outcomes": outcomes,
      "times": .object(
        Dictionary(uniqueKeysWithValues: PeriodFigures.Measure.allCases.map { ($0.rawValue, json(figures.spread($0))) })
      ),
      "promised": figures.promise.map { .integer($0) } ?? .null, "parts": parts, "unknown": unknown, "holds": holds,
      "legalHolds": Self.listed(figures.standing.legalHolds.map(Self.json)),
      "exceptions": .array(figures.exceptions.map(Self.json)),
      "furtherExceptions": .number(figures.furtherExceptions), "acts": Self.counts(figures.acts),
      "epochsDestroyed": Self.listed(
        figures.epochsDestroyed.map { .object(["epoch": .string($0.epoch), "index": .number($0.mark.index)]) }),
      "configurations": Self.indices(figures.configurations), "keyRotations": Self.indices(figures.keyRotations),
      "checkpoints": .object([
        "start": start.map { .string($0) } ?? .null, "end": end.map { .string($0) } ?? .null,
        "growth": growth.map { .string($0.proof.serialised) } ?? .null,
      ]),
      "limits": .array(PaperWords.limits.map { .string($0) }),
    ]
  }

  private var cases: CanonicalJSON {
    .object([
      "openAtStart": .number(figures.openAtStart), "opened": .number(figures.opened),
      "issued": .number(figures.issued), "purged": .number(figures.purged),
      "openAtEnd": .number(figures.standing.open), "awaitingPurge": .number(figures.standing.awaitingPurge),
    ])
  }

  private var outcomes: CanonicalJSON {
    .object([
      "confirmed": .number(figures.standing.confirmations), "confirmedBy": Self.counts(figures.standing.confirmed),
      "undeliverable": .number(figures.standing.undeliverable), "expired": .number(figures.standing.expired),
      "cancelled": .number(figures.standing.cancelled),
    ])
  }

  private func json(_ spread: Spread) -> CanonicalJSON {
    func optional(_ seconds: Int64?) -> CanonicalJSON { seconds.map { .integer($0) } ?? .null }
    return .object([
      "count": .number(spread.count), "median": optional(spread.median), "p90": optional(spread.ninetieth),
      "maximum": optional(spread.maximum),
      "within": .array(
        spread.count == 0
          ? [] : Self.ladder.map { .object(["seconds": .integer($0), "count": .number(spread.count(within: $0))]) }),
    ])
  }

  private var parts: CanonicalJSON {
    .object([
      "each": .string(figures.period.part.rawValue),
      "counts": .array(
        figures.period.parts.indices.map { index in
          .object([
            "start": .time(figures.period.parts[index]), "opened": .number(figures.openedPerPart[index]),
            "purged": .number(figures.purgedPerPart[index]),
          ])
        }),
    ])
  }

  private var unknown: CanonicalJSON {
    .object([
      "outcomes": .number(figures.unknowns), "choices": Self.counts(figures.unknownChoices),
      "open": Self.listed(figures.standing.unknown.map(Self.json)),
    ])
  }

  private var holds: CanonicalJSON {
    .object([
      "reasons": Self.counts(figures.holds), "releases": .number(figures.releases),
      "open": Self.listed(figures.standing.held.map(Self.json)),
    ])
  }

  private static func json(_ waiting: PeriodStanding.Waiting) -> CanonicalJSON {
    .object([
      "case": .string(waiting.case), "index": .number(waiting.mark.index), "time": .time(waiting.mark.seconds),
      "why": .string(waiting.why),
    ])
  }

  private static func json(_ exception: LedgerException) -> CanonicalJSON {
    .object([
      "kind": .string(exception.kind.rawValue), "case": exception.case.map { .string($0) } ?? .null,
      "index": .number(exception.index), "time": exception.seconds.map { .time($0) } ?? .null,
      "detail": .string(exception.detail),
    ])
  }

  /// How many there are, and the first of them: a paper stays one that can be read.
  private static func listed(_ items: [CanonicalJSON]) -> CanonicalJSON {
    .object(["count": .number(items.count), "first": .array(Array(items.prefix(PeriodFigures.maximumExceptions)))])
  }

  private static func counts(_ counts: [String: Int]) -> CanonicalJSON {
    .object(counts.mapValues { .number($0) })
  }

  private static func indices(_ marks: [CaseHistory.Mark]) -> CanonicalJSON {
    listed(marks.map { .object(["index": .number($0.index), "time": .time($0.seconds)]) })
  }
}

extension CanonicalJSON {
  static func number(_ number: Int) -> CanonicalJSON { .integer(Int64(number)) }
}
