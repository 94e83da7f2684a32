import Bob
import Delivery
import Mail
import Sandbox
import Synchronization
import Testing

/// A watcher before a stand-in of Bob, with a clock that its waits move.
struct Bench {
  let bob: SandboxBob
  let log = MemoryLog()
  let clock: ManualClock
  let exchange: StoryExchange
  let client: BobClient
  let watcher: Watcher
  let rules: WatchRules

  /// 2026-11-23T12:00:00Z.
  static let noon = Timestamp(seconds: 1_795_435_200)
  static let today = "2026-11-23"

  init(
    _ people: [SandboxBob.Person], rules: WatchRules = WatchRules(), start: Timestamp = noon,
    token: @escaping @Sendable () throws -> String = { "sandbox-token\n" },
    sites: [String: String] = [:], whenSleeping: @escaping @Sendable (SandboxBob) -> Void = { _ in }
  ) {
    let clock = ManualClock(start)
    var scenario = BobScenario()
    (scenario.crowd, scenario.sites, scenario.start) = (people, sites, start.seconds)
    let bob = SandboxBob(scenario: scenario, now: { clock.now().seconds })
    // Whom it is fair to read is what the rules say.
    bob.switches.leaverStatuses = Set(rules.triggers.map(\.text))
    bob.switches.leaverDays = rules.leadDays > 0 ? rules.leadDays : nil
    self.clock = clock
    self.bob = bob
    self.rules = rules
    exchange = StoryExchange(bob: bob)
    client = BobClient(
      endpoint: .production, serviceUser: "SERVICE-1234", token: token, exchange: exchange, clock: clock,
      random: { 0.5 })
    watcher = Watcher(
      client: client, log: log, rules: rules, marks: Marks(key: PlainKey(), company: "acme.example"),
      clock: clock,
      sleep: { seconds in
        clock.advance(by: seconds)
        whenSleeping(bob)
      })
  }

  /// Polls, and remembers everything as the intake would.
  @discardableResult
  func poll() async throws -> Poll {
    let poll = try await watcher.poll(at: clock.now())
    for sighting in poll.sightings {
      switch sighting {
      case .left(let departure, _, _, _, _): log.openCase(departure, at: clock.now())
      case .terminationMoved(let departure, _): log.update(departure, at: clock.now())
      case .returned(let person, _): log.reset(person, telling: [], at: clock.now())
      case .excluded(let departure): log.exclude(departure, at: clock.now())
      }
    }
    // Whatever a test does to Bob, this is never asked.
    #expect(bob.recorder.outsideReads == [])
    #expect(bob.recorder.personalFieldsRequestedForNonLeavers == 0)
    return poll
  }

  /// The failure that a poll ends with, if it does.
  func failure() async -> LeaverSourceFailure? {
    do {
      try await poll()
      return nil
    } catch { return error as? LeaverSourceFailure }
  }
}

extension Poll {
  /// What was reported, by kind.
  var kinds: [String] {
    sightings.map {
      switch $0 {
      case .left: "left"
      case .terminationMoved: "moved"
      case .returned: "returned"
      case .excluded: "excluded"
      }
    }
  }

  var leavers: [(employee: String, reading: Sighting.Reading, holds: [HoldReason])] {
    sightings.compactMap {
      guard case .left(_, let employee, let reading, let holds, _) = $0 else { return nil }
      return (employee, reading, holds)
    }
  }
}

/// Marks that can be read, for tests alone.
struct PlainKey: MarkKey {
  func mark(_ label: String, _ parts: [String]) -> [UInt8] {
    Array(([label] + parts).joined(separator: "\u{0}").utf8)
  }
}

/// Carries requests straight to the stand-in, in chunks of odd sizes.
struct StoryExchange: BobExchange {
  let bob: SandboxBob
  let chunk = 61

  func send(
    _ request: BobRequest, onBody: @escaping @Sendable ([UInt8]) -> Bool
  ) async throws(BobExchangeFailure) -> BobHead {
    guard request.url.hasPrefix("https://api.hibob.com/v1/") else { throw .unreachable }
    let reply = bob.reply(
      method: request.read.method.rawValue,
      target: String(request.url.dropFirst("https://api.hibob.com".count)),
      authorization: SandboxBob.basic(request.serviceUser, request.token),
      contentType: request.headers.first { $0.name == "Content-Type" }?.value, body: request.read.body ?? [])
    var rest = reply.body[...]
    while !rest.isEmpty {
      guard onBody(Array(rest.prefix(chunk))) else { throw .cut }
      rest = rest.dropFirst(chunk)
    }
    guard reply.ending == .whole else { throw .cut }
    return BobHead(status: reply.status, headers: reply.headers)
  }
}

