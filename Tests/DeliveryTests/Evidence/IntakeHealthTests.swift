import Delivery
import Mail
import Testing

@Suite("What silence is worth")
struct IntakeHealthTests {
  private static let hour: Int64 = 3600
  private static let now = Sample.now

  /// A probe sent so many hours ago, back so many hours ago.
  private static func probe(_ number: Int64, sent: Int64, back: Int64? = nil) -> IntakeHealth.Probe {
    .init(number: number, sent: now + -sent * hour, back: back.map { now + -$0 * hour })
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var look: Int64?
    var probes: [IntakeHealth.Probe]
    var state: IntakeHealth.State
  }

  static let rows: [Row] = [
    Row(testDescription: "nothing was ever done", look: nil, probes: [], state: .beginning),
    Row(testDescription: "looked, nothing sent yet", look: 0, probes: [], state: .beginning),
    Row(testDescription: "the first probe is on its way", look: 0, probes: [probe(1, sent: 1)], state: .beginning),
    Row(
      testDescription: "and is not back after two hours", look: 0, probes: [probe(1, sent: 2)],
      state: .failing(.probeLost)),
    Row(testDescription: "it is back", look: 0, probes: [probe(1, sent: 1, back: 0)], state: .working),
    Row(testDescription: "back, and never looked", look: nil, probes: [probe(1, sent: 1, back: 0)], state: .beginning),
    Row(
      testDescription: "yesterday's is back, today's on its way", look: 0,
      probes: [probe(1, sent: 25, back: 24), probe(2, sent: 1)], state: .working),
    Row(
      testDescription: "yesterday's is back, today's is lost", look: 0,
      probes: [probe(1, sent: 26, back: 25), probe(2, sent: 2)], state: .failing(.probeLost)),
    Row(
      testDescription: "yesterday's is lost, today's is back", look: 0,
      probes: [probe(1, sent: 26), probe(2, sent: 2, back: 1)], state: .working),
    Row(testDescription: "one came back late", look: 0, probes: [probe(1, sent: 30, back: 1)], state: .working),
    Row(
      testDescription: "none was sent for two days", look: 0, probes: [probe(1, sent: 48, back: 47)],
      state: .failing(.probeOld)),
    Row(testDescription: "almost two days", look: 0, probes: [probe(1, sent: 47, back: 47)], state: .working),
    Row(
      testDescription: "nobody looked for a day", look: 24, probes: [probe(1, sent: 1, back: 0)],
      state: .failing(.blind)),
    Row(testDescription: "almost a day", look: 23, probes: [probe(1, sent: 1, back: 0)], state: .working),
    Row(
      testDescription: "a look from the future is none", look: -1, probes: [probe(1, sent: 1, back: 0)],
      state: .beginning),
  ]

  @Test(arguments: rows)
  func state(_ row: Row) {
    let look = row.look.map { Self.now + -$0 * Self.hour }
    let health = IntakeHealth(isConfigured: true, lastLook: look, probes: row.probes)
    #expect(health.state(at: Self.now) == row.state)
    #expect(health.provesSilence(until: Self.now + -100 * Self.hour, at: Self.now) == (row.state == .working))
    var none = health
    none.isConfigured = false
    #expect(none.state(at: Self.now) == .unconfigured && !none.provesSilence(until: Self.now, at: Self.now))
  }

  @Test("silence is proven up to the last look, and no further")
  func upToTheLook() {
    let health = IntakeHealth(
      isConfigured: true, lastLook: Self.now + -60, probes: [Self.probe(1, sent: 1, back: 0)])
    #expect(health.provesSilence(until: Self.now + -60, at: Self.now))
    #expect(!health.provesSilence(until: Self.now + -59, at: Self.now))
  }

  @Test("a probe goes at the start, and then one a day")
  func rhythm() {
    func health(_ probes: IntakeHealth.Probe...) -> IntakeHealth { .init(isConfigured: true, probes: probes) }
    #expect(health().wantsProbe(atStart: true, at: Self.now))
    #expect(health().wantsProbe(atStart: false, at: Self.now))
    #expect(!IntakeHealth.none.wantsProbe(atStart: true, at: Self.now))
    #expect(health(Self.probe(1, sent: 2, back: 1)).wantsProbe(atStart: true, at: Self.now))
    #expect(!health(Self.probe(1, sent: 2, back: 1)).wantsProbe(atStart: false, at: Self.now))
    #expect(health(Self.probe(1, sent: 24, back: 1)).wantsProbe(atStart: false, at: Self.now))
    // Started again and again: not each time, but at once if the last one may never have gone.
    #expect(!health(Self.probe(1, sent: 0, back: 0)).wantsProbe(atStart: true, at: Self.now))
    #expect(health(Self.probe(1, sent: 0)).wantsProbe(atStart: true, at: Self.now))
    #expect(health(Self.probe(1, sent: -5)).wantsProbe(atStart: false, at: Self.now))
  }
}

