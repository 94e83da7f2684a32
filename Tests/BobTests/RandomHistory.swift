import Delivery
import Mail
import Sandbox
import Synchronization

@testable import Bob

/// A company whose people are hired, moved, terminated, kept and hired again at random, with a Bob that is out of order
/// now and then; it keeps its own account of who has left, for how long, and how many references that came to.
final class RandomHistory {
  /// One time in which somebody was leaving or gone, from the entry of the termination until it was taken back, or until
  /// the person was hired anew.
  struct Episode {
    var person: String
    var start: String?
    var begun: Timestamp
    /// The references made.
    var cases = 0
    /// A successful poll saw the person gone from its beginning to its end.
    var wasSeenGone = false
    /// A successful poll lay, at least in part, in the time.
    var wasPolled = false
    /// Was gone when the baseline was taken.
    var isBaseline = false
    /// When it ended; nil while it lasts.
    var ended: Timestamp?
  }

  private(set) var episodes: [Episode] = []
  /// References made to people who were not leaving at all.
  private(set) var strays = 0
  /// What had happened to people who were read though they had not left.
  private(set) var unfair: [String] = []
  private(set) var successes = 0
  private(set) var failures = 0
  let bench: Bench
  private let office: Office
  private let watcher: Watcher
  /// What happened to each person and what was made of it, to be read when an expectation fails.
  private var diary: [String: [(at: Timestamp, line: String)]] = [:]

  private var random: BobRandom
  /// The open episode of each person, by its place in `episodes`.
  private var open: [String: Int] = [:]
  /// The last episode of each person, and whether a poll has seen them back since.
  private var last: [String: (episode: Int, seenBack: Bool)] = [:]
  private var changed: Set<String> = []
  private var outageUntil = Timestamp(seconds: 0)
  private var newcomers = 0
  private let interlude: Interlude

  /// Something to be done while a poll waits between its two looks.
  private final class Interlude: Sendable {
    let action = Mutex<(@Sendable (SandboxBob) -> Void)?>(nil)
    func play(_ bob: SandboxBob) {
      let action = action.withLock { stored in
        defer { stored = nil }
        return stored
      }
      action?(bob)
    }
  }

  init(seed: UInt64, leadDays: Int) throws {
    let interlude = Interlude()
    self.interlude = interlude
    random = BobRandom(seed: seed)
    var people = SandboxBob.company(size: 14, seed: seed)
    for index in people.indices { people[index].site = ["harbour", "island", "bay"][index % 3] }
    bench = Bench(
      people, rules: WatchRules(leadDays: leadDays), start: Timestamp(seconds: 1_795_426_200),
      sites: ["island": "Pacific/Auckland", "bay": "America/Los_Angeles"], whenSleeping: { interlude.play($0) })
    office = try Office()
    watcher = Watcher(
      client: bench.client, log: office.store, rules: bench.rules,
      marks: Marks(key: PlainKey(), company: "acme.example"),
      clock: bench.clock,
      sleep: { [bench] seconds in
        bench.clock.advance(by: seconds)
        interlude.play(bench.bob)
      })
    bench.bob.switches.staleFor = 20
    bench.bob.switches.flapping = true
  }

  /// Lets days pass: changes by day, polls at half past nine in the morning and in the evening.
  func live(days: Int) async throws {
    for _ in 0..<days * 2 {
      try await poll()
      bench.clock.advance(by: max(60, 12 * 3600 - (bench.clock.now().seconds - 1_795_426_200) % (12 * 3600)) - 3600)
      weather()
      for person in bench.bob.people where random.below(40) == 0 { happen(to: person) }
      if random.below(60) == 0 { join() }
      bench.clock.advance(by: 3600)
    }
    try await poll()
  }

  // MARK: - Polls

