package import Delivery

/// The file `retry-policy.yaml`: for each class of outcome how long to wait and how long to go on.
///
/// Keys: `classes.CLASS`, `fallback` (each with `schedule`, `jitter`, `expiry`, `then`), `unknown` (`after`, `then`) and
/// `route_pauses`. A bad file is refused as a whole, so that the caller can keep the policy it has.
package enum RetryPolicyFile {
  /// Reads and checks the file; throws all its problems together.
  package static func load(file: String) throws(ConfigurationError) -> RetryPolicy {
    var reader = PolicyReader(try Outline(file: file, known: keys))
    guard let policy = reader.policy(), reader.problems.isEmpty else {
      throw .invalid(reader.problems.inOrder)
    }
    return policy
  }

  private static let ruleKeys = ["schedule", "jitter", "expiry", "then"]

  private static let keys =
    OutcomeClass.allCases.flatMap { name in ruleKeys.map { "classes.\(name.rawValue).\($0)" } }
    + ruleKeys.map { "fallback.\($0)" } + ["unknown.after", "unknown.then", "route_pauses"]
}

/// Reads the rules of one policy and goes on after a mistake.
private struct PolicyReader {
  private let outline: Outline
  private(set) var problems: [Problem]

  init(_ outline: Outline) {
    self.outline = outline
    problems = outline.problems
  }

  mutating func policy() -> RetryPolicy? {
    var rules: [OutcomeClass: RetryPolicy.Rule] = [:]
    for name in OutcomeClass.allCases
    where outline.entries.keys.contains(where: { $0.hasPrefix("classes.\(name.rawValue).") }) {
      rules[name] = rule("classes.\(name.rawValue)")
    }
    let fallback = rule("fallback")
    let after = value("unknown.after", Shape.duration)
    let then = value("unknown.then", Shape.choice(RetryPolicy.UnknownRule.Choice.self))
    let pauses = waits("route_pauses")
    guard let fallback, let after, let then, let pauses else { return nil }
    return RetryPolicy(
      rules: rules, fallback: fallback, unknown: RetryPolicy.UnknownRule(after: after, then: then),
      routePauses: pauses)
  }

  /// `schedule` and `expiry` must be written; `jitter` is 0.2 and `then` is undeliverable unless written.
  private mutating func rule(_ key: String) -> RetryPolicy.Rule? {
    let schedule = waits("\(key).schedule")
    let jitter = value("\(key).jitter", default: 0.2, Shape.share)
    let expiry = value("\(key).expiry", Shape.duration)
    let then = value("\(key).then", default: .undeliverable, Shape.choice(RetryPolicy.Ending.self))
    guard let schedule, let jitter, let expiry, let then else { return nil }
    return RetryPolicy.Rule(schedule: schedule, jitter: jitter, expiry: expiry, then: then)
  }

  private mutating func value<T>(
    _ key: String, default standard: T? = nil, _ parse: (String) throws(Misfit) -> T
  ) -> T? {
    guard let entry = outline.entries[key] else {
      if standard == nil { report(key, "is missing") }
      return standard
    }
    guard case .text(let text) = entry.value else {
      report(key, "must be one value, not a list")
      return nil
    }
    do throws(Misfit) { return try parse(text) } catch {
      report(key, "must be \(error.allowed)")
      return nil
    }
  }

  /// A list of spans that is not empty, in seconds.
  private mutating func waits(_ key: String) -> [Int64]? {
    guard let entry = outline.entries[key] else {
      report(key, "is missing")
      return nil
    }
    if case .list(let items) = entry.value, !items.isEmpty {
      let waits = items.compactMap(DurationNotation.seconds)
      if waits.count == items.count { return waits }
    }
    report(key, "must be a list of spans of time, such as [5m, 15m, 1h]")
    return nil
  }

  private mutating func report(_ key: String, _ reason: String) {
    let origin = outline.entries[key]?.origin ?? .file(outline.file, line: 0)
    problems.append(Problem(origin: origin, key: key, reason: reason))
  }
}
