import Audit
import Delivery
import Mail

// The rows and the table of the certificate of deletion.
extension PaperWords {
  static func facts(
    _ certificate: DeletionCertificate, _ history: CaseHistory, _ purge: CaseHistory.Purge, by issuer: PaperIssuer
  ) -> [PaperPart.Label] {
    var rows: [PaperPart.Label] = [
      .init("Organisation", "\(issuer.name) (\(issuer.organisation.domain))"),
      .init("Case", certificate.account.id),
      .init("Ledger", (try? NoteVerifier(vkey: certificate.ledger.vkey).name) ?? ""),
      .init("Purged", "\(time(purge.mark.seconds)), entry \(purge.mark.index)"),
      .init("Ground", ground(purge.after, history.ending)),
      .init("First entry to purge", kept(certificate, history, purge)),
    ]
    if let ending = history.ending {
      rows.append(.init("\(endingName(ending.event)) to purge", span(purge.mark.seconds - ending.mark.seconds)))
    }
    for hold in history.legalHolds { rows.append(.init("Legal hold", legalHold(hold))) }
    rows.append(.init("The whole ledger", wholeLedger(certificate.ledger, pruned: certificate.account.pruned)))
    return rows
  }

  /// Each entry of the case, in plain words.
  static func steps(_ account: CaseAccount) -> PaperTable {
    PaperTable(
      columns: [
        .init(title: "Entry", share: 0.1, isNumber: true), .init(title: "Time (UTC)", share: 0.23),
        .init(title: "Event", share: 0.13), .init(title: "What it says", share: 0.54),
      ],
      rows: account.lines.map {
        [String($0.index), shortTime($0.entry.seconds), $0.entry.event.rawValue, says($0.entry)]
      })
  }

  /// What the verifier says against the case.
  static func faults(_ account: CaseAccount) -> String {
    account.faults.map { "Entry \($0.index ?? 0): \($0.text)." }.joined(separator: "\n")
  }
}
