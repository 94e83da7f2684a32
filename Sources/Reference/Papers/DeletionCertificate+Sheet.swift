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
      .rows(PaperWords.facts(self, history, purge, by: issuer)),
    ]
    if !account.faults.isEmpty {
      parts += [
        .verdict(
          PaperWords.caseFaults(account.faults.count),
          detail: PaperWords.faults(account), isGood: false)
      ]
    }
    parts += [
      .heading(PaperWords.whatHappened), .table(PaperWords.steps(account)),
      .heading(PaperWords.whatWasDestroyed), .list(PaperWords.destroyed(purge), isNumbered: false),
      .heading(PaperWords.howDestroyed), .list(PaperWords.method(purge, wasLost: account.wasLost), isNumbered: false),
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
}

extension String {
  /// Without the line feed at its end.
  var trimmingLineEnd: String { utf8.last == 0x0A ? String(dropLast()) : self }
}
