import Audit
import Delivery
import Mail

// What the certificate states for machines.
extension DeletionCertificate {
  func members(by issuer: PaperIssuer) -> [String: CanonicalJSON] {
    guard let history = account.history, let purge = history.purge else { return [:] }
    return [
      "case": .string(account.id), "purge": Self.json(purge), "ending": history.ending.map(Self.json) ?? .null,
      "times": times(history, purge), "steps": .array(account.lines.map(Self.json)),
      "legalHolds": .array(history.legalHolds.map(Self.json)),
      "faults": .array(
        account.faults.map { .object(["index": .integer(Int64($0.index ?? -1)), "text": .string($0.text)]) }),
      "remains": .object([
        "entries": .array(account.lines.map { .integer(Int64($0.index)) }), "lookupTags": .array(tags.map(Self.json)),
        "statements": Self.json(PaperWords.remains(self)),
      ]),
      "outOfReach": Self.json(PaperWords.outOfReach), "receipt": .string(proof.serialised),
    ]
  }

  private func times(_ history: CaseHistory, _ purge: CaseHistory.Purge) -> CanonicalJSON {
    .object([
      "opened": .time(history.opened.seconds), "purged": .time(purge.mark.seconds),
      "fromFirstEntry": .integer(purge.mark.seconds - history.opened.seconds),
      "fromEnding": history.ending.map { .integer(purge.mark.seconds - $0.mark.seconds) } ?? .null,
      "promised": account.promise?.seconds.map { .integer($0) } ?? .null,
      "lentByLegalHolds": .integer(account.promise?.lent ?? 0),
      "kept": account.keptPromise.map { .bool($0) } ?? .null,
    ])
  }

  private static func json(_ line: CaseAccount.Line) -> CanonicalJSON {
    .object([
      "index": .integer(Int64(line.index)), "event": .string(line.entry.event.rawValue),
      "time": .time(line.entry.seconds), "says": .string(PaperWords.says(line.entry)),
    ])
  }

  private static func json(_ purge: CaseHistory.Purge) -> CanonicalJSON {
    .object([
      "index": .integer(Int64(purge.mark.index)), "time": .time(purge.mark.seconds), "after": .string(purge.after),
      "how": .string(purge.how), "scope": json(purge.scope), "slot": purge.slot.map { .integer($0) } ?? .null,
      "files": .integer(purge.files), "hits": .integer(purge.hits),
    ])
  }

  private static func json(_ ending: CaseHistory.Ending) -> CanonicalJSON {
    .object([
      "event": .string(ending.event.rawValue), "index": .integer(Int64(ending.mark.index)),
      "time": .time(ending.mark.seconds), "how": ending.how.map { .string($0) } ?? .null,
      "watched": ending.watched.map { .bool($0) } ?? .null, "why": ending.why.map { .string($0) } ?? .null,
    ])
  }

  private static func json(_ hold: CaseHistory.LegalHold) -> CanonicalJSON {
    .object([
      "reason": .string(hold.reason), "review": hold.review.map { .string($0) } ?? .null,
      "from": .time(hold.from.seconds), "fromIndex": .integer(Int64(hold.from.index)),
      "until": hold.until.map { .time($0.seconds) } ?? .null,
      "untilIndex": hold.until.map { .integer(Int64($0.index)) } ?? .null,
    ])
  }

  private static func json(_ tags: Tags) -> CanonicalJSON {
    .object([
      "quarter": .string(tags.epoch.description), "entries": .array(tags.indices.map { .integer(Int64($0)) }),
      "keyDestroyed": .bool(tags.isDestroyed), "keyKeptUntil": .string(tags.until.iso8601),
    ])
  }

  private static func json(_ texts: [String]) -> CanonicalJSON { .array(texts.map { .string($0) }) }
}

extension CanonicalJSON {
  /// A moment as RFC 3339 text.
  static func time(_ seconds: Int64) -> CanonicalJSON { .string(Timestamp(seconds: seconds).iso8601) }
}
