import Audit

// What entries say, in plain words. A code that is not known here is shown as it is.
extension PaperWords {
  /// One entry of a case.
  static func says(_ entry: Entry) -> String {
    func text(_ field: String) -> String? { entry.fields[field]?.string }
    let code = entry.fields["code"]?.integer.map { " (reply \($0))" } ?? ""
    switch entry.event {
    case .detect:
      return text("from") == "reissue"
        ? "Opened again for a new reference" : "A leaver was noticed; the case was opened"
    case .hold: return hold(entry)
    case .release:
      return text("legal").map { "The legal hold (\(legalReason($0))) ended" } ?? "A person released the case"
    case .issue: return "The facts were fixed and signed"
    case .seal: return "The PDF was drawn, sealed and put into a mail"
    case .sent:
      return text("action").map { "A report (\($0)) shows that the relay had taken the mail" }
        ?? "The relay took the mail\(code)"
    case .deferred: return "The relay asked to try again later\(code)\(inClass(text("class")))"
    case .unknown: return unknown(text("choice"))
    case .bounced: return "A report says that the mail was not delivered (\(text("reason") ?? "no reason given"))"
    case .confirm:
      return "The mail counts as delivered: \(evidence(text("how"), watched: entry.fields["watched"]?.bool))"
    case .cancel: return "A person ended the case, or the departure was withdrawn"
    case .fail: return "The mail cannot be delivered\(code)\(inClass(text("class")))"
    case .expire: return "The case ran out of time\(text("why").map { " (\($0))" } ?? "")"
    case .purge: return "Everything personal was destroyed; the scan that followed found nothing"
    case .revoke: return "The reference was revoked\(text("why").map { " (\($0))" } ?? "")"
    case .restore: return "Data came back from a backup, or a revocation was lifted"
    case .operator: return "A person used the appliance: \(act(text("act") ?? ""))"
    case .keyRotate: return "A key was replaced"
    case .config: return "The configuration changed"
    case .epochDestroyed: return "The lookup key of a past quarter was destroyed"
    }
  }

  private static func inClass(_ name: String?) -> String { name.map { ", class “\($0)”" } ?? "" }

  private static func hold(_ entry: Entry) -> String {
    if let legal = entry.fields["legal"]?.string {
      let review = entry.fields["review"]?.string.map { ", to be reviewed on \($0)" } ?? ""
      return "A legal hold began (\(legalReason(legal))\(review)): nothing may be purged"
    }
    return "Held for a person: \(holdReason(entry.fields["why"]?.string ?? ""))"
  }

  private static func unknown(_ choice: String?) -> String {
    switch choice {
    case nil: "The connection broke: nobody knows whether the relay took the mail"
    case "resend": "By policy the same mail was sent once more, with the same Message-ID"
    case let choice?: "The policy decided about the unknown outcome: \(choice)"
    }
  }

  /// How a confirmation came about.
  static func evidence(_ how: String?, watched: Bool?) -> String {
    switch how {
    case "dsn-delivered": "a report says that it is in the mailbox"
    case "dsn-relayed": "a report says that it was passed on, and no failure followed for a day"
    case "quiet":
      "no failure was reported in the quiet period"
        + (watched == false ? ", though no reports were being read" : "")
    case "operator": "a person said so"
    case let how?: how
    case nil: "the entry does not say how"
    }
  }

  /// The ways of a confirmation, in the order of their strength.
  static let confirmations: [(code: String, name: String)] = [
    ("dsn-delivered", "by a report: delivered"), ("dsn-relayed", "by a report: relayed"),
    ("quiet", "by a quiet period"), ("operator", "by a person’s word"),
  ]

