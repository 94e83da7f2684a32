import Delivery
import Foundation
import Mail
import Testing

@Suite("Simulation: what a policy would do")
struct SimulationTests {
  /// Only mails of one class, whose trouble lasts exactly `clears` seconds (nil: for ever), one each second from midnight.
  static func only(_ class: OutcomeClass, clears: Int64?, perDay: Int = 1000, length: Int64 = 1) -> OutcomeMix {
    OutcomeMix(
      accepted: 0, refused: 0,
      troubles: [`class`: .init(share: 1, clearsAfter: clears ?? 1, spread: 1, never: clears == nil ? 1 : 0)],
      arrivals: .init(mailsPerDay: perDay, begin: 0, length: length))
  }

  static func policy(
    _ schedule: [Int64], expiry: Int64 = 86_400, then: RetryPolicy.Then = .undeliverable, jitter: Double = 0
  ) -> RetryPolicy {
    RetryPolicy(
      rules: [:], fallback: .init(schedule: schedule, jitter: jitter, expiry: expiry, then: then),
      unknown: .init(after: 3600, then: .resend), routePauses: [30])
  }

  private func run(_ mix: OutcomeMix, _ policy: RetryPolicy, mails: Int = 100) throws -> SimulationReport {
    try Simulation(mix: mix, mails: mails, seed: 1).run(policy)
  }

  @Test(
    "a mail is delivered by the first attempt after its trouble has passed",
    arguments: [
      ([300, 600], 600, 900, 3), ([300, 600], 300, 300, 2), ([300, 600], 301, 900, 3), ([60], 600, 600, 11),
      ([3600], 1, 3600, 2),
    ] as [([Int64], Int64, Int64, Int)])
  func exact(schedule: [Int64], clears: Int64, delivered: Int64, attempts: Int) throws {
    let report = try run(Self.only(.greylisted, clears: clears), Self.policy(schedule))
    #expect(report.all.share(.delivered) == 1)
    #expect(report.all.deliveredAtFirst == 0)
    for share in [0.01, 0.5, 0.95, 1] { #expect(report.all.time(share) == delivered) }
    #expect(report.all.meanAttempts == Double(attempts))
    #expect(report.all.p95Attempts == attempts && report.all.mostAttempts == attempts)
    #expect(report.load.attempts == 100 * attempts)
  }

  @Test(
    "trouble that never passes ends as the policy says",
    arguments: [
      (.undeliverable, .undeliverable, 13, false), (.hold, .held, 13, false), (.notify, .expired, 1080, true),
    ] as [(RetryPolicy.Then, SimulationReport.End, Int, Bool)])
  func ending(then: RetryPolicy.Then, end: SimulationReport.End, attempts: Int, late: Bool) throws {
    let report = try run(Self.only(.system, clears: nil), Self.policy([3600], expiry: 12 * 3600, then: then))
    #expect(report.all.share(end) == 1)
    #expect(report.all.mostAttempts == attempts)
    #expect(report.all.late == (late ? 100 : 0))
    #expect(report.all.time(0.5) == nil)
    #expect(report.all.delivered(within: .max) == 0)
  }

  @Test("a relay that takes or refuses everything is asked once a mail")
  func once() throws {
    var mix = Self.only(.system, clears: 1)
    (mix.accepted, mix.refused, mix.troubles) = (0.75, 0.25, [:])
    let report = try run(mix, Self.policy([60]), mails: 4000)
    #expect(report.all.meanAttempts == 1)
    #expect(report.classes.isEmpty)
    #expect(report.all.time(1) == 0)
    #expect(report.all.shareAtFirst == report.all.share(.delivered))
    #expect(abs(report.all.share(.delivered) - 0.75) < 0.03)
    #expect(abs(report.all.share(.refused) - 0.25) < 0.03)
  }

  @Test("an unknown outcome follows its own rule")
  func unknown() throws {
    var policy = Self.policy([60])
    #expect(try run(Self.only(.unknown, clears: 1), policy).all.time(1) == 3600)
    policy.unknown.then = .hold
    #expect(try run(Self.only(.unknown, clears: 1), policy).all.share(.held) == 1)
  }

  @Test("nothing is sent in quiet hours, neither first attempts nor later ones")
  func quietHours() throws {
    var policy = Self.policy([300])
    policy.quietHours = try QuietHoursTests.hours("22:00", "06:00", in: "UTC")
    let report = try run(Self.only(.greylisted, clears: 100), policy)
    #expect(report.load.perHour.prefix(6).allSatisfy { $0 == 0 })
    #expect(report.load.perHour[6] == 200)
    #expect(report.all.time(1) == 21_900)
  }

  @Test("the rate of the relay spreads a burst over time, in the order of the queue")
  func rate() throws {
    var policy = Self.policy([600])
    policy.rateLimit = RelayRate(mails: 60, per: 3600)
    var mix = Self.only(.system, clears: 1)
    (mix.accepted, mix.troubles) = (1, [:])
    let report = try run(mix, policy, mails: 300)
    #expect(report.load.peak <= 61 && report.load.perHour.count == 5)
    #expect(report.all.time(1) == 17_940)
    #expect(report.all.time(0.5) == 8940)
  }

  @Test("the same seed gives the same report; another seed another")
  func seed() throws {
    let runs = try [1, 1, 2].map { try Simulation(mix: .standard, mails: 2000, seed: $0).run(.standard) }
    #expect(runs[0] == runs[1])
    #expect(runs[0] != runs[2])
  }

  @Test("two policies meet the same mails and the same trouble")
  func common() throws {
    let simulation = Simulation(mix: .standard, mails: 5000, seed: 7)
    let (eager, lazy) = try (simulation.run(Self.policy([60])), simulation.run(Self.policy([7200])))
    #expect(eager.classes.mapValues(\.mails) == lazy.classes.mapValues(\.mails))
    #expect(eager.all.share(.refused) == lazy.all.share(.refused))
    #expect(eager.all.meanAttempts > lazy.all.meanAttempts)
    let (soon, later) = try (#require(eager.all.time(0.99)), #require(lazy.all.time(0.99)))
    #expect(soon < later)
  }

  @Test("the mix comes out as it went in")
  func mix() throws {
    let mix = OutcomeMix.standard
    let report = try Simulation(mix: mix, mails: 40_000, seed: 3).run(.standard)
    for (name, trouble) in mix.troubles {
      let share = Double(report.classes[name]?.mails ?? 0) / 40_000
      #expect(abs(share - trouble.share) < 0.1 * trouble.share + 0.001)
    }
    #expect(abs(report.all.shareAtFirst - mix.accepted) < 0.005)
    let ends = SimulationReport.End.allCases.map { report.all.share($0) }
    #expect(abs(ends.reduce(0, +) - 1) < 1e-9)
    let full = try #require(report.classes[.mailboxFull])
    #expect(full.share(.undeliverable) >= 0.3)
  }

  @Test("a policy that would hammer for ever is stopped, and said to be")
  func hammer() throws {
    let simulation = Simulation(mix: Self.only(.system, clears: nil), mails: 1000, seed: 1, mostAttempts: 50_000)
    #expect(throws: Simulation.TooManyAttempts.self) { try simulation.run(Self.policy([1], expiry: 5 * 86_400)) }
  }

  @Test("the load counts every attempt in its hour; its bins lose none")
  func load() throws {
    let report = try Simulation(mix: .standard, mails: 3000, seed: 5).run(.standard)
    let attempts = report.all.meanAttempts * 3000
    #expect(report.load.attempts == Int(attempts.rounded()))
    #expect(report.load.peak == report.load.perHour.max())
    let bins = report.load.bins(40, hours: report.load.perHour.count)
    #expect(bins.attempts.count <= 40)
    #expect(Int((bins.attempts.reduce(0, +) * Double(bins.hours)).rounded()) == report.load.attempts)
  }
}

@Suite("Simulation: its random numbers")
struct SplitMix64Tests {
  @Test("the generator gives the published numbers for seed 1234567")
  func vector() {
    var random = SplitMix64(seed: 1_234_567)
    let numbers = (0..<5).map { _ in random.next() }
    #expect(
      numbers == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
        16_408_922_859_458_223_821,
      ])
  }