@Suite("Which evidence confirms")
struct ConfirmRuleTests {
  private static let day: Int64 = 86_400
  private static let row = Case(
    id: .random(), stage: .accepted, opened: Sample.now, since: Sample.now, acceptedAt: Sample.now)

  private func evidence(_ reports: (KeptReport.Level, Int64)...) -> Evidence {
    Evidence(
      Self.row,
      reports: reports.enumerated().map { number, report in
        KeptReport(attempt: 1, level: report.0, at: Sample.now + report.1, hash: "\(number)")
      })
  }

  /// Intake that works, and was last read at that time.
  private func watched(_ look: Int64, now: Int64) -> IntakeHealth {
    let sent = Sample.now + now + -3600
    return IntakeHealth(
      isConfigured: true, lastLook: Sample.now + look, probes: [.init(number: 1, sent: sent, back: sent + 60)])
  }

  @Test(
    "silence that nobody watches counts only where the organisation has said so, and only after the whole period",
    arguments: [
      (ConfirmRule.Requirement.quiet, true, 100, true), (.quiet, true, 99, false), (.quiet, false, 100, false),
      (.relayed, true, 100, false), (.delivered, true, 100, false),
    ] as [(ConfirmRule.Requirement, Bool, Int64, Bool)])
  func unwatched(requires: ConfirmRule.Requirement, unwatched: Bool, passed: Int64, confirms: Bool) {
    let rule = ConfirmRule(requires: requires, quietPeriod: 100, unwatched: unwatched)
    let how = rule.how(accepted: Sample.now, evidence: evidence(), intake: .none, now: Sample.now + passed)
    #expect(how == (confirms ? .quiet : nil))
  }

  @Test("watched silence counts after the period, if somebody looked after its end", arguments: [true, false])
  func quiet(unwatched: Bool) {
    let rule = ConfirmRule(requires: .quiet, quietPeriod: 6 * Self.day, unwatched: unwatched)
    let end = 6 * Self.day
    func how(_ intake: IntakeHealth, _ now: Int64) -> ConfirmRule.How? {
      rule.how(accepted: Sample.now, evidence: evidence(), intake: intake, now: Sample.now + now)
    }
    #expect(how(watched(end - 1, now: end - 1), end - 1) == nil)
    #expect(how(watched(end - 1, now: end), end) == nil, "the last look was before the end")
    #expect(how(watched(end, now: end), end) == .quiet)
    // A mailbox that is read and does not work proves nothing, whatever `unwatched` says.
    var broken = watched(end, now: end)
    broken.probes = []
    #expect(how(broken, end) == nil)
  }

  @Test("a delay begins the silence anew, after relayed too; the newest counts")
  func delayed() {
    let rule = ConfirmRule(requires: .quiet, quietPeriod: 6 * Self.day)
    func how(_ evidence: Evidence, _ now: Int64) -> ConfirmRule.How? {
      rule.how(accepted: Sample.now, evidence: evidence, intake: watched(now, now: now), now: Sample.now + now)
    }
    #expect(how(evidence((.delayed, 100), (.delayed, 4 * Self.day)), 10 * Self.day - 1) == nil)
    #expect(how(evidence((.delayed, 100), (.delayed, 4 * Self.day)), 10 * Self.day) == .quiet)
    #expect(how(evidence((.relayed, 0), (.delayed, 3600)), Self.day) == nil)
    #expect(how(evidence((.relayed, 0), (.delayed, 3600)), Self.day + 3600) == .dsnRelayed)
  }

  @Test(
    "relayed confirms after a day without a failure, where it suffices",
    arguments: [
      (ConfirmRule.Requirement.delivered, nil), (.relayed, .dsnRelayed), (.quiet, .dsnRelayed),
    ] as [(ConfirmRule.Requirement, ConfirmRule.How?)])
  func relayed(requires: ConfirmRule.Requirement, how: ConfirmRule.How?) {
    let rule = ConfirmRule(requires: requires, quietPeriod: 6 * Self.day)
    let evidence = evidence((.relayed, 50))
    let (early, due) = (Self.day + 49, Self.day + 50)
    #expect(
      rule.how(accepted: Sample.now, evidence: evidence, intake: watched(early, now: early), now: Sample.now + early)
        == nil)
    #expect(
      rule.how(accepted: Sample.now, evidence: evidence, intake: watched(due, now: due), now: Sample.now + due) == how)
    // Nobody watches: a failure could not be seen.
    #expect(rule.how(accepted: Sample.now, evidence: evidence, intake: .none, now: Sample.now + due) == nil)
  }

  @Test("an attempt that was reported as failed is not relayed")
  func relayedAndFailed() {
    #expect(evidence((.relayed, 1), (.soft, 2)).relayedSince == nil)
    #expect(evidence((.claimed, 1)).level == .accepted)
  }
}
