import Delivery
import Foundation
import Testing

@testable import Settings

@Suite struct RetryPolicyFileTests {
  /// The least a policy must say, in three lines.
  private static let least = """
    fallback: {schedule: [5m], expiry: 1d}
    unknown: {after: 24h, then: hold}
    route_pauses: [30s]
    """

  private func load(_ yaml: String) throws -> RetryPolicy {
    let bench = try Bench(yaml)
    return try RetryPolicyFile.load(file: bench.file)
  }

  @Test("what a rule leaves out has its default, and classes are read by name")
  func rules() throws {
    let policy = try load(
      Self.least + "\nclasses: {mailbox-full: {schedule: [1h, 4h], jitter: 1, expiry: 5d, then: hold}}")
    #expect(
      policy.fallback == RetryPolicy.Rule(schedule: [300], jitter: 0.2, expiry: 86_400, then: .undeliverable))
    #expect(
      policy.rules == [
        .mailboxFull: RetryPolicy.Rule(schedule: [3600, 14_400], jitter: 1, expiry: 432_000, then: .hold)
      ])
    #expect(policy.unknown == RetryPolicy.UnknownRule(after: 86_400, then: .hold))
    #expect(policy.routePauses == [30])
  }

  @Test(
    "a bad file is refused with line, key and reason",
    arguments: [
      (
        "classes: {greylist: {schedule: [1m], expiry: 1d}}",
        "p.yaml:4: classes.greylist: unknown key; did you mean classes.greylisted?"
      ),
      (
        "classes: {policy: {schedule: [1m], expires: 1d}}",
        "p.yaml:4: classes.policy.expires: unknown key; did you mean classes.policy.expiry?"
      ),
      (
        "classes: {policy: {schedule: [1m]}}",
        "p.yaml:4: classes.policy.expiry: is missing: write how long a case is tried, such as 5d"
      ),
      (
        "classes: {policy: {schedule: [], expiry: 1d}}",
        "p.yaml:4: classes.policy.schedule: must be a list of spans of time"
      ),
      (
        "classes: {policy: {schedule: 5m, expiry: 1d}}",
        "p.yaml:4: classes.policy.schedule: must be a list of spans of time"
      ),
      (
        "classes: {policy: {schedule: [5m, soon], expiry: 1d}}",
        "p.yaml:4: classes.policy.schedule: must be a list of spans of time"
      ),
      (
        "classes: {policy: {schedule: [5m], expiry: [1d]}}",
        "p.yaml:4: classes.policy.expiry: must be one value, not a list"
      ),
      (
        "classes: {policy: {schedule: [5m], expiry: 1 day}}",
        "p.yaml:4: classes.policy.expiry: must be a whole number with one unit"
      ),
      (
        "classes: {policy: {schedule: [5m], expiry: 1d, jitter: 1.5}}",
        "p.yaml:4: classes.policy.jitter: must be a number from 0 to 1"
      ),
      (
        "classes: {policy: {schedule: [5m], expiry: 1d, jitter: nan}}",
        "p.yaml:4: classes.policy.jitter: must be a number from 0 to 1"
      ),
      (
        "classes: {policy: {schedule: [5m], expiry: 1d, then: holds}}",
        "p.yaml:4: classes.policy.then: must be undeliverable, hold or notify; did you mean hold?"
      ),
      ("classes: [policy]", "p.yaml:4: classes: must hold keys of its own: greylisted, mailbox-full"),
      ("retries: 5", "p.yaml:4: retries: unknown key"),
      (
        "classes: {policy: {expiry: 1d}}",
        "p.yaml:4: classes.policy.schedule: is missing: write schedule: [5m, 15m, 1h], or formula: {first: 5m"
      ),
      (
        "classes: {policy: {schedule: [5m], formula: {first: 5m, factor: 2, longest: 1h}, expiry: 1d}}",
        "p.yaml:4: classes.policy.formula: stands beside classes.policy.schedule: keep the one you mean"
      ),
      (
        "classes: {policy: {formula: {first: 5m, factor: 0.5, longest: 1h}, expiry: 1d}}",
        "p.yaml:4: classes.policy.formula.factor: must be a number from 1 to 10"
      ),
      (
        "classes: {policy: {formula: {first: 5m, factor: nan, longest: 1h}, expiry: 1d}}",
        "p.yaml:4: classes.policy.formula.factor: must be a number from 1 to 10"
      ),
      (
        "classes: {policy: {formula: {first: 2h, factor: 2, longest: 1h}, expiry: 1d}}",
        "p.yaml:4: classes.policy.formula.longest: must be at least classes.policy.formula.first"
      ),
      (
        "classes: {policy: {formula: {first: 0s, factor: 2, longest: 1h}, expiry: 1d}}",
        "p.yaml:4: classes.policy.formula.first: must be at least 1s"
      ),
      (
        "classes: {policy: {formula: {first: 1h, longest: 2h}, expiry: 1d}}",
        "p.yaml:4: classes.policy.formula.factor: is missing: write by what it grows, such as 1.5"
      ),
      (
        "classes: {policy: {formula: 5m, expiry: 1d}}",
        "p.yaml:4: classes.policy.formula: must hold keys of its own: first, factor, longest"
      ),
      (
        "classes: {unknown: {schedule: [5m], expiry: 1d}}",
        "p.yaml:4: classes.unknown: has no rule of this kind: an unknown outcome follows unknown.after and unknown.then"
      ),
      ("quiet_hours: {from: \"22:00\"}", "p.yaml:4: quiet_hours.to: is missing: write when they end"),
      ("quiet_hours: {from: 22:00, to: 6:00}", "p.yaml:4: quiet_hours.to: must be a time of day from \"00:00\" to"),
      ("quiet_hours: {from: 22:00, to: 22:00}", "p.yaml:4: quiet_hours.to: must differ from quiet_hours.from"),
      ("quiet_hours: {from: 24:00, to: 06:00}", "p.yaml:4: quiet_hours.to: goes with a quiet_hours.from before 24:00"),
      ("quiet_hours: {from: 00:00, to: 24:00}", "p.yaml:4: quiet_hours.to: leaves no time for sending"),
      (
        "quiet_hours: {from: 22:00, to: 06:00, days: [sat, sunday]}",
        "p.yaml:4: quiet_hours.days: must be a list of the days on which they begin, out of mon, tue"
      ),
      ("quiet_hours: {from: 22:00, to: 06:00, days: []}", "p.yaml:4: quiet_hours.days: must be a list of the days"),
      ("quiet_hours: 22:00", "p.yaml:4: quiet_hours: must hold keys of its own: from, to, days"),
      ("rate_limit: {mails: 60}", "p.yaml:4: rate_limit.per: is missing: write in what time, such as 1m"),
      ("rate_limit: {mails: 0, per: 1m}", "p.yaml:4: rate_limit.mails: must be a whole number from 1 to 1000000"),
      ("rate_limit: {mails: 60, per: 0s}", "p.yaml:4: rate_limit.per: must be at least 1s"),
      ("rate_limit: {mail: 60, per: 1m}", "p.yaml:4: rate_limit.mail: unknown key; did you mean rate_limit.mails?"),
    ])
  func refused(_ line: String, _ sentence: String) throws {
    let bench = try Bench()
    let path = try bench.write(Self.least + "\n" + line, to: "p.yaml")
    let error = try #require(throws: ConfigurationError.self) { try RetryPolicyFile.load(file: path) }
    #expect(bench.brief(error).hasPrefix(sentence))
  }

  @Test("an empty file is refused with everything it lacks")
  func empty() throws {
    let bench = try Bench("# nothing yet\n")
    let error = try #require(throws: ConfigurationError.self) { try RetryPolicyFile.load(file: bench.file) }
    for key in ["fallback.schedule", "fallback.expiry", "unknown.after", "unknown.then", "route_pauses"] {
      #expect(error.description.contains("\(key): is missing"))
    }
  }

  @Test("a rule may grow by a formula, and notify at its expiry")
  func formula() throws {
    let policy = try load(
      Self.least
        + "\nclasses: {network: {formula: {first: 5m, factor: 1.5, longest: 4h}, expiry: 3d, then: notify}}")
    let formula = try #require(RetryPolicy.Formula(first: 300, factor: 1.5, longest: 14_400))
    #expect(policy.rules == [.network: .init(.formula(formula), jitter: 0.2, expiry: 259_200, then: .notify)])
  }

  @Test("quiet hours are those of the zone given, on every day unless days are named; a rate needs both its numbers")
  func quietAndRate() throws {
    let bench = try Bench(Self.least + "\nquiet_hours: {from: \"22:00\", to: 06:00}\nrate_limit: {mails: 60, per: 1m}")
    let zone = try #require(TimeZone(identifier: "Europe/London"))
    let policy = try RetryPolicyFile.load(file: bench.file, timeZone: zone)
    let from = try #require(QuietHours.TimeOfDay(parsing: "22:00"))
    let to = try #require(QuietHours.TimeOfDay(parsing: "06:00"))
    #expect(policy.quietHours == QuietHours(from: from, to: to, timeZone: zone))
    #expect(policy.rateLimit == RelayRate(mails: 60, per: 60))

    let weekend = try load(Self.least + "\nquiet_hours: {from: 22:00, to: 06:00, days: [sat, sun]}")
    #expect(weekend.quietHours == QuietHours(from: from, to: to, days: [.saturday, .sunday], timeZone: .gmt))
    #expect(weekend.rateLimit == nil)
  }

  @Test("the configuration gives the policy the organisation's zone")
  func zone() throws {
    let bench = try Bench(
      minimal.replacingOccurrences(of: "acme.example}\nbob", with: "acme.example, time_zone: Asia/Tokyo}\nbob"))
    try bench.write(Self.least + "\nquiet_hours: {from: 22:00, to: 06:00}", to: "retry-policy.yaml")
    #expect(try bench.load().retryPolicy().quietHours?.timeZone.identifier == "Asia/Tokyo")
  }

  @Test("everything wrong is told at once, by line")
  func all() throws {
    let bench = try Bench()
    let path = try bench.write(
      """
      fallback:
        formula: {first: 5m, factor: 99, longest: 4h}
        expiry: soon
      unknown: {after: 24h, then: wait}
      quiet_hours: {from: noon, to: 06:00}
      """, to: "p.yaml")
    let error = try #require(throws: ConfigurationError.self) { try RetryPolicyFile.load(file: path) }
    let starts = bench.brief(error).split(separator: "\n").map {
      $0.split(separator: " ").prefix(2).joined(separator: " ")
    }
    #expect(
      starts == [
        "p.yaml:2: fallback.formula.factor:", "p.yaml:3: fallback.expiry:", "p.yaml:4: unknown.then:",
        "p.yaml:5: quiet_hours.from:", "p.yaml: route_pauses:",
      ])
  }
}