  private func poll() async throws {
    changed = []
    let before = truth()
    if random.below(6) == 0, let person = bench.bob.people.randomElement(using: &random) {
      // In the middle of the poll; what is entered then is accounted for at once.
      let deed = deed(for: person)
      interlude.action.withLock { $0 = { bob in if let deed { bob.change(person.id, deed.edit) } } }
      if let deed { pending = (person.id, deed) }
    }
    let poll: Poll
    do { poll = try await watcher.poll(at: bench.clock.now()) } catch is LeaverSourceFailure {
      failures += 1
      settlePending()
      return
    }
    let opened = try office.take(poll, at: bench.clock.now())
    successes += 1
    for request in bench.bob.recorder.requests where request.personalFieldsOfOthers > 0 {
      let id = request.people[0]
      note("read though not leaving", id)
      unfair.append((diary[id] ?? []).suffix(16).map(\.line).joined(separator: "\n"))
    }
    bench.bob.forgetRequests()
    settlePending()
    let after = truth()
    for (id, index) in open {
      episodes[index].wasPolled = true
      if before[id] == true, after[id] == true, !changed.contains(id), !episodes[index].wasSeenGone {
        episodes[index].wasSeenGone = true
        note("seen gone", id)
      }
      if poll.tookBaseline, before[id] == true { episodes[index].isBaseline = true }
    }
    for (id, entry) in last where open[id] == nil && before[id] == false && after[id] == false && !changed.contains(id)
    {
      last[id] = (entry.episode, true)
    }
    for employee in opened { account(employee) }
  }

  private func account(_ id: String) {
    note("a case", id)
    if let index = open[id] {
      episodes[index].cases += 1
    } else if let entry = last[id], let ended = episodes[entry.episode].ended, bench.clock.now() - ended <= 60 {
      // Taken back while the poll was under way.
      episodes[entry.episode].cases += 1
    } else {
      strays += 1
    }
  }

  /// Who is gone by status, as an administrator sees it now.
  private func truth() -> [String: Bool] {
    Dictionary(bench.bob.people.map { ($0.id, $0.status == "terminated") }, uniquingKeysWith: { first, _ in first })
  }

  // MARK: - Bob's weather

  private func weather() {
    guard bench.clock.now() >= outageUntil else { return }
    bench.bob.switches.trouble = nil
    bench.bob.switches.categories = ["root", "work", "lifecycle"]
    bench.bob.switches.audience = .all
    bench.bob.switches.shape = SandboxBob.Switches.Shape.allCases.randomElement(using: &random) ?? .both
    bench.bob.switches.shufflesKeys = random.below(2) == 0
    guard random.below(12) == 0 else { return }
    outageUntil = bench.clock.now() + Int64(random.below(12) * 43_200)
    switch random.below(5) {
    case 0: bench.bob.switches.trouble = .status503
    case 1: bench.bob.switches.trouble = .truncated
    case 2: bench.bob.switches.trouble = .loginPage
    case 3: bench.bob.switches.categories = ["root", "work"]
    default: bench.bob.switches.audience = .nobody
    }
  }

  // MARK: - What happens to people

  private struct Deed {
    enum Meaning { case leaves, stays, rehired, other }
    var meaning: Meaning
    var edit: @Sendable (inout SandboxBob.Person) -> Void
  }

  private var pending: (id: String, deed: Deed)?

  /// What was planned for the middle of a poll has happened, unless the poll had nothing to wait for.
  private func settlePending() {
    guard let (id, deed) = pending else { return }
    pending = nil
    let happened = interlude.action.withLock { stored in
      defer { stored = nil }
      return stored == nil
    }
    if happened { book(deed, of: id) }
  }

  private func happen(to person: SandboxBob.Person) {
    if random.below(50) == 0, person.status == "terminated" {
      note("deleted", person.id)
      bench.bob.delete(person.id)
      return end(person.id)
    }
    guard let deed = deed(for: person) else { return }
    bench.bob.change(person.id, deed.edit)
    book(deed, of: person.id)
  }

