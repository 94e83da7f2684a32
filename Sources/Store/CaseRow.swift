import Delivery
import Foundation
import GRDB
import Mail

/// How the rows of `case` and `attempt` read and write.
enum CaseRow {
  static let columns = """
    id, stage, holdReason, holdResume, opened, since, queued, attempts, nextAttempt, lastClass, acceptedAt,
    firstAttempt, ground, legalReason, legalReview, legalSince, promise, slot, revision
    """

  /// The case in a row of `columns`.
  static func decode(_ row: Row) throws -> Case {
    guard
      let id = CaseID(bytes: [UInt8](row["id"] as Data)), let stage = Stage(rawValue: row["stage"]),
      let holdReason: HoldReason? = optional(row["holdReason"]),
      let resume: Stage? = optional(row["holdResume"]),
      let lastClass: OutcomeClass? = optional(row["lastClass"]),
      let ground: PurgeGround? = optional(row["ground"]),
      let legalReason: LegalHold.Reason? = optional(row["legalReason"])
    else { throw StoreError.unreadableRow(table: "case") }
    var hold: Hold?
    if let holdReason, let resume { hold = Hold(reason: holdReason, resume: resume) }
    var legalHold: LegalHold?
    if let legalReason {
      guard let review = CalendarDate(machine: row["legalReview"]) else {
        throw StoreError.unreadableRow(table: "case")
      }
      legalHold = LegalHold(reason: legalReason, review: review, since: Timestamp(seconds: row["legalSince"]))
    }
    return Case(
      id: id, stage: stage, hold: hold, opened: Timestamp(seconds: row["opened"]),
      since: Timestamp(seconds: row["since"]), queued: time(row["queued"]), attempts: row["attempts"],
      nextAttempt: time(row["nextAttempt"]),
      lastClass: lastClass, acceptedAt: time(row["acceptedAt"]), firstAttempt: row["firstAttempt"],
      ground: ground, legalHold: legalHold, promise: row["promise"], revision: row["revision"])
  }

  static func insert(_ row: Case, slot: Int, into database: Database) throws {
    try database.run(
      """
      INSERT INTO "case" (stage, holdReason, holdResume, opened, since, queued, attempts, nextAttempt, lastClass,
        acceptedAt, firstAttempt, ground, legalReason, legalReview, legalSince, id, slot, promise)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (
        SELECT json_extract(CAST(bytes AS TEXT), '$.purgeLatest') AS latest FROM entry
        WHERE caseID IS NULL AND event = 'config' AND latest IS NOT NULL ORDER BY idx DESC LIMIT 1))
      """,
      values(row) + [Data(row.id.bytes), slot])
  }

  /// Writes the row if it still is at `expected` and at its revision, which then counts on; throws `moved` or `notFound` otherwise.
  static func update(_ row: Case, expected: Stage, in database: Database) throws {
    try database.run(
      """
      UPDATE "case" SET stage = ?, holdReason = ?, holdResume = ?, opened = ?, since = ?, queued = ?, attempts = ?,
        nextAttempt = ?, lastClass = ?, acceptedAt = ?, firstAttempt = ?, ground = ?,
        legalReason = ?, legalReview = ?, legalSince = ?, revision = revision + 1
      WHERE id = ? AND stage = ? AND revision = ?
      """,
      values(row) + [Data(row.id.bytes), expected.rawValue, row.revision])
    if database.changesCount == 0 { throw try miss(row.id, expected: expected, in: database) }
  }

  /// Why an update met no row.
  static func miss(_ id: CaseID, expected: Stage, in database: Database) throws -> CaseStoreError {
    let there = try database.first(#"SELECT 1 FROM "case" WHERE id = ?"#, [Data(id.bytes)]) != nil
    return there ? .moved(id, expected: expected) : .notFound(id)
  }

  private static func values(_ row: Case) -> StatementArguments {
    [
      row.stage.rawValue, row.hold?.reason.rawValue, row.hold?.resume.rawValue, row.opened.seconds,
      row.since.seconds, row.queued?.seconds, row.attempts, row.nextAttempt?.seconds, row.lastClass?.rawValue,
      row.acceptedAt?.seconds, row.firstAttempt, row.ground?.rawValue,
      row.legalHold?.reason.rawValue, row.legalHold?.review.description, row.legalHold?.since.seconds,
    ]
  }

  private static func time(_ seconds: Int64?) -> Timestamp? { seconds.map { Timestamp(seconds: $0) } }

  /// The value of an optional column: `.some(nil)` for NULL, nil for a text that is no case of the type.
  static func optional<Value: RawRepresentable<String>>(_ text: String?) -> Value?? {
    guard let text else { return .some(nil) }
    return Value(rawValue: text).map { .some($0) }
  }
}

/// How attempts are kept.
enum AttemptRow {
  static func decode(_ row: Row) throws -> Attempt {
    guard let verdict: Attempt.Result.Verdict? = CaseRow.optional(row["verdict"]),
      let outcome: OutcomeClass? = CaseRow.optional(row["class"])
    else { throw StoreError.unreadableRow(table: "attempt") }
    let status = (row["enhanced"] as String?).flatMap { EnhancedStatus(parsing: $0) }
    let seconds: (String) -> Timestamp? = { column in
      (row[column] as Int64?).map { Timestamp(seconds: $0) }
    }
    let trace = (row["token"] as Data?).map {
      AttemptTrace(token: VERPToken(bytes: [UInt8]($0)), message: row.bytes("message"))
    }
    return Attempt(
      number: row["number"], started: Timestamp(seconds: row["started"]), intent: seconds("intent"),
      finished: seconds("finished"),
      result: verdict.map { .init(verdict: $0, class: outcome, code: row["code"], enhanced: status) },
      trace: trace)
  }

  /// Inserts the attempt, or brings it up to date by its number.
  static func save(_ attempt: Attempt, of id: CaseID, in database: Database) throws {
    try database.run(
      """
      INSERT INTO attempt
        (caseID, number, started, intent, finished, verdict, class, code, enhanced, token, message)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (caseID, number) DO UPDATE SET intent = excluded.intent, finished = excluded.finished,
        verdict = excluded.verdict, class = excluded.class, code = excluded.code, enhanced = excluded.enhanced
      """,
      [
        Data(id.bytes), attempt.number, attempt.started.seconds, attempt.intent?.seconds,
        attempt.finished?.seconds,
        attempt.result?.verdict.rawValue, attempt.result?.class?.rawValue, attempt.result?.code,
        attempt.result?.enhanced?.description, attempt.trace.map { Data($0.token.bytes) },
        attempt.trace.map { Data($0.message) },
      ])
  }
}
