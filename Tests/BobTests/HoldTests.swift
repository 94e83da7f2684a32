import Bob
import Delivery
import Mail
import Sandbox
import Testing

@Suite("What the watcher holds, waits for and leaves open")
struct HoldTests {
  private let company = SandboxBob.company(size: 40, leavers: 6)
  private var leavers: [String] { SandboxBob.leaverIDs(in: company, leavers: 6) }

  private func leave(_ bench: Bench, _ count: Int, on date: String = Bench.today) async throws -> Poll {
    try await bench.poll()
    for id in leavers.prefix(count) { bench.bob.terminate(id, on: date) }
    return try await bench.poll()
  }

  @Test(
    "A departure is too old after max_age days, by the organisation's day",
    arguments: [
      ("2026-10-24", [HoldReason]()), ("2026-10-23", [.tooOld]), ("2016-01-01", [.tooOld]),
      ("2027-01-01", []),
    ])
  func tooOld(date: String, holds: [HoldReason]) async throws {
    #expect(try await leave(Bench(company), 1, on: date).leavers.first?.holds == holds)
  }

  @Test(
    "The organisation's zone decides which day it is",
    arguments: [
      ("UTC", [HoldReason]()), ("Pacific/Auckland", [.tooOld]),
    ])
  func zone(name: String, holds: [HoldReason]) async throws {
    let zone = try #require(OrganisationZone(name))
    let bench = Bench(company, rules: WatchRules(zone: zone))
    #expect(try await leave(bench, 1, on: "2026-10-24").leavers.first?.holds == holds)
  }

  @Test("More new leavers than surge_limit are all held", arguments: [(5, [HoldReason]()), (6, [.surge])])
  func surge(count: Int, holds: [HoldReason]) async throws {
    let poll = try await leave(Bench(company, rules: WatchRules(surgeLimit: 5)), count)
    #expect(poll.leavers.count == count)
    #expect(poll.leavers.allSatisfy { $0.holds == holds })
  }

  @Test("With approval: all every leaver waits, and the more telling reason comes first")
  func approval() async throws {
    let rules = WatchRules(surgeLimit: 0, approvesAll: true)
    let poll = try await leave(Bench(company, rules: rules), 1, on: "2020-01-01")
    #expect(poll.leavers.first?.holds == [.tooOld, .surge, .approval])
  }

  @Test("lead_days notices a date that stayed the same for a day, and the status later adds nothing")
  func leadDays() async throws {
    let bench = Bench(company, rules: WatchRules(leadDays: 5))
    try await bench.poll()
    let id = leavers[0]
    bench.bob.change(id) { $0.terminationDate = "2026-11-27" }
    #expect(try await bench.poll().sightings.isEmpty)
    bench.clock.advance(by: 86_399)
    #expect(try await bench.poll().sightings.isEmpty)
    bench.clock.advance(by: 1)
    #expect(try await bench.poll().leavers.count == 1)
    for _ in 0..<4 {
      #expect(try await bench.poll().sightings.isEmpty)
      bench.clock.advance(by: 86_400)
    }
    bench.bob.terminate(id, on: "2026-11-27")
    #expect(try await bench.poll().sightings.isEmpty)
  }

  @Test(
    "A date that moves inside lead_days starts the day anew; one outside is not looked at",
    arguments: [
      ("2026-11-28", 0), ("2026-12-20", 0), ("2026-11-20", 0), ("2026-11-27", 1),
    ])
  func leadMoves(second: String, reported: Int) async throws {
    let bench = Bench(company, rules: WatchRules(leadDays: 5))
    try await bench.poll()
    bench.bob.change(leavers[0]) { $0.terminationDate = "2026-11-27" }
    try await bench.poll()
    bench.clock.advance(by: 86_400)
    bench.bob.change(leavers[0]) { $0.terminationDate = second }
    #expect(try await bench.poll().leavers.count == reported)
  }

  @Test(
    "A leaver noticed by the date whose date is put off is moved, and whose date is withdrawn has returned")
  func leadPutOff() async throws {
    let bench = Bench(company, rules: WatchRules(leadDays: 5))
    try await bench.poll()
    bench.bob.change(leavers[0]) { $0.terminationDate = "2026-11-27" }
    try await bench.poll()
    bench.clock.advance(by: 86_400)
    #expect(try await bench.poll().kinds == ["left"])
    bench.bob.forgetRequests()
    bench.bob.change(leavers[0]) { $0.terminationDate = "2027-02-01" }
    #expect(try await bench.poll().kinds == ["moved"])
    #expect(bench.bob.recorder.personalFieldsRequestedForNonLeavers == 0)
    bench.bob.change(leavers[0]) { $0.terminationDate = nil }
    #expect(try await bench.poll().kinds == ["returned"])
  }

  @Test("Without lead_days a date alone is nothing")
  func dateAlone() async throws {
    let bench = Bench(company)
    try await bench.poll()
    bench.bob.change(leavers[0]) { $0.terminationDate = Bench.today }
    #expect(try await bench.poll().sightings.isEmpty)
  }

  @Test("since at the first contact lets recent departures through and takes the rest as baseline")
  func sinceAtFirstContact() async throws {
    let bench = Bench(company, rules: WatchRules(since: CalendarDate(machine: "2026-11-01")))
    bench.bob.terminate(leavers[0], on: "2026-11-01")
    bench.bob.terminate(leavers[1], on: "2026-10-31")
    bench.bob.terminate(leavers[2], on: nil)
    let poll = try await bench.poll()
    #expect(poll.tookBaseline)
    #expect(poll.leavers.map(\.employee) == [leavers[0]])
    #expect(try await bench.poll().sightings.isEmpty)
  }

