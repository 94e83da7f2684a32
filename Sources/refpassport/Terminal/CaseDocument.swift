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
  var history: [AttemptDocument]?

  init(_ row: Case, attempts: [Attempt]? = nil) {
    self.case = row.id.description
    stage = row.stage.rawValue
    opened = row.opened.iso8601
    since = row.since.iso8601
    self.attempts = row.attempts
    next = row.nextAttempt?.iso8601
    why = row.hold?.reason.rawValue ?? row.lastClass?.rawValue
    resume = row.hold?.resume.rawValue
    history = attempts?.map(AttemptDocument.init)
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
