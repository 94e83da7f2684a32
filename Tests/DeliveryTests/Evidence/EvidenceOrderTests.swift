import Audit
import Delivery
import Mail
import Testing

@Suite("Reports in any order")
struct EvidenceOrderTests {
  private static let pairs: [(ReportText.Word, ReportText.Word)] = {
    let words: [ReportText.Word] = [.delayed, .relayed, .delivered, .soft, .hard]
    return words.flatMap { first in words.map { (first, $0) } }
  }()

  /// What two reports of one attempt come to, whichever comes first: bad news counts against any other.
  private func end(_ words: Set<ReportText.Word>) -> Stage {
    if words.contains(.hard) { return .undeliverable }
    if words.contains(.soft) { return .deferred }
    return words.contains(.delivered) ? .confirmed : .accepted
  }

  @Test("two reports of the same attempt come to the same end in either order, before the purge", arguments: pairs)
  func pair(first: ReportText.Word, second: ReportText.Word) async throws {
    for outcome in [Outcome.accepted(Reply(code: 250)), .unknown(.timedOut(.dot))] {
      let stage = ReportStage()
      let row = try await stage.sent(outcome)
      try stage.take(first, of: row, salt: "1")
      try stage.take(second, of: row, salt: "2", at: stage.now + 5)
      let after = try stage.row(row.id)
      #expect(after.stage == end([first, second]))
      let level = Evidence(after, reports: try stage.store.reports(of: row.id)).level
      switch after.stage {
      case .undeliverable, .deferred: #expect(level == .bounced)
      case .confirmed: #expect(level == .delivered)
      default: #expect(level == ([first, second].contains(.relayed) ? .relayed : .accepted))
      }
      // Each failure has its own entry, and each but the last move stands in the ledger in an order that it allows.
      let failures = Set([first, second].filter { [.soft, .hard].contains($0) })
      #expect(stage.store.events(of: row.id).count { $0 == .bounced } == failures.count)
    }
  }

  @Test("the same during a hold: what counts is the end", arguments: pairs)
  func pairDuringHold(first: ReportText.Word, second: ReportText.Word) async throws {
    let stage = ReportStage()
    let row = try await stage.sent()
    let people = Sample.desk(stage.store)
    _ = try people.hold(row.id, by: Sample.opal, at: stage.now)
    try stage.take(first, of: row, salt: "1")
    try stage.take(second, of: row, salt: "2", at: stage.now + 5)
    #expect(try stage.row(row.id).stage == .held)
    _ = try await people.release(row.id, from: nil, by: Sample.opal, at: stage.now + 10)
    _ = try stage.desk().catchUp(at: stage.now + 11)
    #expect(try stage.row(row.id).stage == end([first, second]))
    #expect(try stage.store.reports(of: row.id).allSatisfy { !$0.isPending })
  }

  @Test("an attempt that failed softly is outdone by a later one that was delivered, and its late echo changes nothing")
  func secondAttempt() async throws {
    let stage = ReportStage()
    let row = try await stage.sent()
    try stage.take(.soft, of: row)
    try await stage.send(at: stage.now + 86_400)
    #expect(try stage.take(.delivered, of: row, attempt: 2, at: stage.now + 86_500) == .moved)
    #expect(try stage.row(row.id).stage == .confirmed)
    #expect(try stage.take(.soft, of: row, attempt: 1, salt: "echo", at: stage.now + 86_600) == .repeated)
    #expect(try stage.take(.delayed, of: row, attempt: 1, at: stage.now + 86_700) == .recorded)
    #expect(try stage.row(row.id).stage == .confirmed)
    #expect(Evidence(try stage.row(row.id), reports: try stage.store.reports(of: row.id)).level == .delivered)
  }

  @Test("a person's retry begins the resends anew")
  func retryBeginsAnew() async throws {
    let stage = ReportStage()
    let row = try await stage.sent()
    try stage.take(.soft, of: row)
    try await stage.send(at: stage.now + 86_400)
    try stage.take(.soft, of: row, attempt: 2, at: stage.now + 90_000)
    #expect(try stage.row(row.id).stage == .undeliverable)
    _ = try Sample.desk(stage.store).retry(row.id, by: Sample.opal, at: stage.now + 100_000)
    try await stage.send(at: stage.now + 100_000)
    #expect(try stage.take(.soft, of: row, attempt: 3, at: stage.now + 200_000) == .moved)
    #expect(try stage.row(row.id).stage == .deferred)
    #expect(try stage.row(row.id).nextAttempt == stage.now + 286_400)
  }

  @Test("while the clock cannot be trusted, a second soft failure gives nobody up")
  func jumpedClock() async throws {
    let stage = ReportStage()
    let row = try await stage.sent()
    try stage.take(.soft, of: row)
    try await stage.send(at: stage.now + 86_400)
    let message = try stage.report(.soft, of: row, attempt: 2)
    #expect(try stage.desk().take(message, mayEnd: false, at: stage.now + 900_000) == .moved)
    #expect(try stage.row(row.id).stage == .deferred)
  }
}
