import Delivery
import Mail
import Testing

@Suite("Retry policy: how long to wait, and when to stop")
struct RetryPolicyTests {
  let policy = RetryPolicy(
    rules: [.greylisted: .init(schedule: [60, 120], jitter: 0.5, expiry: 1000, then: .hold)],
    fallback: .init(schedule: [300], jitter: 0, expiry: 5000), unknown: .init(after: 10, then: .resend),
    routePauses: [30, 60])

  @Test(
    "waits follow the schedule, its last step repeating",
    arguments: [(1, 60), (2, 120), (3, 120), (9, 120), (0, 60)] as [(Int, Int64)])
  func schedule(attempts: Int, wait: Int64) {
    let next = policy.next(after: .greylisted, attempts: attempts, queued: Sample.now, now: Sample.now, random: 0.5)
    #expect(next == .retry(at: Sample.now + wait))
  }

  @Test(
    "jitter spreads a wait evenly on both sides", arguments: [(0.0, 30), (0.5, 60), (0.999, 90)] as [(Double, Int64)])
  func jitter(random: Double, wait: Int64) {
    let next = policy.next(after: .greylisted, attempts: 1, queued: Sample.now, now: Sample.now, random: random)
    #expect(next == .retry(at: Sample.now + wait))
  }

  @Test("the last attempt falls on the expiry; after it the ending decides")
  func expiry() {
    let late = Sample.now + 950
    #expect(
      policy.next(after: .greylisted, attempts: 3, queued: Sample.now, now: late, random: 0.5)
        == .retry(at: Sample.now + 1000))
    #expect(
      policy.next(after: .greylisted, attempts: 3, queued: Sample.now, now: Sample.now + 1000, random: 0.5)
        == .end(.hold))
    #expect(
      policy.next(after: .system, attempts: 3, queued: Sample.now, now: Sample.now + 5000, random: 0.5)
        == .end(.undeliverable))
  }

  @Test("bounced-soft without a rule is sent once more after a day, and not a third time")
  func bouncedSoft() {
    let first = policy.next(after: .bouncedSoft, attempts: 1, queued: Sample.now, now: Sample.now, random: 0.9)
    #expect(first == .retry(at: Sample.now + 86_400))
    let second = policy.next(
      after: .bouncedSoft, attempts: 2, queued: Sample.now, now: Sample.now + 86_400, random: 0.9)
    #expect(second == .end(.undeliverable))
  }

  @Test(
    "a class without a rule follows the fallback",
    arguments: OutcomeClass.allCases.filter { $0 != .greylisted && $0 != .bouncedSoft })
  func fallback(class: OutcomeClass) {
    let next = policy.next(after: `class`, attempts: 1, queued: Sample.now, now: Sample.now, random: 0.9)
    #expect(next == .retry(at: Sample.now + 300))
  }

  @Test("pauses of the route follow their own schedule")
  func pauses() {
    #expect([1, 2, 3, 50].map { policy.pause(after: $0) } == [30, 60, 60, 60])
  }

  @Test("a formula grows by its factor up to the longest wait, and never beyond")
  func formula() throws {
    let formula = try #require(RetryPolicy.Formula(first: 300, factor: 1.5, longest: 1800))
    #expect(
      [0, 1, 2, 3, 4, 5, 6, 7, 1_000_000].map { formula.wait(after: $0) }
        == [300, 300, 450, 675, 1013, 1519, 1800, 1800, 1800])
    let steady = try #require(RetryPolicy.Formula(first: 60, factor: 1, longest: 90))
    #expect([1, 2, 1000].map { steady.wait(after: $0) } == [60, 60, 60])
    let edge = try #require(RetryPolicy.Formula(first: 60, factor: 10, longest: 60))
    #expect([1, 2, 3].map { edge.wait(after: $0) } == [60, 60, 60])
  }

  @Test(
    "a formula that shrinks, explodes or has no time is none",
    arguments: [(0, 2, 10), (20, 2, 10), (5, 0.9, 10), (5, 10.1, 10), (5, Double.nan, 10), (5, .infinity, 10)]
      as [(Int64, Double, Int64)])
  func noFormula(first: Int64, factor: Double, longest: Int64) {
    #expect(RetryPolicy.Formula(first: first, factor: factor, longest: longest) == nil)
  }

  @Test("a policy by formula waits as the formula says, with jitter")
  func formulaRule() throws {
    var policy = policy
    policy.fallback = .init(
      .formula(try #require(.init(first: 100, factor: 2, longest: 1000))), jitter: 0.1, expiry: 50_000)
    for (attempts, wait) in [(1, 90), (2, 180), (4, 720), (5, 900), (99, 900)] as [(Int, Int64)] {
      let next = policy.next(after: .system, attempts: attempts, queued: Sample.now, now: Sample.now, random: 0)
      #expect(next == .retry(at: Sample.now + wait))
    }
  }
}

@Suite("Retry policy: notify tells HR once and goes on")
struct NotifyTests {
  let policy = RetryPolicy(
    rules: [.mailboxFull: .init(schedule: [60, 600], jitter: 0.5, expiry: 1000, then: .notify)],
    fallback: .init(schedule: [300], jitter: 0, expiry: 5000), unknown: .init(after: 10, then: .resend),
    routePauses: [30])

  private func next(_ class: OutcomeClass = .mailboxFull, after seconds: Int64, told: Bool) -> RetryPolicy.Next {
    policy.next(
      after: `class`, attempts: 1, queued: Sample.now, now: Sample.now + seconds, random: 0.5, told: told)
  }

  @Test("before the expiry nobody is told, and the last attempt falls on it")
  func early() {
    #expect(next(after: 0, told: false) == .retry(at: Sample.now + 60))
    #expect(next(after: 999, told: false) == .retry(at: Sample.now + 1000))
  }

  @Test("past it HR is told the first time only; the last wait repeats, whatever the number of attempts")
  func late() {
    #expect(next(after: 1000, told: false) == .retryTelling(at: Sample.now + 1600))
    #expect(next(after: 1000, told: true) == .retry(at: Sample.now + 1600))
    #expect(next(after: 5_000_000, told: true) == .retry(at: Sample.now + 5_000_600))
  }

  @Test("a rule that ends is not kept alive by having told")
  func other() {
    #expect(next(.system, after: 5000, told: true) == .end(.undeliverable))
    #expect(next(.system, after: 5000, told: true).time == nil)
  }

  @Test("a class has expired from its own expiry on")
  func expired() {
    #expect(!policy.hasExpired(.mailboxFull, queued: Sample.now, at: Sample.now + 999))
    #expect(policy.hasExpired(.mailboxFull, queued: Sample.now, at: Sample.now + 1000))
    #expect(!policy.hasExpired(.system, queued: Sample.now, at: Sample.now + 1000))
  }
}
