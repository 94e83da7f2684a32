import Audit
import Cryptography
import Delivery
import Mail

// What stands on the certificate for people.
extension DeletionCertificate {
  func sheet(by issuer: PaperIssuer, at now: Timestamp) -> PaperSheet {
    guard let history = account.history, let purge = history.purge else {
      return issuer.sheet(PaperWords.certificateHeading, "", foot: "", [], at: now)
    }
    var parts: [PaperPart] = [
      .verdict(
        PaperWords.certified(issuer.name, purge.mark.seconds), detail: PaperWords.madeFromLedger, isGood: true),
      .rows(facts(history, purge, issuer)),
    ]
    if !account.faults.isEmpty {
      parts += [
        .verdict(
          PaperWords.caseFaults(account.faults.count),
          detail: account.faults.map { "Entry \($0.index ?? 0): \($0.text)." }.joined(separator: "\n"), isGood: false)
      ]
    }
    parts += [
      .heading(PaperWords.whatHappened), .table(steps),
      .heading(PaperWords.whatWasDestroyed), .list(PaperWords.destroyed(purge), isNumbered: false),
      .heading(PaperWords.howDestroyed), .list(PaperWords.method(purge), isNumbered: false),
      .heading(PaperWords.whatRemains), .list(PaperWords.remains(self), isNumbered: false),
      .heading(PaperWords.whatIsOutOfReach), .list(PaperWords.outOfReach, isNumbered: false),
      .heading(PaperWords.howToVerify),
    ]
    parts += PaperWords.verification(.certificate, of: ledger, by: issuer)
    parts += [
      .heading(PaperWords.receiptHeading), .note(PaperWords.receiptNote), .literal(proof.serialised.trimmingLineEnd),
    ]
    return issuer.sheet(
      PaperWords.certificateHeading, PaperWords.certificateSubheading(account.id, now.seconds),
      foot: "\(PaperWords.certificateHeading) · \(account.id)", parts, at: now)
  }

  private func facts(
    _ history: CaseHistory, _ purge: CaseHistory.Purge, _ issuer: PaperIssuer
  ) -> [PaperPart.Label] {
    var rows: [PaperPart.Label] = [
      .init("Organisation", "\(issuer.name) (\(issuer.organisation.domain))"), .init("Case", account.id),
      .init("Ledger", (try? NoteVerifier(vkey: ledger.vkey).name) ?? ""),
      .init("Purged", "\(PaperWords.time(purge.mark.seconds)), entry \(purge.mark.index)"),
      .init("Ground", PaperWords.ground(purge.after, history.ending)),
      .init("First entry to purge", PaperWords.kept(self, history, purge)),
    ]
    if let ending = history.ending {
      rows.append(
        .init(
          "\(PaperWords.endingName(ending.event)) to purge", PaperWords.span(purge.mark.seconds - ending.mark.seconds)))
    }
    for hold in history.legalHolds { rows.append(.init("Legal hold", PaperWords.legalHold(hold))) }
    rows.append(.init("The whole ledger", PaperWords.wholeLedger(ledger)))
    return rows
  }

  private var steps: PaperTable {
    PaperTable(
      columns: [
        .init(title: "Entry", share: 0.1, isNumber: true), .init(title: "Time (UTC)", share: 0.23),
        .init(title: "Event", share: 0.13), .init(title: "What it says", share: 0.54),
      ],
      rows: account.lines.map {
        [
          String($0.index), PaperWords.shortTime($0.entry.seconds), $0.entry.event.rawValue, PaperWords.says($0.entry),
        ]
      })
  }
}

extension String {
  /// Without the line feed at its end.
  var trimmingLineEnd: String { utf8.last == 0x0A ? String(dropLast()) : self }
}
