package import Delivery
package import Foundation

/// The file `retry-policy.yaml`: for each class of outcome how long to wait and how long to go on.
///
/// Keys: `classes.CLASS` and `fallback` (each with `schedule` or `formula`, `jitter`, `expiry`, `then`), `unknown` (`after`,
/// `then`), `route_pauses`, and if wanted `quiet_hours` (`from`, `to`, `days`) and `rate_limit` (`mails`, `per`). A bad
/// file is refused as a whole, so that the caller can keep the policy it has.
package enum RetryPolicyFile {
  /// Reads and checks the file; throws all its problems together. Quiet hours are those of `timeZone`.
  package static func load(file: String, timeZone: TimeZone = .gmt) throws(ConfigurationError) -> RetryPolicy {
    var reader = PolicyReader(try Outline(file: file, known: keys))
    guard let policy = reader.read(timeZone), reader.problems.isEmpty else {
      throw .invalid(reader.problems.inOrder)
    }
    return policy
  }

  private static let ruleKeys = [
    "schedule", "formula.first", "formula.factor", "formula.longest", "jitter", "expiry", "then",
  ]

  private static let keys =
    OutcomeClass.allCases.flatMap { name in ruleKeys.map { "classes.\(name.rawValue).\($0)" } }
    + ruleKeys.map { "fallback.\($0)" } + ["unknown.after", "unknown.then", "route_pauses"]
    + ["quiet_hours.from", "quiet_hours.to", "quiet_hours.days", "rate_limit.mails", "rate_limit.per"]
}

/// Reads the rules of one policy.
private struct PolicyReader {
  private var reader: OutlineReader
  var problems: [Problem] { reader.problems }

  init(_ outline: Outline) { reader = OutlineReader(outline) }

  mutating func read(_ timeZone: TimeZone) -> RetryPolicy? {
    var rules: [OutcomeClass: RetryPolicy.Rule] = [:]
    for name in OutcomeClass.allCases where reader.holds("classes.\(name.rawValue)") {
      rules[name] = rule("classes.\(name.rawValue)")
    }
    if reader.holds("classes.unknown") {
      reader.reject(
        "classes.unknown", "has no rule of this kind: an unknown outcome follows unknown.after and unknown.then")
    }
    let fallback = rule("fallback")
    let after = reader.value("unknown.after", hint: "how long to wait for evidence, such as 24h", Shape.duration)
    let then = reader.value(
      "unknown.then", hint: "resend or hold", Shape.choice(RetryPolicy.UnknownRule.Choice.self))
    let pauses = waits("route_pauses")
    if pauses == nil, !reader.holds("route_pauses") {
      reader.reject("route_pauses", "is missing: write a list of spans of time, such as [30s, 1m, 5m]")
    }
    let quiet = reader.holds("quiet_hours") ? quietHours(timeZone) : nil
    let rate = reader.holds("rate_limit") ? relayRate() : nil
    guard let fallback, let after, let then, let pauses else { return nil }
    return RetryPolicy(
      rules: rules, fallback: fallback, unknown: RetryPolicy.UnknownRule(after: after, then: then),
      routePauses: pauses, quietHours: quiet, rateLimit: rate)
  }

  /// The waits and `expiry` must be written; `jitter` is 0.2 and `then` is undeliverable unless written.
  private mutating func rule(_ key: String) -> RetryPolicy.Rule? {
    let waits = growth(key)
    let jitter = reader.value("\(key).jitter", default: 0.2, Shape.share)
    let expiry = reader.value("\(key).expiry", hint: "how long a case is tried, such as 5d", Shape.duration)
    let then = reader.value("\(key).then", default: .undeliverable, Shape.choice(RetryPolicy.Then.self))
    guard let waits, let jitter, let expiry, let then else { return nil }
    return RetryPolicy.Rule(waits, jitter: jitter, expiry: expiry, then: then)
  }

