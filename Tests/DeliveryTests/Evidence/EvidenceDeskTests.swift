import Audit
import Delivery
import Foundation
import Mail
import Synchronization
import Testing

@Suite("What a proven report makes of a case")
struct EvidenceDeskTests {
  let stage = ReportStage()

  private func entries(of row: Case) -> [EntryDraft] {
    stage.store.state.withLock { $0.entries.filter { $0.caseID == row.id } }
  }

  @Test("a hard failure ends the case at once: a bounce, a failure, HR is told, and nothing of the report is kept")
  func hard() async throws {
    let row = try await stage.sent()
    let message = try stage.report(.hard, of: row)
    #expect(try stage.desk().take(message, at: stage.now) == .moved)
    let after = try stage.row(row.id)
    #expect(after.stage == .undeliverable && after.ground == .fail && after.nextAttempt == nil)
    let told = entries(of: row)
    #expect(told.map(\.event) == [.sent, .bounced, .fail])
    let hash = Commitment.evidence(salt: [UInt8](repeating: 7, count: 32), report: message.octets)
    let status = try #require(try stage.store.reports(of: row.id).first?.status)
    #expect(
      told[1].fields.filter { $0.key != "reason" } == [
        "attempt": 1, "action": "failed", "evidence": .string(hash), "class": "unknown-user",
        "status": .string(status.description),
      ])
    #expect(told[2].fields["why"] == "bounced")
    #expect(stage.store.state.withLock { $0.notices.map(\.notice.draft.kind) } == [.undeliverable])
  }

  @Test("the same message taken twice, as after a crash or by a replay, moves the case once")
  func twice() async throws {
    let row = try await stage.sent()
    let message = try stage.report(.hard, of: row)
    #expect(try stage.desk().take(message, at: stage.now) == .moved)
    #expect(try stage.desk().take(message, at: stage.now + 1) == .repeated)
    // Another report that says the same of the same attempt.
    #expect(try stage.take(.hard, of: row, salt: "another") == .repeated)
    #expect(entries(of: row).map(\.event) == [.sent, .bounced, .fail])
    #expect(try stage.store.reports(of: row.id).count == 1)
  }

  @Test("a soft failure opens the case again: the same mail a day later, and after a second one it is undeliverable")
  func soft() async throws {
    let row = try await stage.sent()
    #expect(try stage.take(.soft, of: row) == .moved)
    let waiting = try stage.row(row.id)
    #expect(waiting.stage == .deferred && waiting.lastClass == .bouncedSoft && waiting.acceptedAt == nil)
    #expect(waiting.nextAttempt == stage.now + 86_400)
    let mail = try CaseVault(stage.store).mail(of: row.id)
    try await stage.send(at: stage.now + 86_400)
    #expect(try CaseVault(stage.store).mail(of: row.id) == mail)
    #expect(try stage.row(row.id).stage == .accepted)
    #expect(try stage.take(.soft, of: row, attempt: 2, at: stage.now + 90_000) == .moved)
    let end = try stage.row(row.id)
    #expect(end.stage == .undeliverable && end.ground == .expire)
    #expect(entries(of: row).map(\.event) == [.sent, .bounced, .sent, .bounced, .expire])
    #expect(entries(of: row)[1].fields["class"] == "bounced-soft")
    #expect(stage.store.state.withLock { $0.notices.map(\.notice.draft.kind) } == [.undeliverable])
  }

  @Test("after the last soft failure the policy may ask a person instead, or go on and tell HR once")
  func softByPolicy() async throws {
    for (then, kinds) in [(RetryPolicy.Then.hold, [Notice.Kind.held]), (.notify, [.overdue])] {
      let stage = ReportStage()
      let row = try await stage.sent()
      var policy = RetryPolicy.standard
      policy.rules[.bouncedSoft] = .init(schedule: [3600], jitter: 0, expiry: 3600, then: then)
      let desk = try stage.desk(policy: policy)
      #expect(try desk.take(try stage.report(.soft, of: row), at: stage.now) == .moved)
      #expect(try stage.row(row.id).nextAttempt == stage.now + 3600)
      try await stage.send(at: stage.now + 3600)
      _ = try desk.take(try stage.report(.soft, of: row, attempt: 2), at: stage.now + 7200)
      #expect(try stage.row(row.id).stage == (then == .hold ? .held : .deferred))
      #expect(stage.store.state.withLock { $0.notices.map(\.notice.draft.kind) } == kinds)
    }
  }

  @Test("delivered confirms at once, and the entry says how, by which report and after how long")
  func delivered() async throws {
    let row = try await stage.sent()
    #expect(try stage.take(.delivered, of: row) == .moved)
    #expect(try stage.row(row.id).stage == .confirmed)
    let entry = try #require(entries(of: row).last)
    #expect(entry.event == .confirm)
    #expect(entry.fields["how"] == "dsn-delivered" && entry.fields["watched"] == true && entry.fields["seconds"] == 60)
    #expect(entry.fields["evidence"] == .string(try #require(try stage.store.reports(of: row.id).first).hash))
  }

  @Test(
    "an unknown is resolved by whatever proves that it was taken, or that it failed",
    arguments: [
      (ReportText.Word.delivered, Stage.confirmed, [EntryEvent.unknown, .sent, .confirm]),
      (.relayed, .accepted, [.unknown, .sent]), (.expanded, .accepted, [.unknown, .sent]),
      (.delayed, .accepted, [.unknown, .sent]), (.hard, .undeliverable, [.unknown, .bounced, .fail]),
      (.soft, .deferred, [.unknown, .bounced]),
    ])
  func unknown(word: ReportText.Word, end: Stage, events: [EntryEvent]) async throws {
    let row = try await stage.sent(.unknown(.timedOut(.dot)))
    #expect(row.stage == .unknown)
    #expect(try stage.take(word, of: row) == .moved)
    #expect(try stage.row(row.id).stage == end)
    #expect(stage.store.events(of: row.id) == events)
    if end == .accepted { #expect(try stage.row(row.id).acceptedAt == Sample.now) }
    let sent = entries(of: row).filter { $0.event == .sent }
    let to = Commitment.address(salt: [UInt8](repeating: 7, count: 32), normalised: "ada@acme.example")
    #expect(sent.allSatisfy { $0.fields["to"] == .string(to) })
  }

  @Test("every stage × report: where the case stands then, as the table says", arguments: Stage.allCases)
  func everyStage(at start: Stage) async throws {
    for word in ReportText.Word.allCases {
      let stage = ReportStage()
      let row = try await stage.stood(at: start)
      let event: CaseEvent =
        switch word {
        case .hard: .bounceHard
        case .soft: .bounceSoft
        case .delayed: .delay
        case .relayed, .expanded: .relay
        case .delivered: .deliver
        }
      let finding = try stage.take(word, of: row)
      let after = try stage.row(row.id)
      switch CaseMachine.cell(start, event) {
      case .move(let next, _):
        #expect(finding == .moved)
        // A delivery that was news as an acceptance goes on to its confirmation.
        #expect(after.stage == (event == .deliver && next == .accepted ? .confirmed : next))
      case .note, .later:
        #expect(finding == .recorded && after.stage == start)
        let kept = try #require(try stage.store.reports(of: row.id).first)
        #expect(kept.isPending == (CaseMachine.cell(start, event) == .later))
      case .no:
        #expect(finding == ([.purging, .purged].contains(start) ? .afterPurge : .unproven) && after == row)
        #expect(try stage.store.reports(of: row.id).isEmpty)
      case .resume: Issue.record("no report releases a case")
      }
      if start == .sending { #expect(after == row, "the session's outcome must still fit") }
    }
  }

  @Test(
    "what comes during a hold counts when the case is released",
    arguments: [
      (ReportText.Word.hard, Stage.undeliverable), (.soft, .deferred), (.delivered, .confirmed), (.relayed, .accepted),
    ])
  func held(word: ReportText.Word, end: Stage) async throws {
    let row = try await stage.sent()
    let people = Sample.desk(stage.store)
    _ = try people.hold(row.id, by: Sample.opal, at: stage.now)
    #expect(try stage.take(word, of: row) == .recorded)
    #expect(try stage.desk().catchUp(at: stage.now) == 0)
    #expect(try stage.row(row.id).stage == .held)
    _ = try await people.release(row.id, from: nil, by: Sample.opal, at: stage.now + 5)
    #expect(try stage.desk().catchUp(at: stage.now + 6) == (end == .accepted ? 0 : 1))
    #expect(try stage.row(row.id).stage == end)
    #expect(try stage.store.reports(of: row.id).map(\.isPending) == [false])
    #expect(stage.store.events(of: row.id).count { $0 == .bounced } == (end == .confirmed || end == .accepted ? 0 : 1))
  }

  @Test("a report that comes during a session leaves the case to the session, and counts after it")
  func inSession() async throws {
    let row = try await stage.sent(.unknown(.timedOut(.dot)))
    _ = try Sample.desk(stage.store).retry(row.id, by: Sample.opal, at: stage.now)
    let stage = stage
    let transport = ReportingTransport { [stage] in try stage.take(.hard, of: row) }
    let courier = Courier(
      store: stage.store, transport: transport, returnPath: try stage.returnPath, policy: .standard,
      bell: AlarmBell(stage.store, logger: Sample.logger()), logger: Sample.logger())
    let round = try await courier.round(clock: ManualClock(stage.now))
    #expect(round.accepted == 1)
    #expect(transport.finding == .recorded)
    #expect(try stage.row(row.id).stage == .accepted)
    #expect(try stage.desk().catchUp(at: stage.now + 1) == 1)
    #expect(try stage.row(row.id).stage == .undeliverable)
    #expect(stage.store.events(of: row.id) == [.unknown, .operator, .bounced, .sent, .fail])
  }

  @Test("a soft failure of the first attempt means nothing once the second was taken; a hard one does")
  func olderAttempt() async throws {
    for (word, end) in [(ReportText.Word.soft, Stage.accepted), (.hard, .undeliverable)] {
      let stage = ReportStage()
      let row = try await stage.sent(.unknown(.timedOut(.dot)))
      _ = try Sample.desk(stage.store).retry(row.id, by: Sample.opal, at: stage.now)
      try await stage.send(at: stage.now)
      #expect(try stage.take(word, of: row, attempt: 1) == (end == .accepted ? .recorded : .moved))
      #expect(try stage.row(row.id).stage == end)
    }
  }

  @Test("news of the first attempt spares the leaver a second copy", arguments: [ReportText.Word.relayed, .delivered])
  func sparesTheCopy(word: ReportText.Word) async throws {
    let row = try await stage.sent(.unknown(.timedOut(.dot)))
    _ = try Sample.desk(stage.store).retry(row.id, by: Sample.opal, at: stage.now)
    #expect(try stage.row(row.id).stage == .queued)
    #expect(try stage.take(word, of: row) == .moved)
    #expect(try stage.row(row.id).stage == (word == .relayed ? .accepted : .confirmed))
    #expect(
      stage.store.events(of: row.id).filter { $0 != .operator }
        == (word == .relayed ? [.unknown, .sent] : [.unknown, .sent, .confirm]))
  }

  @Test(
    "after a redelivery, reports of the old address are kept and change nothing", arguments: ReportText.Word.allCases)
  func oldAddress(word: ReportText.Word) async throws {
    let row = try await stage.sent()
    let address = try Address(parsing: "ada@home.example")
    _ = try Sample.desk(stage.store).redeliver(row.id, to: address, by: Sample.opal, at: stage.now)
    try await stage.send(at: stage.now)
    #expect(try stage.row(row.id).firstAttempt == 2)
    let before = try stage.row(row.id)
    let finding = try stage.take(word, of: row, attempt: 1)
    // Good news of it does not even name the case's address.
    #expect(finding == ([.hard, .soft, .delayed].contains(word) ? .recorded : .unproven))
    #expect(try stage.row(row.id).stage == .accepted)
    #expect(Evidence(before, reports: try stage.store.reports(of: row.id)).level == .accepted)
  }

  @Test("a case that a person moves in that very moment is looked at again")
  func race() async throws {
    let row = try await stage.sent()
    stage.store.state.withLock { state in
      state.interruption = { store in _ = try Sample.desk(store).hold(row.id, by: Sample.opal, at: Sample.now + 61) }
    }
    #expect(try stage.take(.hard, of: row) == .recorded)
    #expect(try stage.row(row.id).stage == .held)
    #expect(try stage.store.reports(of: row.id).map(\.isPending) == [true])
    #expect(stage.store.events(of: row.id) == [.sent, .hold, .bounced])
  }

  @Test("a store in trouble leaves the message where it is")
  func diskFull() async throws {
    let row = try await stage.sent()
    stage.store.state.withLock { $0.failing = true }
    #expect(throws: MemoryStore.DiskFull.self) { try stage.take(.hard, of: row) }
    stage.store.state.withLock { $0.failing = false }
    #expect(try stage.take(.hard, of: row) == .moved)
  }

  @Test("a case whose seal is damaged blocks no mailbox: bad news counts, good news cannot be matched")
  func damaged() async throws {
    let row = try await stage.sent()
    stage.store.state.withLock { $0.damaged = [row.id] }
    #expect(try stage.take(.delivered, of: row) == .unproven)
    #expect(try stage.take(.hard, of: row) == .moved)
  }

  @Test("the log and the entries hold nothing of the report: no address, no name, no text")
  func canary() async throws {
    let row = try await stage.sent()
    for word in ReportText.Word.allCases { try stage.take(word, of: row, salt: "quillfeather") }
    let said = stage.lines.whole
    #expect(said.count == ReportText.Word.allCases.count)
    let all =
      said.joined() + "\(stage.store.state.withLock { $0.entries })" + "\(try stage.store.reports(of: row.id))"
      + "\(stage.store.state.withLock { $0.notices })"
    for trace in ["ada", "Ada", "@", "quillfeather", "MAILER-DAEMON", "relay.example"] {
      #expect(!all.contains(trace), "\(trace)")
    }
  }
}

/// A transport in whose session something else happens.
final class ReportingTransport: Transport {
  private let happening: @Sendable () throws -> EvidenceDesk.Finding
  private let found = MutexBox<EvidenceDesk.Finding>()

  init(_ happening: @escaping @Sendable () throws -> EvidenceDesk.Finding) { self.happening = happening }

  var finding: EvidenceDesk.Finding? { found.value }

  func send(
    _ envelope: Envelope, message: [UInt8], intent: @escaping @Sendable () throws -> Void
  ) async throws(TransportFailure) -> Outcome {
    do { try intent() } catch { throw .intent(error) }
    found.value = try? happening()
    return .accepted(Reply(code: 250))
  }
}
