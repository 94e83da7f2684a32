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
      ("classes: {policy: {schedule: [1m]}}", "p.yaml: classes.policy.expiry: is missing"),
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
        "p.yaml:4: classes.policy.then: must be undeliverable or hold; did you mean hold?"
      ),
      ("classes: [policy]", "p.yaml:4: classes: must hold keys of its own: greylisted, mailbox-full"),
      ("retries: 5", "p.yaml:4: retries: unknown key"),
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
}