  /// A schedule or a formula: one of them, not both.
  private mutating func growth(_ key: String) -> RetryPolicy.Waits? {
    switch (reader.holds("\(key).schedule"), reader.holds("\(key).formula")) {
    case (true, true):
      reader.reject("\(key).formula", "stands beside \(key).schedule: keep the one you mean")
      return nil
    case (false, false):
      reader.reject(
        "\(key).schedule",
        "is missing: write schedule: [5m, 15m, 1h], or formula: {first: 5m, factor: 1.5, longest: 4h}")
      return nil
    case (true, false): return waits("\(key).schedule").map { .schedule($0) }
    case (false, true): return formula("\(key).formula").map { .formula($0) }
    }
  }

  private mutating func formula(_ key: String) -> RetryPolicy.Formula? {
    let first = reader.value("\(key).first", hint: "the first wait, such as 5m", Shape.duration)
    let factor = reader.value("\(key).factor", hint: "by what it grows, such as 1.5", Self.factor)
    let longest = reader.value("\(key).longest", hint: "the longest wait, such as 4h", Shape.duration)
    guard let first, let factor, let longest else { return nil }
    guard first >= 1 else {
      reader.reject("\(key).first", "must be at least 1s")
      return nil
    }
    guard let formula = RetryPolicy.Formula(first: first, factor: factor, longest: longest) else {
      reader.reject("\(key).longest", "must be at least \(key).first")
      return nil
    }
    return formula
  }

  private static func factor(_ text: String) throws(Misfit) -> Double {
    guard let number = Double(text), (1...10).contains(number) else {
      throw Misfit(allowed: "a number from 1 to 10, such as 1.5")
    }
    return number
  }

  private mutating func waits(_ key: String) -> [Int64]? {
    reader.list(key, of: "a list of spans of time, such as [5m, 15m, 1h]", DurationNotation.seconds)
  }

  private mutating func quietHours(_ timeZone: TimeZone) -> QuietHours? {
    let from = reader.value("quiet_hours.from", hint: #"when they begin, such as "22:00""#, Self.time)
    let to = reader.value("quiet_hours.to", hint: #"when they end, such as "06:00""#, Self.time)
    let words = QuietHours.Weekday.allCases.map(\.rawValue).joined(separator: ", ")
    let days = reader.list("quiet_hours.days", of: "a list of the days on which they begin, out of \(words)") {
      QuietHours.Weekday(rawValue: $0)
    }
    let week = Set(QuietHours.Weekday.allCases)
    guard let from, let to, days != nil || !reader.holds("quiet_hours.days") else { return nil }
    guard let quiet = QuietHours(from: from, to: to, days: days.map(Set.init) ?? week, timeZone: timeZone) else {
      reader.reject(
        "quiet_hours.to",
        from == to
          ? "must differ from quiet_hours.from; a whole day is from 00:00 to 24:00"
          : from == .dayEnd
            ? "goes with a quiet_hours.from before 24:00; write 00:00 for midnight"
            : "leaves no time for sending: name the quiet days in quiet_hours.days")
      return nil
    }
    return quiet
  }

  private static func time(_ text: String) throws(Misfit) -> QuietHours.TimeOfDay {
    guard let time = QuietHours.TimeOfDay(parsing: text) else {
      throw Misfit(allowed: #"a time of day from "00:00" to "24:00""#)
    }
    return time
  }

  private mutating func relayRate() -> RelayRate? {
    let mails = reader.value(
      "rate_limit.mails", hint: "how many mails, such as 60", Shape.integer(1...Int(RelayRate.largest.mails)))
    let per = reader.value("rate_limit.per", hint: "in what time, such as 1m", Shape.duration)
    guard let mails, let per else { return nil }
    guard let rate = RelayRate(mails: Int64(mails), per: per) else {
      reader.reject("rate_limit.per", "must be at least 1s")
      return nil
    }
    return rate
  }
}