  @Test("since after the baseline backfills, once")
  func sinceLater() async throws {
    let bench = Bench(company)
    bench.bob.terminate(leavers[0], on: "2026-11-01")
    try await bench.poll()
    let backfill = Watcher(
      client: bench.client, log: bench.log, rules: WatchRules(since: CalendarDate(machine: "2026-10-01")),
      marks: Marks(key: PlainKey(), company: "acme.example"), clock: bench.clock, sleep: { _ in })
    let poll = try await backfill.poll(at: bench.clock.now())
    #expect(poll.leavers.map(\.employee) == [leavers[0]])
    for case .left(let departure, _, _, _, _) in poll.sightings {
      bench.log.openCase(departure, at: bench.clock.now())
    }
    #expect(try await backfill.poll(at: bench.clock.now()).sightings.isEmpty)
  }

  @Test(
    "List items: the name Bob gives, else the list's, never a number",
    arguments: [
      ("209190001", true, "Lighthouse Keeper"), ("209190001", false, "Lighthouse Keeper"),
      ("209190003", false, "Bell Ringer"), ("Designer", false, "Designer"), ("404404404", true, nil),
      ("404404404", false, nil), ("No such item", false, nil),
    ] as [(String, Bool, String?)])
  func listItems(id: String, humanReadable: Bool, name: String?) async throws {
    let bench = Bench(company)
    bench.bob.switches.withoutHumanReadable = !humanReadable
    bench.bob.change(leavers[0]) { $0.title = id }
    let reading = try #require(try await leave(bench, 1).leavers.first?.reading)
    #expect(reading.facts.title == name)
    #expect(reading.problems == (name == nil ? [.unresolvedList] : []))
  }

  @Test("A list that may not be read leaves the item unresolved and the poll whole")
  func closedList() async throws {
    let bench = Bench(company)
    bench.bob.lists["title"] = nil
    bench.bob.switches.withoutHumanReadable = true
    #expect(try await leave(bench, 1).leavers.first?.reading.problems == [.unresolvedList])
  }

  @Test("Empty values stay empty: no title, no department, no address, no name, no date")
  func empty() async throws {
    let bench = Bench(company)
    bench.bob.change(leavers[0]) {
      ($0.title, $0.department, $0.email, $0.displayName, $0.startDate) = (nil, nil, nil, nil, nil)
    }
    let reading = try #require(try await leave(bench, 1).leavers.first?.reading)
    let end = CalendarDate(machine: Bench.today)
    #expect(
      reading.facts
        == LeaverFacts(name: "", title: nil, department: nil, start: nil, end: end, workEmail: nil))
    #expect(reading.problems == [])
  }

  @Test(
    "Dates count in the machine form only",
    arguments: [
      ("2019-02-28", true), ("2020-02-29", true), ("2019-02-29", false), ("08/09/2019", false),
      ("2019-09-08T00:00:00", false), ("2019-9-8", false), ("", false),
    ])
  func dates(text: String, isDate: Bool) async throws {
    let bench = Bench(company)
    bench.bob.change(leavers[0]) { $0.startDate = text }
    let facts = try #require(try await leave(bench, 1).leavers.first?.reading.facts)
    #expect((facts.start != nil) == isDate)
  }

  @Test(
    "An address is handed on exactly as Bob gave it, attempts at injection included",
    arguments: [
      "galen@acme.example\r\nBcc: all@acme.example", "Galen <galen@acme.example>", "GALEN@ACME.EXAMPLE.sbx",
      "gälen@acmé.example", String(repeating: "a", count: 400) + "@acme.example",
    ])
  func address(text: String) async throws {
    let bench = Bench(company)
    bench.bob.change(leavers[0]) { $0.email = text }
    #expect(try await leave(bench, 1).leavers.first?.reading.facts.workEmail == text)
  }

  @Test(
    "A name comes on one line; an overlong value is held as unprintable",
    arguments: [
      ("Hesper\r\n  Hazelgrave\u{0}\u{2028}", "Hesper Hazelgrave", [HoldReason]()),
      ("=HYPERLINK(\"<b>\")", "=HYPERLINK(\"<b>\")", []), ("\u{5D2}\u{202E}x", "\u{5D2}\u{202E}x", []),
      (String(repeating: "n", count: 5000), "", [.unprintable]),
    ])
  func name(text: String, shown: String, problems: [HoldReason]) async throws {
    let bench = Bench(company)
    bench.bob.change(leavers[0]) { $0.displayName = text }
    let reading = try #require(try await leave(bench, 1).leavers.first?.reading)
    #expect(reading.facts.name == shown)
    #expect(reading.problems == problems)
  }

  @Test("A single person is read again for a released case")
  func reread() async throws {
    let bench = Bench(company)
    try await bench.poll()
    bench.bob.terminate(leavers[0], on: Bench.today)
    let reading = try await bench.watcher.reread(employee: leavers[0], known: nil)
    #expect(reading.facts.workEmail == bench.bob.people.first { $0.id == leavers[0] }?.email)
    bench.bob.switches.unsteady = [leavers[0]]
    #expect(try await bench.watcher.reread(employee: leavers[0], known: nil).problems.first == .unstableRead)
    await #expect(throws: LeaverSourceFailure.self) { try await bench.watcher.reread(employee: "1", known: nil) }
    await #expect(throws: LeaverSourceFailure.self) {
      try await bench.watcher.reread(employee: "../people", known: nil)
    }
  }
}
