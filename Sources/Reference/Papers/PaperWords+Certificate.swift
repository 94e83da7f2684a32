import Audit
import Mail

// The sentences of the certificate of deletion.
extension PaperWords {
  static let certificateHeading = "Certificate of deletion"
  static let whatHappened = "What happened"
  static let whatWasDestroyed = "What was destroyed"
  static let howDestroyed = "How it was destroyed"
  static let whatRemains = "What remains, and until when"
  static let whatIsOutOfReach = "What is outside of our reach"
  static let receiptHeading = "Receipt of the purge"
  static let madeFromLedger =
    "This paper is made from the audit ledger alone, which holds no personal data; so there are none in it."
  static let receiptNote =
    "The file purge.tlog-proof (c2sp.org/tlog-proof@v1): the entry in base64, its place, the hashes up to the root, and "
    + "the checkpoint with the ledger’s signature. It is attached to this document."

  static func certificateSubheading(_ id: String, _ now: Int64) -> String { "Case \(id)\nWritten \(minute(now))" }

  static func certified(_ organisation: String, _ seconds: Int64) -> String {
    "\(organisation) certifies that everything personal its reference appliance held in this case was destroyed on "
      + "\(time(seconds))."
  }

  static func caseFaults(_ count: Int) -> String {
    "The ledger breaks its own rules in this case: \(self.count(count, "finding", "findings"))."
  }

  static func endingName(_ event: EntryEvent) -> String {
    switch event {
    case .confirm: "Confirmation"
    case .fail: "Failure"
    case .expire: "Expiry"
    default: "Cancellation"
    }
  }

  /// The time a case was held, against what the ledger promised.
  static func kept(_ certificate: DeletionCertificate, _ history: CaseHistory, _ purge: CaseHistory.Purge) -> String {
    let taken = span(purge.mark.seconds - history.opened.seconds)
    guard let promise = certificate.account.promise, let seconds = promise.seconds else {
      return "\(taken); the ledger promised no time"
    }
    let lent = promise.lent > 0 ? " and \(span(promise.lent)) under legal hold" : ""
    let promised = "\(taken); promised within \(span(seconds))\(lent)"
    guard let late = certificate.account.late, late > 0 else { return "\(promised): kept" }
    let rule = certificate.account.isLateByRule ? "; the ledger’s rules allow a day, and one after a restore" : ""
    return "\(promised): NOT kept, \(span(late)) later\(rule)"
  }

  static func legalHold(_ hold: CaseHistory.LegalHold) -> String {
    let end = hold.until.map { "to \(day($0.seconds)) (entry \($0.index))" } ?? "never ended"
    return "\(legalReason(hold.reason)), from \(day(hold.from.seconds)) (entry \(hold.from.index)) \(end)"
  }

  static func wholeLedger(_ ledger: LedgerEvidence, pruned: Int) -> String {
    let gone = pruned == 0 ? "" : ", \(grouped(pruned)) of them without contents, which are gone after their retention"
    let entries = count(ledger.entries, "entry", "entries") + gone
    return ledger.verification.ok
      ? "\(entries) verified under the signed checkpoint when this was written; nothing is wrong"
      : "\(entries) read when this was written; "
        + "\(count(ledger.verification.findings.count, "finding", "findings")), see “refpassport audit verify”"
  }

  static func destroyed(_ purge: CaseHistory.Purge) -> [String] {
    purge.scope.map { part($0).capitalisedFirst } + [
      "The records of every attempt to send, and of every report about it"
    ]
  }

  static func method(_ purge: CaseHistory.Purge, wasLost: Bool) -> [String] {
    let slot = purge.slot.map { " (slot \($0))" } ?? ""
    let found = "\(count(Int(purge.files), "file", "files")), \(count(Int(purge.hits), "hit", "hits"))."
    if wasLost {
      return [
        "The case came back from a backup without its key (AES-256-GCM): nothing in it could be read any more.",
        "The sealed rows were removed from the database, and its write-ahead log was emptied.",
        "Since nobody could read what was sealed, it could not be searched for in clear. All files of the appliance were "
          + "searched byte by byte for the sealed bytes: \(found)",
      ]
    }
    return [
      "Everything personal lay on the disk only sealed, with a key of this case alone (AES-256-GCM). That key\(slot) was "
        + "overwritten in place and flushed to the disk: no copy of the sealed data, wherever it lies, can be opened any more.",
      "The sealed rows were removed from the database, and its write-ahead log was emptied.",
      "All files of the appliance were searched byte by byte: before, for every value in clear and in every usual encoding; "
        + "afterwards, for the sealed bytes and those of the key. \(found)",
    ]
  }

  static func remains(_ certificate: DeletionCertificate) -> [String] {
    let lines = certificate.account.lines
    let account = certificate.account
    let salt =
      account.history?.sent != nil
      ? "left with the leaver’s mail and was destroyed here"
      : account.mayBeSent ? "may have left with the leaver’s mail, and was destroyed here" : "was destroyed"
    var remains = [
      "\(count(lines.count, "entry", "entries")) of the ledger, for as long as the ledger keeps them: codes, times, hashes, "
        + "and commitments that only the salt of this case opens. It \(salt)."
    ]
    remains += certificate.tags.map { tags in
      let entries =
        "A keyed tag of the address in \(tags.indices.count == 1 ? "entry" : "entries") \(list(tags.indices.map(String.init)))"
      return tags.isDestroyed
        ? "\(entries). The key of its quarter (\(tags.epoch)) is destroyed or lost here: nobody can tell by it any more whom they are about."
        : "\(entries). With the key of its quarter (\(tags.epoch)) the entries can be found by the address, and by nothing "
          + "else. The key is kept until \(day(tags.until.seconds)) and then destroyed, with an entry that says so."
    }
    if certificate.tags.isEmpty { remains.append("No tag of the address: the entries cannot be found by it.") }
    remains.append(
      "A keyed mark that this departure was dealt with, so that no second reference is written: a hash of the employee "
        + "number that only a key of this appliance makes. It remains until that key is destroyed. Beside it stands for a year when "
        + "anything else was seen of the departure, such as another date.")
    return remains
  }

  static let outOfReach = [
    "The relay: its queue and its logs, as long as its administrator keeps them; so with every mail system on the way, and "
      + "with reports in the bounce mailbox that were not deleted.",
    "The leaver’s mailbox, and whatever the leaver has done with the reference. It is theirs.",
    "Bob, from which the facts came: it keeps its own records by its own rules.",
    "Copies that somebody else made of the disk or of its key file. None may be made of the key slots; "
      + "“refpassport purge scan” finds them.",
  ]
}

extension String {
  /// With a capital letter at its beginning.
  var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