  static func holdReason(_ code: String) -> String {
    let words = [
      "approval": "every reference needs approval", "no-address": "no work address",
      "bad-address": "the address cannot be mailed", "shared-address": "somebody else has the address",
      "sandbox-address": "a sandbox address", "no-name": "no name",
      "no-dates": "a date is missing", "dates-reversed": "the dates are reversed",
      "unresolved-list": "title or department is unreadable", "unprintable": "a value cannot be printed",
      "too-old": "the departure is too old", "surge": "more leavers at once than allowed",
      "termination-moved": "the termination date was changed",
      "termination-cancelled": "the termination was cancelled", "unstable-read": "two reads of Bob differed",
      "unknown-outcome": "the outcome is unknown", "retries-ended": "the retries ended",
      "ends-sessions": "the relay ends the session", "unproven-report": "a report that proves nothing",
      "composing": "document or mail could not be made", "restored": "came back from a backup",
      "restored-sent": "came back from a backup, after the mail", "operator": "by a person",
    ]
    return words[code] ?? (code.isEmpty ? "no reason given" : code)
  }

  static func legalReason(_ code: String) -> String {
    switch code {
    case "litigation": "litigation"
    case "investigation": "an investigation"
    case "authority": "an order of an authority"
    case "subject-request": "at the data subject’s request"
    default: code
    }
  }

  /// What a person did.
  static func act(_ code: String) -> String {
    switch code {
    case "lookup": "looked up whether anything is held on an address"
    case "reveal": "looked at what is sealed of an open case"
    case "retry": "had a mail tried again"
    case "redeliver": "gave another address"
    case "hold": "held a case"
    case "release": "released a case"
    case "confirm": "said that a mail arrived"
    case "cancel": "cancelled a case"
    case "legal-hold": "began a legal hold"
    case "legal-release": "ended a legal hold"
    case "detect": "had a reference made again"
    default: code.isEmpty ? "not named" : code
    }
  }

  /// A part of a case, as the scope of a purge names it.
  static func part(_ code: String) -> String {
    switch code {
    case "facts": "the facts: name, job title, department, dates, work address"
    case "employee": "the employee number in Bob"
    case "salt": "the salt that opens the ledger’s commitments of this case"
    case "credential": "the signed record and credential"
    case "envelope": "the address the mail went to, and its envelope"
    case "mail": "the whole mail, as it was sent"
    case "document": "the sealed PDF, as it lay in the mail"
    case "reply": "what the relay replied"
    default: "the part “\(code)”"
    }
  }

  /// On what ground a case was purged.
  static func ground(_ after: String, _ ending: CaseHistory.Ending?) -> String {
    let entry = ending.map { " (entry \($0.mark.index), \(time($0.mark.seconds)))" } ?? ""
    let words =
      switch after {
      case "confirm": "the mail counts as delivered: \(evidence(ending?.how, watched: ending?.watched))"
      case "fail": "the mail could not be delivered, and its retention is over"
      case "expire": "the case ran out of time"
      case "cancel": "a person ended the case, or the departure was withdrawn"
      default: after
      }
    return words.prefix(1).uppercased() + words.dropFirst() + entry
  }

  /// Where a case stands that is not purged.
  static func stands(_ history: CaseHistory) -> String {
    func at(_ mark: CaseHistory.Mark) -> String { "on \(time(mark.seconds)) (entry \(mark.index))" }
    let legal =
      history.legalHold.map { " A legal hold stands since \(day($0.from.seconds)) (\(legalReason($0.reason)))." } ?? ""
    if let hold = history.hold {
      return "it was held for a person \(at(hold.mark)): \(holdReason(hold.reason)).\(legal)"
    }
    if let ending = history.ending {
      let words =
        switch ending.event {
        case .confirm: "confirmed"
        case .fail: "found undeliverable"
        case .expire: "closed because it ran out of time"
        default: "cancelled"
        }
      return "it was \(words) \(at(ending.mark)) and waits for its purge.\(legal)"
    }
    if let unknown = history.unknown { return "nobody knows what became of the mail sent \(at(unknown)).\(legal)" }
    if let sent = history.sent { return "the relay took the mail \(at(sent)); it is not confirmed yet.\(legal)" }
    return "it was opened \(at(history.opened)) and is under way.\(legal)"
  }
}
