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

  @Test("a class without a rule follows the fallback", arguments: OutcomeClass.allCases.filter { $0 != .greylisted })
  func fallback(class: OutcomeClass) {
    let next = policy.next(after: `class`, attempts: 1, queued: Sample.now, now: Sample.now, random: 0.9)
    #expect(next == .retry(at: Sample.now + 300))
  }

  @Test("pauses of the route follow their own schedule")
  func pauses() {
    #expect([1, 2, 3, 50].map { policy.pause(after: $0) } == [30, 60, 60, 60])
  }
}

@Suite("Classes of outcomes, by real replies")
struct OutcomeClassTests {
  static let replies: [(Int, String?, OutcomeClass)] = [
    (450, "4.2.0", .greylisted), (550, "5.2.0", .unknownUser), (451, "4.7.1", .greylisted), (450, "4.7.1", .greylisted),
    (450, nil, .greylisted),
    (452, "4.2.2", .mailboxFull), (552, "5.2.2", .mailboxFull), (550, "5.1.1", .unknownUser), (550, nil, .unknownUser),
    (554, "5.7.1", .policy), (550, "5.7.26", .policy), (421, "4.7.0", .policy), (421, nil, .rateLimited),
    (452, "4.3.1", .system), (451, "4.3.2", .rateLimited), (552, "5.3.4", .tooBig), (552, nil, .mailboxFull),
    (451, "4.4.1", .network), (450, "4.4.2", .network), (451, "4.4.5", .rateLimited), (554, nil, .policy),
    (500, nil, .system), (550, "5.4.1", .network), (553, "5.1.8", .unknownUser),
  ]

  @Test("a reply has its class by the enhanced code first", arguments: replies)
  func classes(code: Int, status: String?, expected: OutcomeClass) {
    let reply = Reply(code: code, enhanced: status.flatMap { EnhancedStatus(parsing: $0) }, lines: [""])
    #expect(OutcomeClass(reply) == expected)
  }
}