  @Test("shares are even, normal numbers normal, streams different")
  func spread() {
    var random = SplitMix64(seed: 9)
    let shares = (0..<20_000).map { _ in random.share() }
    #expect(shares.allSatisfy { (0..<1).contains($0) })
    #expect(abs(shares.reduce(0, +) / 20_000 - 0.5) < 0.01)
    let normals = (0..<20_000).map { _ in random.normal() }
    #expect(abs(normals.reduce(0, +) / 20_000) < 0.03)
    #expect(abs(normals.reduce(0) { $0 + $1 * $1 } / 20_000 - 1) < 0.05)
    let first = Set(
      (0..<1000).map { stream in
        var random = SplitMix64(seed: 9, stream: UInt64(stream))
        return random.next()
      })
    #expect(first.count == 1000)
  }
}

@Suite("Simulation: the verdict")
struct SimulationVerdictTests {
  private func report(_ schedule: [Int64], clears: Int64? = 600) throws -> SimulationReport {
    try Simulation(mix: SimulationTests.only(.system, clears: clears), mails: 1000, seed: 1)
      .run(SimulationTests.policy(schedule))
  }

  @Test("it names what is better and what that costs")
  func both() throws {
    let verdict = SimulationVerdict(of: try report([60]), against: try report([3600]))
    #expect(
      verdict.sentence("new.yaml", against: "old.yaml")
        == "new.yaml is better than old.yaml in p95 of delivery (10m instead of 1h) and p99 of delivery (10m instead of 1h),"
        + " but worse in attempts a mail (11.00 instead of 2.00) and attempts in the busiest hour (11000 instead of 1000)."
    )
  }

  @Test("policies that differ in nothing are said to do as well")
  func same() throws {
    let verdict = SimulationVerdict(of: try report([600]), against: try report([600]))
    #expect(verdict.differences.isEmpty)
    #expect(verdict.sentence("a", against: "b").hasPrefix("a does as well as b"))
  }

  @Test("better in everything, and worse in everything")
  func all() throws {
    let (good, bad) = (try report([600]), try report([300, 400]))
    let better = SimulationVerdict(of: good, against: bad)
    #expect(better.differences.allSatisfy(\.better) && !better.differences.isEmpty)
    #expect(better.sentence("a", against: "b").hasSuffix("and worse in nothing."))
    let worse = SimulationVerdict(of: bad, against: good).sentence("a", against: "b")
    #expect(worse.hasPrefix("a is worse than b in") && worse.hasSuffix("and better in nothing."))
  }

  @Test(
    "spans are written with their two largest units",
    arguments: [
      (0, "0s"), (59, "59s"), (60, "1m"), (61, "1m1s"), (3600, "1h"), (3659, "1h"), (5400, "1h30m"),
      (187_200, "2d4h"), (172_800 + 60, "2d"),
    ] as [(Int64, String)])
  func span(seconds: Int64, text: String) { #expect(Wording.span(seconds) == text) }

  @Test(
    "shares are written so that all but everything is not everything",
    arguments: [(0.0, "0 %"), (1.0, "100 %"), (0.9999, "99.99 %"), (0.5, "50.00 %"), (0.0005, "0.05 %")])
  func percent(share: Double, text: String) { #expect(Wording.percent(share) == text) }
}
