import Audit
import Cryptography
import Delivery
import Foundation
import Logging
import Mail
import Sandbox
import Store
import Synchronization

@testable import Bob

/// A stand-in that tells a scenario, and before it watcher, intake and store as the appliance has them.
final class ScenarioStage {
  let scenario: Scenario
  let bob: SandboxBob
  let clock: ManualClock
  let store: ApplianceStore
  let client: BobClient
  private let office: Office
  private let marks = Marks(key: PlainKey(), company: "acme.example")
  private var asked = 0
  private var standing: Watcher?

  init(_ scenario: Scenario) async throws {
    self.scenario = scenario
    let clock = ManualClock(Timestamp(seconds: scenario.bob.start ?? 0))
    self.clock = clock
    bob = SandboxBob(scenario: scenario.bob, now: { clock.now().seconds })
    bob.switches.leaverStatuses = Set(scenario.rules.triggers.map(\.text))
    bob.switches.leaverDays = scenario.rules.leadDays > 0 ? scenario.rules.leadDays : nil
    office = try Office()
    store = office.store
    let token = scenario.bob.token
    let endpoint: BobEndpoint
    let exchange: any BobExchange
    if scenario.overSocket {
      let port = try await bob.start()
      guard let loopback = BobEndpoint(loopback: "http://127.0.0.1:\(port)") else { throw CancellationError() }
      (endpoint, exchange) = (loopback, CurlExchange())
    } else {
      (endpoint, exchange) = (.production, StoryExchange(bob: bob))
    }
    client = BobClient(
      endpoint: endpoint, serviceUser: "SERVICE-1234", token: { token }, exchange: exchange, clock: clock,
      random: { 0.5 })
  }

  func end() async { await bob.stop() }

  /// What one poll came to, in the words of the scenario's file.
  struct Outcome {
    var asks: [String: Int] = [:]
    var opens: [String] = []
    var becomes: [String] = []
    var remarks: [String] = []
    var failure: LeaverSourceFailure?
  }

  func poll(_ poll: Scenario.Poll) async throws -> Outcome {
    // A poll that waited for Bob may end after the next was to begin.
    clock.advance(by: max(0, poll.at - clock.now().seconds))
    let watcher = watcher(since: poll.since)
    let before = try Dictionary(uniqueKeysWithValues: lines().map { ($0.id, $0.line) })
    let noted = try remarkCounts()
    var outcome = Outcome()
    do {
      let seen = try await watcher.poll(at: clock.now())
      try office.take(seen, at: clock.now())
      try issue()
    } catch let failure as LeaverSourceFailure {
      outcome.failure = failure
    }
    for (id, line) in try lines() {
      if before[id] == nil { outcome.opens.append(line) } else if before[id] != line { outcome.becomes.append(line) }
    }
    outcome.opens.sort()
    outcome.becomes.sort()
    outcome.remarks = try remarkCounts().filter { $0.value != noted[$0.key] }.keys.sorted()
    outcome.asks = requests()
    return outcome
  }

  /// The watcher, which remembers how steady reads were; another one for a backfill.
  private func watcher(since: String?) -> Watcher {
    if since == nil, let standing { return standing }
    var rules = scenario.rules
    rules.since = since.flatMap(CalendarDate.init(machine:))
    let watcher = Watcher(
      client: client, log: store, rules: rules, marks: marks, clock: clock,
      sleep: { [clock] in clock.advance(by: $0) })
    if since == nil { standing = watcher }
    return watcher
  }

  /// Moves every case that is ready as far as a pass does before it sends.
  private func issue() throws {
    for row in try store.cases(at: [.detected]) {
      try store.commit(try row.moved(by: .issue, at: clock.now()), at: clock.now())
      guard let issued = try store.find(row.id) else { continue }
      try store.commit(try issued.moved(by: .seal, at: clock.now()), at: clock.now())
    }
  }

  /// Every case as `NAME: issued`, `NAME: held WHY` or `NAME: cancelled`, with `revoked` if its reference was.
  private func lines() throws -> [(id: CaseID, line: String)] {
    return try store.cases(at: Set(Stage.allCases)).map { row in
      let employee = try CaseVault(store).employee(of: row.id)
      let state =
        switch row.stage {
        case .held: "held \(row.hold?.reason.rawValue ?? "")"
        case .queued: "issued"
        default: row.stage.rawValue
        }
      let isRevoked = try store.entries(of: row.id).contains { String(decoding: $0, as: UTF8.self).contains("revoke") }
      return (row.id, "\(name(of: employee)): \(state)\(isRevoked ? ", revoked" : "")")
    }
  }

  private func remarkCounts() throws -> [String: Int] {
    let names = Dictionary(
      scenario.bob.people.compactMap { entry in
        EmployeeID(entry.person.id).map { (marks.person($0), entry.name) }
      },
      uniquingKeysWith: { first, _ in first })
    return try Dictionary(
      store.observations().map { ("\(names[$0.person] ?? "?"): \($0.remark.rawValue)", $0.times) },
      uniquingKeysWith: +)
  }

  /// What was asked since the last time, by the names of the story.
  private func requests() -> [String: Int] {
    let all = bob.recorder.requests
    defer { asked = all.count }
    return Dictionary(all.dropFirst(asked).map { (word(for: $0), 1) }, uniquingKeysWith: +)
  }

  private func word(for request: Recorder.Request) -> String {
    let path = request.path.split(separator: "/").map(String.init).dropFirst()
    switch path.first {
    case "people" where path.last == "search":
      return request.fields == ["root.id"] ? "holders" : "search"
    case "people":
      let isStatus = !request.fields.contains("root.displayName")
      return name(of: path.last ?? "") + (isStatus ? "'s status" : "")
    case "company": return path.contains("named-lists") ? "list \(path.last ?? "")" : "fields"
    default: return request.path
    }
  }

  private func name(of id: String) -> String {
    scenario.bob.people.first { $0.person.id == id }?.name ?? "somebody"
  }
}
