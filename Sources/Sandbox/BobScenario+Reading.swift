import Foundation
import Mail
import Yams

extension BobScenario {
  /// Reads a scenario; throws everything that is wrong with it.
  ///
  /// Under `expect` may stand what is to come of it; the stand-in passes over that.
  package init(yaml: String, now: Int64 = Int64(Date().timeIntervalSince1970)) throws(Flaws) {
    let root: Node
    do { root = try Yams.compose(yaml: yaml) ?? Node("") } catch {
      let line = (error as? YamlError).flatMap(Self.line) ?? 1
      throw Flaws(all: [Flaw(line: line, reason: "is no YAML")])
    }
    var reader = ScenarioReader(now: now)
    self = reader.scenario(root)
    guard reader.flaws.isEmpty else { throw Flaws(all: reader.flaws) }
  }

  private static func line(_ error: YamlError) -> Int? {
    switch error {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
    default: nil
    }
  }
}

/// Reads the parts of a scenario and collects what is wrong with them.
private struct ScenarioReader {
  private(set) var flaws: [BobScenario.Flaw] = []
  private let now: Int64
  private var zone = TimeZone.gmt
  private var start: Int64

  init(now: Int64) { (self.now, start) = (now, now) }

  mutating func scenario(_ root: Node) -> BobScenario {
    var scenario = BobScenario()
    let parts = members(
      root, "the scenario",
      ["about", "clock", "sites", "company", "lists", "people", "switches", "token", "story", "expect"])
    if let clock = parts["clock"] { self.clock(clock, into: &scenario) }
    for (site, zone) in mapping(parts["sites"], "sites") {
      guard let name = zone.string, TimeZone(identifier: name) != nil else {
        flaw(zone, "sites: \(site) must be an IANA time zone, such as Europe/London")
        continue
      }
      scenario.sites[site] = name
    }
    if let company = parts["company"] { scenario.crowd = crowd(company) }
    for (name, items) in mapping(parts["lists"], "lists") {
      if items.sequence == nil { flaw(items, "lists: \(name) must be a list of items") }
      scenario.lists[name] = items.sequence?.compactMap { item(in: $0) } ?? []
    }
    for turn in parts["switches"].map({ turns($0) }) ?? [] { turn(&scenario.switches) }
    if let token = parts["token"]?.string { scenario.token = token }
    if let people = parts["people"], people.mapping == nil {
      flaw(people, "people must be names and what is said of each")
    }
    if let story = parts["story"], story.sequence == nil { flaw(story, "story must be a list of lines") }
    if let token = parts["token"], token.scalar == nil { flaw(token, "token must be a text") }
    for (number, entry) in (parts["people"]?.mapping ?? [:]).enumerated() {
      let name = entry.key.string ?? ""
      var person = Self.invented(name, number)
      let parts = members(entry.value, name, ["id"] + Self.valueKeys)
      if let id = parts["id"]?.string { person.id = id }
      deed(parts).apply(to: &person)
      if person.originalStartDate == nil { person.originalStartDate = person.startDate }
      scenario.people.append((name, person))
    }
    for line in parts["story"]?.sequence ?? [] { scenario.story += event(line, in: scenario) }
    scenario.story.sort { $0.at < $1.at }
    return scenario
  }

  private mutating func clock(_ node: Node, into scenario: inout BobScenario) {
    let parts = members(node, "clock", ["start", "time_zone", "speed"])
    if let name = parts["time_zone"] {
      zone = name.string.flatMap { TimeZone(identifier: $0) } ?? zone
      if TimeZone(identifier: name.string ?? "") == nil { flaw(name, "clock: time_zone must be an IANA time zone") }
    }
    if let speed = parts["speed"] {
      scenario.speed = speed.int ?? 0
      if !(1...1_000_000).contains(scenario.speed) { flaw(speed, "clock: speed must be 1 to 1000000") }
    }
    if let begin = parts["start"], begin.string != "now", let moment = moment(begin) {
      (start, scenario.start) = (moment, moment)
    }
  }

  private mutating func crowd(_ node: Node) -> [SandboxBob.Person] {
    let parts = members(node, "company", ["size", "leavers", "seed"])
    let (size, leavers) = (parts["size"]?.int ?? 40, parts["leavers"]?.int ?? 0)
    guard (0...200_000).contains(size), (0...size).contains(leavers) else {
      flaw(node, "company: size is 0 to 200000, leavers at most that")
      return []
    }
    return SandboxBob.company(size: size, leavers: leavers, seed: UInt64(max(0, parts["seed"]?.int ?? 1)))
  }

  private mutating func item(in node: Node) -> SandboxBob.ListItem? {
    let parts = members(node, "lists", ["id", "name", "archived", "children"])
    guard let id = parts["id"]?.string, let name = parts["name"]?.string else {
      flaw(node, "lists: an item needs id and name")
      return nil
    }
    return SandboxBob.ListItem(
      id: id, name: name, archived: parts["archived"]?.bool ?? false,
      children: parts["children"]?.sequence?.compactMap { item(in: $0) } ?? [])
  }

  // MARK: - The story

  private static let deeds = ["leaves", "stays", "rehired", "keeping_date", "deleted"]

