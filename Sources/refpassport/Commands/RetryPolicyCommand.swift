import ArgumentParser
import Delivery
import Foundation
import Mail
import Settings

/// `retry-policy`: what is tried how often, whether a file may replace it, and what that would change. Reads only.
struct RetryPolicyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry-policy", abstract: "Shows, checks and simulates the retry policy; needs no running appliance.",
    subcommands: [Show.self, Check.self, Simulate.self])

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows the policy in force, or the built-in one where nothing is configured.")
    @OptionGroup var options: ConfigOptions
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      let setting = try PolicySetting(options)
      let document = PolicyDocument(setting.policy, source: setting.source)
      if json { return try Terminal.json(document) }
      var table = TextTable("CLASS", "WAITS", "JITTER", "EXPIRY", "THEN")
      for row in document.classes {
        table.add(row.own ? row.class : row.class + " *", row.waits, row.jitterText, row.expiry, row.then)
      }
      table.add(
        "fallback", document.fallback.waits, document.fallback.jitterText, document.fallback.expiry,
        document.fallback.then)
      Terminal.say(table.text)
      Terminal.say("* follows fallback.")
      Terminal.say("unknown outcome: \(document.unknown.then) after \(document.unknown.after)")
      Terminal.say("route pauses:    \(document.routePauses)")
      Terminal.say("quiet hours:     \(document.quietHours ?? "none")")
      Terminal.say("rate limit:      \(document.rateLimit ?? "none")")
      Terminal.say("source:          \(document.source)")
    }
  }

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Reads a policy file as the appliance would, and names everything that is wrong with it.")
    @Argument(help: "The file.") var file: String
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      var document = CheckDocument(file: file)
      var lines: [String] = []
      do {
        _ = try RetryPolicyFile.load(file: file)
      } catch .invalid(let problems) {
        document.problems = problems.map(ProblemDocument.init)
        lines = problems.map(\.description)
      } catch {
        document.problems = [ProblemDocument(reason: error.description)]
        lines = [error.description]
      }
      if json {
        try Terminal.json(document)
      } else if document.ok {
        Terminal.say("\(file) is a good retry policy.")
      }
      guard !document.ok else { return }
      let count = lines.count == 1 ? "1 problem" : "\(lines.count) problems"
      throw CommandFailure(
        .usage, json ? "" : (["\(count); the appliance would refuse this file:"] + lines).joined(separator: "\n"))
    }
  }
}

/// The policy in force, and what of the configuration a simulation needs besides.
struct PolicySetting {
  var policy = RetryPolicy.standard
  /// Where the policy comes from, for people.
  var source = "the built-in standard policy"
  /// A short name for tables and plots.
  var name = "standard"
  var timeZone = TimeZone.gmt
  var latest = Retention().latest

  /// By the configuration; where none was named and none lies in its usual place, the built-in policy.
  init(_ options: ConfigOptions) throws {
    if options.config == ConfigOptions.usual, !FileManager.default.fileExists(atPath: options.config) { return }
    let configuration = try options.load()
    policy = try configuration.retryPolicy()
    latest = configuration.retention.latest
    timeZone = TimeZone(identifier: configuration.organisation.timeZone) ?? .gmt
    guard let file = configuration.retryPolicyFile else { return }
    (source, name) = (file, Self.shortName(file))
  }

  /// The last part of a path.
  static func shortName(_ file: String) -> String { (file as NSString).lastPathComponent }
}

extension ConfigOptions {
  /// Where the configuration lies if nobody says otherwise.
  static let usual = "/etc/refpassport/refpassport.yaml"
}

private struct CheckDocument: Encodable {
  enum CodingKeys: CodingKey { case file, ok, problems }

  var file: String
  var problems: [ProblemDocument] = []
  var ok: Bool { problems.isEmpty }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(file, forKey: .file)
    try container.encode(ok, forKey: .ok)
    try container.encode(problems, forKey: .problems)
  }
}

private struct ProblemDocument: Encodable {
  /// Counted from 1; nil if it is the file as a whole.
  var line: Int?
  var key = ""
  var reason: String

  init(reason: String) { self.reason = reason }

  init(_ problem: Problem) {
    if case .file(_, let number) = problem.origin, number > 0 { line = number }
    (key, reason) = (problem.key, problem.reason)
  }
}

/// A policy as `retry-policy show` tells it.
private struct PolicyDocument: Encodable {
  struct Row: Encodable {
    var `class`: String
    /// False if the class follows the fallback.
    var own: Bool
    /// For people.
    var waits: String
    /// The waits in seconds, without jitter; of a formula the first ten.
    var seconds: [Int64]
    var jitter: Double
    var expiry: String
    var then: String

    var jitterText: String { jitter == 0 ? "none" : "± \(Int((jitter * 100).rounded())) %" }

    init(_ name: String, _ rule: RetryPolicy.Rule, own: Bool) {
      (self.class, self.own, jitter, then) = (name, own, rule.jitter, rule.then.rawValue)
      expiry = DurationNotation.text(rule.expiry)
      switch rule.waits {
      case .schedule(let steps):
        seconds = steps
        let last = steps.last.map(DurationNotation.text) ?? ""
        waits = (steps.dropLast().map(DurationNotation.text) + ["then every \(last)"]).joined(separator: ", ")
        if steps.count == 1 { waits = "every \(last)" }
      case .formula(let formula):
        seconds = (1...10).map { formula.wait(after: $0) }
        let first = seconds.prefix { $0 < formula.longest }.prefix(5).map(Wording.span)
        waits = (first + ["× \(formula.factor) up to \(DurationNotation.text(formula.longest))"]).joined(
          separator: ", ")
      }
    }
  }

  struct Unknown: Encodable {
    var after: String
    var then: String
  }

  var source: String
  var classes: [Row]
  var fallback: Row
  var unknown: Unknown
  var routePauses: String
  var quietHours: String?
  var rateLimit: String?

  init(_ policy: RetryPolicy, source: String) {
    self.source = source
    classes = OutcomeClass.allCases.filter { $0 != .unknown }.map { name in
      Row(name.rawValue, policy.rule(for: name), own: policy.rules[name] != nil)
    }
    fallback = Row("fallback", policy.fallback, own: true)
    unknown = Unknown(after: DurationNotation.text(policy.unknown.after), then: policy.unknown.then.rawValue)
    routePauses = policy.routePauses.map(DurationNotation.text).joined(separator: ", ")
    quietHours = policy.quietHours.map { quiet in
      let days = QuietHours.Weekday.allCases.filter(quiet.days.contains).map(\.rawValue)
      let when = days.count == 7 ? "every day" : days.joined(separator: ", ")
      return "\(quiet.from) to \(quiet.to), beginning \(when) (\(quiet.timeZone.identifier))"
    }
    rateLimit = policy.rateLimit.map { "\($0.mails) mails in \(DurationNotation.text($0.per))" }
  }
}
