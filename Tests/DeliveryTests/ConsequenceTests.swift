import Audit
import Delivery
import Foundation
import Mail
import Synchronization
import Testing

@Suite("The consequence of an outcome, and when the policy lets mails go")
struct ConsequenceTests {
  static let salt = [UInt8](repeating: 7, count: 32)

  func change(
    _ outcome: Outcome, policy: RetryPolicy = .standard, after seconds: Int64 = 0, earlier: [Attempt] = [],
    row: Case? = nil
  ) throws -> CaseChange {
    let row = row ?? Case(id: .random(), stage: .queued, opened: Sample.now, since: Sample.now, queued: Sample.now)
    let consequence = Consequence(
      row: row, attempt: Attempt(number: earlier.count + 1, started: Sample.now), policy: policy,
      now: Sample.now + seconds, random: 0.5, earlier: earlier)
    return try consequence.change(
      for: outcome, to: try Address(parsing: "ada@acme.example"), salt: Self.salt, replies: ReplyHistory())
  }

  static func reply(_ code: Int, _ status: String?, _ text: String = "x") -> Reply {
    Reply(code: code, enhanced: status.flatMap { EnhancedStatus(parsing: $0) }, lines: [text])
  }

  @Test("a refusal that is known to pass by itself is tried again; the entry keeps the relay's code")
  func reallyTemporary() throws {
    let passing = try change(.refused(.reply(.rcpt, Self.reply(550, nil, "frequency limited, try again later"))))
    #expect(passing.after.stage == .deferred && passing.after.lastClass == .rateLimited)
    #expect(passing.attempt?.result?.verdict == .deferred)
    #expect(passing.entries.map(\.event) == [.deferred])
    #expect(passing.entries[0].fields["code"] == 550)
    let final = try change(.refused(.reply(.rcpt, Self.reply(550, "5.1.1"))))
    #expect(final.after.stage == .undeliverable && final.after.ground == .fail)
    #expect(final.notices.map(\.kind) == [.undeliverable])
  }

  @Test(
    "at its expiry a rule ends the case, holds it, or tells HR once and goes on", arguments: RetryPolicy.Then.allCases)
  func expiry(then: RetryPolicy.Then) throws {
    var policy = RetryPolicy.standard
    policy.rules[.greylisted] = .init(schedule: [60], jitter: 0, expiry: 600, then: then)
    let deferral = Outcome.deferred(.reply(.rcpt, Self.reply(451, "4.7.1")))
    #expect(try change(deferral, policy: policy, after: 599).after.nextAttempt == Sample.now + 600)
    let last = try change(deferral, policy: policy, after: 600)
    switch then {
    case .undeliverable:
      #expect(last.after.stage == .undeliverable && last.after.ground == .expire)
      #expect(last.entries.map(\.event) == [.deferred, .expire])
      #expect(last.notices.map(\.kind) == [.undeliverable])
    case .hold:
      #expect(last.after.hold == Hold(reason: .retriesEnded, resume: .deferred))
      #expect(last.notices.map(\.kind) == [.held])
    case .notify:
      #expect(last.after.stage == .deferred && last.after.nextAttempt == Sample.now + 660)
      #expect(last.notices.map(\.kind) == [.overdue])
      let told = Attempt(
        number: 1, started: Sample.now, finished: Sample.now + 600,
        result: .init(verdict: .deferred, class: .greylisted, code: 451))
      #expect(try change(deferral, policy: policy, after: 660, earlier: [told]).notices.isEmpty)
    }
    // The first stage of a step in two is what the row must be at.
    #expect(last.expected == .queued)
  }

  @Test("the expiry counts from when a person queued the mail anew, not from the beginning")
  func anew() throws {
    var row = Case(id: .random(), stage: .queued, opened: Sample.now, since: Sample.now)
    row.queued = Sample.now + 30 * 86_400
    let deferral = Outcome.deferred(.connectionLost(.mail))
    #expect(try change(deferral, after: 30 * 86_400 + 5, row: row).after.stage == .deferred)
  }

  @Test("an unknown keeps no reply, waits for the policy's time, and names the step")
  func lost() throws {
    var row = Case(id: .random(), stage: .queued, opened: Sample.now, since: Sample.now)
    row.stage = .sending
    let lost = try change(.unknown(.timedOut(.dot)), row: row)
    #expect(lost.after.stage == .unknown && lost.after.nextAttempt == Sample.now + 86_400)
    #expect(lost.entries[0].fields["phase"] == "dot")
    #expect(lost.seal.isEmpty)
  }

  @Test("in quiet hours nothing goes, and the round says when it goes on")
  func quietHours() async throws {
    let store = MemoryStore()
    _ = try Sample.queued(in: store)
    var policy = RetryPolicy.standard
    let zone = try #require(TimeZone(identifier: "UTC"))
    policy.quietHours = QuietHours(
      from: try #require(.init(parsing: "14:00")), to: try #require(.init(parsing: "15:00")), timeZone: zone)
    // 14:13:20 UTC.
    let clock = ManualClock(Sample.now)
    let transport = ScriptedTransport()
    let courier = try Sample.courier(store, transport, policy: policy)
    let round = try await courier.round(clock: clock)
    #expect(transport.sent == 0)
    #expect(round.waitsUntil == Sample.now + 46 * 60 + 40)
    clock.advance(by: 46 * 60 + 40)
    #expect(try await courier.round(clock: clock).accepted == 1)
  }

  @Test("the relay is given no more mails than its rate, and a new policy lifts the limit at once")
  func rate() async throws {
    let store = MemoryStore()
    for number in 1...5 { _ = try Sample.queued(in: store, number: UInt8(number)) }
    var policy = RetryPolicy.standard
    policy.rateLimit = RelayRate(mails: 1, per: 60)
    let clock = ManualClock(Sample.now)
    let courier = try Sample.courier(store, ScriptedTransport(), policy: policy)
    let round = try await courier.round(clock: clock)
    #expect(round.accepted == 1 && round.waitsUntil == Sample.now + 60 && round.pausedUntil == nil)
    clock.advance(by: 60)
    #expect(try await courier.round(clock: clock).accepted == 1)
    await courier.follow(.standard)
    #expect(try await courier.round(clock: clock).accepted == 3)
  }
}