/// Gives one answer after another and counts the requests.
final class ScriptedExchange: BobExchange {
  enum Step: Sendable {
    case answer(Int, [String: String], String)
    case fail(BobExchangeFailure)
  }
  private let steps: Mutex<[Step]>
  private let sent = Mutex<[BobRequest]>([])

  init(_ steps: [Step]) { self.steps = Mutex(steps) }

  var requests: [BobRequest] { sent.withLock { $0 } }

  func send(
    _ request: BobRequest, onBody: @escaping @Sendable ([UInt8]) -> Bool
  ) async throws(BobExchangeFailure) -> BobHead {
    sent.withLock { $0.append(request) }
    let step = steps.withLock { $0.count > 1 ? $0.removeFirst() : $0.first }
    switch step {
    case .answer(let status, let headers, let body):
      guard onBody(Array(body.utf8)) else { throw .cut }
      return BobHead(status: status, headers: headers)
    case .fail(let failure): throw failure
    case nil: throw .unreachable
    }
  }
}

/// The memory of departures, in memory.
final class MemoryLog: DepartureLog {
  private struct State {
    var baseline: Timestamp?
    var handled: [PersonMark: HandledDeparture] = [:]
    var sighted: [Departure: Timestamp] = [:]
    var remarks: [PersonMark: [Remark]] = [:]
    var polled: Timestamp?
  }
  private let state = Mutex(State())

  func baseline() -> Timestamp? { state.withLock { $0.baseline } }
  func handled() -> [PersonMark: HandledDeparture] { state.withLock { $0.handled } }

  func takeBaseline(_ departures: [Departure], at now: Timestamp) {
    state.withLock { state in
      state.baseline = now
      for departure in departures {
        state.handled[departure.person] = HandledDeparture(
          departure: departure, reason: .baseline, caseID: nil, at: now)
      }
    }
  }

  func openCase(_ departure: Departure, at now: Timestamp) {
    state.withLock {
      $0.handled[departure.person] = HandledDeparture(
        departure: departure, reason: .case, caseID: .random(), at: now)
    }
  }

  func firstSighted(_ departures: [Departure], at now: Timestamp) -> [Timestamp] {
    let bare = departures.map { Departure(person: $0.person, termination: $0.termination, start: nil) }
    return state.withLock { state in
      let first = bare.map { state.sighted[$0] ?? now }
      state.sighted = state.sighted.filter { $0.value == Self.never }
      for (departure, first) in zip(bare, first) { state.sighted[departure] = first }
      return first
    }
  }

  func reset(_ person: PersonMark, telling entries: [EntryDraft], at now: Timestamp) {
    state.withLock { state in
      state.handled[person] = nil
      state.sighted = state.sighted.filter { $0.key.person != person || $0.value == Self.never }
    }
  }

  /// 9999-12-31T23:59:59Z.
  private static let never = Timestamp(seconds: 253_402_300_799)

  func disbelieve(_ departure: Departure) {
    let bare = Departure(person: departure.person, termination: departure.termination, start: nil)
    state.withLock { $0.sighted[bare] = Self.never }
  }

  func update(_ departure: Departure, at now: Timestamp) {
    state.withLock { $0.handled[departure.person]?.departure = departure }
  }

  func exclude(_ departure: Departure, at now: Timestamp) {
    state.withLock {
      $0.handled[departure.person] = HandledDeparture(departure: departure, reason: .excluded, caseID: nil, at: now)
    }
  }

  func observe(_ remarks: [(person: PersonMark, remark: Remark)], at now: Timestamp) {
    state.withLock { state in for (person, remark) in remarks { state.remarks[person, default: []].append(remark) } }
  }

  func timesObserved(_ person: PersonMark, _ remark: Remark) -> Int {
    remarks(of: person).count { $0 == remark }
  }

  /// Everything noted of somebody, oldest first.
  func remarks(of person: PersonMark) -> [Remark] { state.withLock { $0.remarks[person] ?? [] } }

  func lastPoll() -> Timestamp? { state.withLock { $0.polled } }
  func notePolled(at now: Timestamp) { state.withLock { $0.polled = now } }
}
