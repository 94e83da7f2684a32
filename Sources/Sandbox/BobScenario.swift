import Foundation
import Mail
import Synchronization

/// A company and what happens in it over time, read from a YAML file; see `BobScenario.example` for one.
package struct BobScenario: Sendable {
  /// Unix seconds at which the story begins; nil for the moment at which it is told.
  package var start: Int64?
  /// How many seconds of the story pass in one.
  package var speed = 1
  /// People by the name under which the story calls them.
  package var people: [(name: String, person: SandboxBob.Person)] = []
  /// Invented people besides.
  package var crowd: [SandboxBob.Person] = []
  package var lists: [String: [SandboxBob.ListItem]] = SandboxBob.standardLists
  package var switches = SandboxBob.Switches()
  package var token = "sandbox-token"
  /// IANA zones by site.
  package var sites: [String: String] = [:]
  /// What happens, in order of time.
  package var story: [Event] = []

  package init() {}

  /// Something that happens at a moment.
  package struct Event: Sendable {
    /// Unix seconds.
    package var at: Int64
    var happening: Happening

    enum Happening: Sendable {
      case turned([BobSetting.Turn])
      case token(String)
      case deed(Deed, of: String)
    }
  }

  /// What HR does with one record.
  struct Deed: Sendable {
    /// Values that are written as they stand; nil takes one away.
    var values: [(path: TextPath, value: String?)] = []
    var remainsActive: Bool?
    var leaves: String?
    var lastDay: String?
    var stays = false
    var rehired: String?
    var keepsDate = false
    var deleted = false

    typealias TextPath = any WritableKeyPath<SandboxBob.Person, String?> & Sendable

    func apply(to person: inout SandboxBob.Person) {
      for (path, value) in values {
        // A status that is entered stands; what was to come is off.
        if (path as AnyKeyPath) == \SandboxBob.Person.status { person.planned = [] }
        person[keyPath: path] = value
      }
      if let remainsActive { person.remainsActive = remainsActive }
      if let leaves { person.terminate(on: leaves, lastDay: lastDay) }
      if stays { person.cancelTermination() }
      if let rehired { person.rehire(from: rehired, keepingDate: keepsDate) }
    }
  }

  /// A mistake in the file.
  package struct Flaw: Sendable, Hashable, CustomStringConvertible {
    /// 1 for the first line.
    package var line: Int
    package var reason: String
    package var description: String { "line \(line): \(reason)" }
  }

  /// Everything that is wrong with a file, first to last.
  package struct Flaws: Error, Sendable { package let all: [Flaw] }

  /// The ID of a person of the story.
  package func id(of name: String) -> String? { people.first { $0.name == name }?.person.id }

  /// A scenario that shows every kind of line.
  package static let example = """
    # Everything but `people` may be left out. Days are written 2026-11-30, or counted from the first: day 0, day -3.
    about: Amber leaves with garden leave, thinks better of it, and leaves again; Borin is deleted.
    clock: {start: 2026-11-23 08:00, time_zone: Europe/London, speed: 3600}  # one hour of the story a second
    sites: {harbour: Europe/London, island: Pacific/Auckland}
    company: {size: 40, leavers: 3, seed: 1}    # invented people besides; the last ones are about to leave
    people:
      amber: {name: Amber Applewick, email: amber@acme.example, title: "209190001", department: Product,
              start_date: 2019-03-04, site: island}
      borin: {status: terminated, termination_date: day -400}
    switches: {rate_limit: 50, stale_for: 20}   # `sandbox bob --switches` lists them
    story:
      - {at: day 1 09:00, who: amber, leaves: day 8, last_day: day 5}
      - {at: day 2, who: amber, stays: true}
      - {at: day 3 17:30, who: amber, email: amber.applewick@acme.example, leaves: day 4}
      - {at: day 5, who: borin, deleted: true}
      - {at: day 20, who: amber, rehired: day 30}
      - {at: day 21, bob: {view: [root, work]}}
      - {at: day 22, bob: {view: [root, work, lifecycle]}, token: rotated-token}
    """
}

extension BobState {
  /// Lets one event of a story happen.
  mutating func meet(_ event: BobScenario.Event) {
    switch event.happening {
    case .turned(let turns): for turn in turns { turn(&switches) }
    case .token(let token): self.token = token
    case .deed(let deed, let id):
      guard !deed.deleted else { return enter(nil, for: id, at: event.at) }
      guard var person = newest(id) else { return }
      deed.apply(to: &person)
      enter(person, for: id, at: event.at)
    }
  }
}

extension SandboxBob {
  /// Makes a stand-in that tells a scenario.
  ///
  /// - Parameters:
  ///   - now: Unix seconds; the rate limit counts by it.
  package convenience init(
    scenario: BobScenario, now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
  ) {
    let (begun, start, speed) = (now(), scenario.start ?? now(), Int64(scenario.speed))
    self.init(
      people: scenario.people.map(\.person) + scenario.crowd, lists: scenario.lists, token: scenario.token, now: now,
      story: { start + (now() - begun) * speed })
    state.withLock { state in
      state.switches = scenario.switches
      state.calendar.zones = scenario.sites.compactMapValues { TimeZone(identifier: $0) }
      state.events = scenario.story
    }
  }
}