  private mutating func event(_ node: Node, in scenario: BobScenario) -> [BobScenario.Event] {
    let parts = members(node, "story", ["at", "who", "bob", "token"] + Self.deeds + Self.valueKeys)
    guard let at = parts["at"], let moment = moment(at) else {
      if parts["at"] == nil { flaw(node, "story: a line needs `at`") }
      return []
    }
    var happenings: [BobScenario.Event.Happening] = []
    if let switches = parts["bob"] { happenings.append(.turned(turns(switches))) }
    if let token = parts["token"]?.string { happenings.append(.token(token)) }
    if let who = parts["who"] {
      let name = who.string ?? ""
      if let id = scenario.id(of: name) ?? scenario.crowd.first(where: { $0.id == name })?.id {
        happenings.append(.deed(deed(parts), of: id))
      } else {
        flaw(who, "story: nobody under `people` is called \(name)")
      }
    } else if happenings.isEmpty {
      flaw(node, "story: a line needs `who`, `bob` or `token`")
    }
    return happenings.map { .init(at: moment, happening: $0) }
  }

  private static let texts: [(String, BobScenario.Deed.TextPath)] = [
    ("name", \.displayName), ("first_name", \.firstName), ("surname", \.surname), ("email", \.email),
    ("title", \.title), ("department", \.department), ("start_date", \.startDate),
    ("original_start_date", \.originalStartDate), ("status", \.status), ("termination_date", \.terminationDate),
    ("last_day", \.lastDay), ("site", \.site), ("access", \.access), ("private_email", \.privateEmail),
  ]
  private static let valueKeys = texts.map(\.0) + ["remains_active"]

  private mutating func deed(_ parts: [String: Node]) -> BobScenario.Deed {
    var deed = BobScenario.Deed()
    deed.leaves = parts["leaves"].flatMap(day)
    deed.lastDay = parts["last_day"].flatMap(day)
    deed.rehired = parts["rehired"].flatMap(day)
    for (key, path) in [
      ("stays", \BobScenario.Deed.stays), ("keeping_date", \.keepsDate), ("deleted", \.deleted),
    ] {
      guard let node = parts[key] else { continue }
      guard let flag = node.bool else {
        flaw(node, "\(key) must be true or false")
        continue
      }
      deed[keyPath: path] = flag
    }
    if let flag = parts["remains_active"] {
      deed.remainsActive = flag.bool
      if flag.bool == nil, flag.null == nil { flaw(flag, "remains_active must be true, false or null") }
    }
    for (key, path) in Self.texts where key != "last_day" || deed.leaves == nil {
      guard let node = parts[key] else { continue }
      deed.values.append((path, node.null == nil ? day(node) : nil))
    }
    return deed
  }

  /// A person of whom nothing is said, with an address and a number of their own.
  private static func invented(_ name: String, _ number: Int) -> SandboxBob.Person {
    SandboxBob.Person(
      id: String(3_200_000_000_000_000_000 + UInt64(number + 1) * 1_000_003),
      displayName: "\(name.capitalized) Example",
      firstName: name.capitalized, surname: "Example", email: "\(name)@acme.example")
  }

  // MARK: - Values

  /// The members of a mapping whose keys are among `known`; all, if that is nil.
  private mutating func members(_ node: Node, _ place: String, _ known: [String]?) -> [String: Node] {
    guard let mapping = node.mapping else {
      if node.null == nil { flaw(node, "\(place) must be keys and values") }
      return [:]
    }
    var members: [String: Node] = [:]
    for (key, value) in mapping {
      let name = key.string ?? ""
      if let known, !known.contains(name) {
        flaw(key, "\(place): there is no key \(name); there are \(known.joined(separator: ", "))")
      }
      members[name] = value
    }
    return members
  }

  private mutating func mapping(_ node: Node?, _ place: String) -> [(String, Node)] {
    node.map { members($0, place, nil).sorted { $0.key < $1.key }.map { ($0.key, $0.value) } } ?? []
  }

  private mutating func turns(_ node: Node) -> [BobSetting.Turn] {
    members(node, "switches", BobSetting.all.map(\.name)).sorted { $0.key < $1.key }.compactMap { name, value in
      guard let setting = BobSetting.named(name) else { return nil }
      guard let turn = setting.reading(value) else {
        flaw(value, "switches: \(name) must be \(setting.about)")
        return nil
      }
      return turn
    }
  }

  /// A text as it is, but `day 3` as a date.
  private func day(_ node: Node) -> String? {
    guard let text = node.scalar?.string else { return nil }
    return counted(text).map { CalendarDate(daysSince1970: $0).description } ?? text
  }

  /// The day that `day N` means, in days since 1970.
  private func counted(_ text: String) -> Int64? {
    guard text.hasPrefix("day "), let number = Int64(text.dropFirst(4)), (-1_000_000...1_000_000).contains(number)
    else { return nil }
    let offset = Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(start))))
    return (Timestamp(seconds: start) + offset).date.daysSince1970 + number
  }

  /// A moment in the time zone of the clock: `2026-11-24`, `2026-11-24 09:00`, `day 1`, `day 1 09:00`.
  private mutating func moment(_ node: Node) -> Int64? {
    let text = node.scalar?.string ?? ""
    var (date, time) = (text, "00:00")
    if let space = text.lastIndex(of: " "), text.suffix(from: space).contains(":") {
      (date, time) = (String(text[..<space]), String(text[text.index(after: space)...]))
    }
    let clock = time.split(separator: ":").compactMap { Int64($0) }
    guard let days = counted(date) ?? CalendarDate(machine: date)?.daysSince1970, clock.count == 2,
      (0..<24).contains(clock[0]), (0..<60).contains(clock[1])
    else {
      flaw(node, "a moment is written 2026-11-24, 2026-11-24 09:00, day 1 or day 1 09:00")
      return nil
    }
    let local = days * 86_400 + clock[0] * 3600 + clock[1] * 60
    return local - Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(local))))
  }

  private mutating func flaw(_ node: Node, _ reason: String) {
    flaws.append(.init(line: node.mark?.line ?? 1, reason: reason))
  }
}
