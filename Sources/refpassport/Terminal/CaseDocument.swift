import Audit
import Delivery
import Mail

/// A case as `--json` prints it and the tables show it: nothing personal, times in ISO 8601 UTC.
struct CaseDocument: Encodable {
  var `case`: String
  var stage: String
  var opened: String
  var since: String
  var attempts: Int
  var next: String?
  /// The hold's reason, or the class of the last outcome.
  var why: String?
  var resume: String?
  /// What keeps it from being purged, if anything does.
  var legalHold: LegalHoldDocument?
  /// What is known of the mail's arrival: accepted, relayed, delivered or bounced.
  var evidence: String?
  var reports: [ReportDocument]?
  /// How it came to count as delivered.
  var confirmed: ConfirmationDocument?
  var history: [AttemptDocument]?
  /// Only with `--reveal`.
  var revealed: RevealedDocument?

  /// - Parameter reports: everything reported of the case.
  init(_ row: Case, reports: [KeptReport] = [], attempts: [Attempt]? = nil) {
    self.case = row.id.description
    stage = row.stage.rawValue
    opened = row.opened.iso8601
    since = row.since.iso8601
    self.attempts = row.attempts
    next = row.nextAttempt?.iso8601
    why = row.hold?.reason.rawValue ?? row.lastClass?.rawValue
    resume = row.hold?.resume.rawValue
    legalHold = row.legalHold.map(LegalHoldDocument.init)
    // What a purged case knew is gone with it.
    evidence = row.stage == .purged ? nil : Evidence(row, reports: reports).level?.rawValue
    history = attempts?.map(AttemptDocument.init)
  }
}

/// A legal hold as `queue show` and `purge status` print it.
struct LegalHoldDocument: Encodable {
  var reason: String
  var review: String
  var since: String

  init(_ hold: LegalHold) {
    reason = hold.reason.rawValue
    review = hold.review.description
    since = hold.since.iso8601
  }

  var text: String { "\(reason), review \(review)" }
}

/// One report of a case's mail as `queue show` prints it.
struct ReportDocument: Encodable {
  var at: String
  var attempt: Int
  /// hard, soft, delayed, relayed, delivered, or claimed by a report without proof.
  var level: String
  var reason: String
  var status: String?
  /// True while it waits for the case to be released, or for a session to end.
  var waits: Bool

  init(_ report: KeptReport) {
    at = report.at.iso8601
    attempt = report.attempt
    level = report.level.rawValue
    reason = report.reason.rawValue
    status = report.status?.description
    waits = report.isPending
  }
}

/// How a case was confirmed, read from its newest `confirm` entry.
struct ConfirmationDocument: Encodable {
  var at: String
  /// dsn-delivered, dsn-relayed, quiet or operator.
  var how: String
  /// True if reports were being read while it waited.
  var watched: Bool
  /// Since the relay accepted the mail.
  var seconds: Int64?

  /// Nil if there is no such entry, or if a failure that was reported later took it back.
  init?(_ entries: [[UInt8]]) {
    let told = entries.compactMap { try? Entry(parsing: $0) }
    guard let index = told.lastIndex(where: { $0.event == .confirm }),
      !told[index...].contains(where: { $0.event == .bounced }), let how = told[index].fields["how"]?.string
    else { return nil }
    at = Timestamp(seconds: told[index].seconds).iso8601
    self.how = how
    watched = told[index].fields["watched"]?.bool ?? false
    seconds = told[index].fields["seconds"]?.integer
  }

  var text: String {
    let after = seconds.map { " \($0) s after it was accepted" } ?? ""
    return "Confirmed \(at) by \(how)\(after), \(watched ? "with" : "without") reports being read"
  }
}

/// One attempt as `queue show --json` prints it.
struct AttemptDocument: Encodable {
  var number: Int
  var started: String
  var intent: String?
  var finished: String?
  var verdict: String?
  var `class`: String?
  var code: Int?
  var status: String?

  init(_ attempt: Attempt) {
    number = attempt.number
    started = attempt.started.iso8601
    intent = attempt.intent?.iso8601
    finished = attempt.finished?.iso8601
    verdict = attempt.result?.verdict.rawValue
    self.class = attempt.result?.class?.rawValue
    code = attempt.result?.code
    status = attempt.result?.enhanced?.description
  }
}

/// What is sealed of a case, as `queue show --reveal` prints it.
struct RevealedDocument: Encodable {
  struct ReplyDocument: Encodable {
    var attempt: Int
    var at: String
    var phase: String
    var code: Int
    var status: String?
    var text: String
  }
  var name: String
  var title: String?
  var department: String?
  var start: String?
  var end: String?
  var workEmail: String?
  var recipient: String?
  var replies: [ReplyDocument]

  init(_ revealed: CaseDesk.Revealed) {
    name = revealed.facts.name
    title = revealed.facts.title
    department = revealed.facts.department
    start = revealed.facts.start?.description
    end = revealed.facts.end?.description
    workEmail = revealed.facts.workEmail
    recipient = revealed.recipient
    replies = revealed.replies.map {
      ReplyDocument(
        attempt: $0.attempt, at: $0.at.iso8601, phase: $0.phase.rawValue, code: $0.code, status: $0.status,
        text: $0.text)
    }
  }

  var text: String {
    let facts = [
      ("Name", name), ("Title", title ?? "-"), ("Department", department ?? "-"), ("Start", start ?? "-"),
      ("End", end ?? "-"), ("Work e-mail", workEmail ?? "-"), ("Mailed to", recipient ?? "-"),
    ]
    let replies = replies.map {
      "Attempt \($0.attempt), \($0.phase): \($0.code) \($0.status.map { $0 + " " } ?? "")" + $0.text
    }
    // What a name or a relay says must not look like a line of ours.
    return (facts.map { "\($0.0): \($0.1)" } + replies)
      .map { $0.split(whereSeparator: \.isNewline).joined(separator: " / ") }.joined(separator: "\n")
  }
}
