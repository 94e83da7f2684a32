import Foundation
import Sandbox
import Testing
import Yams

@testable import Bob

/// A scenario file of the stand-in together with what is to come of it, poll by poll.
struct Scenario: Sendable, CustomTestStringConvertible {
  let name: String
  let about: String
  let bob: BobScenario
  let rules: WatchRules
  /// Whether requests go over a socket, so that what happens on the way happens indeed.
  let overSocket: Bool
  let polls: [Poll]

  struct Poll: Sendable {
    /// Unix seconds of the story.
    var at: Int64
    var since: String?
    /// The line in the file.
    var line: Int
    /// Everything that is asked of Bob, with how often.
    var asks: [String: Int]
    /// Cases that are there after the poll and were not before, by person: `issued`, or `held` and why.
    var opens: [String]
    /// What became of earlier cases in this poll.
    var becomes: [String]
    /// What is noted of people for whom no case was made.
    var remarks: [String]
    /// How the poll failed, and words that the advice holds.
    var fails: String?
    var says: String?
    /// Seconds that the failure asks to wait.
    var wait: Int64?
  }

  var testDescription: String { "\(name): \(about)" }

  static let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Scenarios")

  /// All files, by name.
  static let all: [Scenario] = {
    let files = (try? FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)) ?? []
    return files.filter { $0.pathExtension == "yaml" }.sorted { $0.path < $1.path }.map { file in
      do { return try Scenario(file) } catch { fatalError("\(file.lastPathComponent): \(error)") }
    }
  }()

  struct Mistake: Error, CustomStringConvertible { var description: String }

  init(_ file: URL) throws {
    name = file.deletingPathExtension().lastPathComponent
    let yaml = try String(contentsOf: file, encoding: .utf8)
    do throws(BobScenario.Flaws) { bob = try BobScenario(yaml: yaml) } catch {
      throw Mistake(description: error.all.map(\.description).joined(separator: "; "))
    }
    guard let root = try Yams.compose(yaml: yaml), let expect = root["expect"], let start = bob.start,
      let about = root["about"]?.string
    else { throw Mistake(description: "needs about, clock.start and expect") }
    self.about = about
    rules = try Self.rules(expect["rules"], sites: root["clock"]?["time_zone"]?.string)
    overSocket = expect["socket"]?.bool ?? false
    var moment = start
    var polls: [Poll] = []
    for node in expect["polls"]?.sequence ?? [] {
      moment = try Self.moment(node, after: moment, start: start)
      polls.append(try Self.poll(node, at: moment))
    }
    self.polls = polls
    guard !polls.isEmpty else { throw Mistake(description: "expects no poll") }
  }

  private static func rules(_ node: Node?, sites zone: String?) throws -> WatchRules {
    var rules = WatchRules(zone: zone.flatMap(OrganisationZone.init) ?? .utc)
    for entry in node?.mapping ?? [:] {
      let value = entry.value
      switch entry.key.string {
      case "lead_days": rules.leadDays = value.int ?? 0
      case "max_age": rules.maxAge = value.int ?? 0
      case "surge_limit": rules.surgeLimit = value.int ?? 0
      case "approval": rules.approvesAll = value.string == "all"
      case "triggers":
        rules.triggers = Set(value.sequence?.compactMap { $0.string.flatMap(LifecycleStatus.init) } ?? [])
      case "exclude": rules.excluded = ExcludedDepartments(value.sequence?.compactMap(\.string) ?? [])
      default: throw Mistake(description: "rules: what is \(entry.key.string ?? "that")?")
      }
    }
    return rules
  }

  /// `after: SECONDS` since the poll before, or `at: day N HH:MM` since the start, in whole days and hours of it.
  private static func moment(_ node: Node, after last: Int64, start: Int64) throws -> Int64 {
    if let seconds = node["after"]?.int { return last + Int64(seconds) }
    let words = node["at"]?.string?.split(separator: " ").map(String.init) ?? []
    guard words.first == "day", words.count >= 2, let day = Int64(words[1]) else {
      throw Mistake(description: "line \(node.mark?.line ?? 0): a poll needs `after` or `at: day N HH:MM`")
    }
    let midnight = start - start % 86_400 + day * 86_400
    guard words.count == 3 else { return midnight + start % 86_400 }
    let clock = words[2].split(separator: ":").compactMap { Int64($0) }
    return midnight + clock[0] * 3600 + clock[1] * 60
  }

  private static let keys: Set = [
    "at", "after", "since", "asks", "reads", "opens", "becomes", "remarks", "fails", "says", "wait",
  ]

  private static func poll(_ node: Node, at moment: Int64) throws -> Poll {
    for key in node.mapping?.keys.compactMap(\.string) ?? [] where !keys.contains(key) {
      throw Mistake(description: "line \(node.mark?.line ?? 0): what is \(key)?")
    }
    func lines(_ key: String) -> [String] {
      (node[key]?.mapping ?? [:]).flatMap { entry in
        (entry.value.sequence?.compactMap(\.string) ?? [entry.value.string ?? ""]).map {
          "\(entry.key.string ?? ""): \($0)"
        }
      }.sorted()
    }
    var asks = ["search": 1]
    if let told = node["asks"]?.mapping {
      asks = Dictionary(told.map { ($0.key.string ?? "", $0.value.int ?? 0) }, uniquingKeysWith: +)
    }
    // A leaver read in full: a look, twenty seconds, whether they are still gone, a look, and who has the address.
    for name in node["reads"]?.sequence?.compactMap(\.string) ?? [] {
      asks[name, default: 0] += 2
      asks["\(name)'s status", default: 0] += 1
      asks["holders", default: 0] += 1
    }
    return Poll(
      at: moment, since: node["since"]?.string, line: node.mark?.line ?? 0, asks: asks, opens: lines("opens"),
      becomes: lines("becomes"), remarks: lines("remarks"), fails: node["fails"]?.string, says: node["says"]?.string,
      wait: node["wait"]?.int.map(Int64.init))
  }
}