  private func deed(for person: SandboxBob.Person) -> Deed? {
    let isLeaving = open[person.id] != nil
    switch (isLeaving, person.status) {
    case (false, _):
      guard random.below(3) == 0 else { return Self.trifle(random.below(4)) }
      let (date, lead) = (day(random.below(80) - 20), random.below(10))
      let lastDay = lead < 4 ? CalendarDate(machine: date).map { dayBefore($0, lead) } : nil
      return Deed(meaning: .leaves) { $0.terminate(on: date, lastDay: lastDay) }
    case (true, "terminated"):
      switch random.below(10) {
      case 0: return Deed(meaning: .stays) { $0.cancelTermination() }
      case 1:
        let date = day(-random.below(5))
        return Deed(meaning: .leaves) { $0.terminate(on: date) }
      case 2:
        let date = day(1 + random.below(20))
        return Deed(meaning: .leaves) { $0.terminate(on: date) }
      case 3...5:
        let (date, keeps) = (day(1 + random.below(40)), random.below(3) == 0)
        return Deed(meaning: .rehired) { $0.rehire(from: date, keepingDate: keeps) }
      default: return nil
      }
    case (true, _):
      guard random.below(2) == 0 else { return Deed(meaning: .stays) { $0.cancelTermination() } }
      let date = day(random.below(40))
      return Deed(meaning: .leaves) { $0.terminate(on: date) }
    }
  }

  /// Changes that mean nothing: another title, a leave, an address.
  private static func trifle(_ number: Int) -> Deed {
    Deed(meaning: .other) { person in
      switch number {
      case 0: person.title = "209190002"
      case 1: person.email = person.email.map { "x\($0)" }
      case 2 where person.planned.isEmpty: (person.status, person.remainsActive) = ("parental leave", false)
      case 3 where person.planned.isEmpty: (person.status, person.remainsActive) = ("employed", nil)
      default: break
      }
    }
  }

  private func book(_ deed: Deed, of id: String) {
    changed.insert(id)
    note("\(deed.meaning)", id)
    switch deed.meaning {
    case .leaves where open[id] == nil: begin(id)
    case .stays, .rehired: end(id)
    case .leaves, .other: break
    }
  }

  private func begin(_ id: String) {
    let start = bench.bob.people.first { $0.id == id }?.startDate
    // Taken back and entered again, and nobody looked in between: the same departure as far as anybody can tell.
    if let entry = last[id], !entry.seenBack, episodes[entry.episode].start == start {
      episodes[entry.episode].ended = nil
      open[id] = entry.episode
      return
    }
    open[id] = episodes.count
    episodes.append(Episode(person: id, start: start, begun: bench.clock.now()))
  }

  private func end(_ id: String) {
    guard let index = open.removeValue(forKey: id) else { return }
    episodes[index].ended = bench.clock.now()
    last[id] = (index, false)
  }

  private func join() {
    newcomers += 1
    bench.bob.add(
      SandboxBob.Person(
        id: "99000000000000\(10_000 + newcomers)", displayName: "New Comer", email: "new\(newcomers)@acme.example",
        startDate: day(0), site: "harbour"))
  }

  private func note(_ what: String, _ id: String) {
    let person = bench.bob.people.first { $0.id == id }
    let looks = "\(person?.status ?? "-") \(person?.terminationDate ?? "-") since \(person?.startDate ?? "-")"
    let now = bench.clock.now()
    diary[id, default: []].append((now, "\(now.iso8601) \(what): \(looks)"))
  }

  /// What happened to somebody around an episode.
  func story(of episode: Episode) -> String {
    let end = episode.ended ?? bench.clock.now()
    let lines = (diary[episode.person] ?? []).filter {
      $0.at >= episode.begun + Int64(-60 * 86_400) && $0.at <= end + 60
    }
    return lines.suffix(16).map(\.line).joined(separator: "\n")
  }

  private func day(_ offset: Int) -> String {
    CalendarDate(daysSince1970: bench.clock.now().date.daysSince1970 + Int64(offset)).description
  }

  private func dayBefore(_ date: CalendarDate, _ days: Int) -> String {
    CalendarDate(daysSince1970: date.daysSince1970 - Int64(days)).description
  }

  /// Whoever was gone at the beginning is an episode too.
  func beginAll() {
    for person in bench.bob.people where person.status == "terminated" { begin(person.id) }
  }
}
