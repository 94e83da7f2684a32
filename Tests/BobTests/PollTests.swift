import Bob
import Delivery
import Mail
import Sandbox
import Synchronization
import Testing

@Suite("A poll")
struct PollTests {
  private let company = SandboxBob.company(size: 40, leavers: 3)
  private var leaver: String { SandboxBob.leaverIDs(in: company, leavers: 3)[0] }

  @Test("The first contact takes the baseline and mails nobody")
  func baseline() async throws {
    let bench = Bench(company)
    let poll = try await bench.poll()
    #expect(poll.tookBaseline)
    #expect(poll.people == 40)
    #expect(poll.sightings.isEmpty)
    #expect(bench.log.handled().count == company.count { $0.status == "terminated" })
    #expect(bench.log.handled().values.allSatisfy { $0.reason == .baseline && $0.departure.start == nil })
    #expect(bench.bob.recorder.requests.count == 1)
    #expect(try await !bench.poll().tookBaseline)
  }

  @Test("A leaver after the baseline is reported once, with the facts resolved")
  func leaver() async throws {
    let bench = Bench(company)
    try await bench.poll()
    bench.bob.change(leaver) {
      $0.title = "209190003"
      $0.department = "209192163"
    }
    bench.bob.terminate(leaver, on: Bench.today)
    let poll = try await bench.poll()
    let reported = try #require(poll.leavers.first)
    let person = try #require(bench.bob.people.first { $0.id == leaver })
    #expect(poll.leavers.count == 1)
    #expect(reported.employee == leaver)
    #expect(reported.holds == [])
    #expect(reported.reading.problems == [])
    #expect(
      reported.reading.facts
        == LeaverFacts(
          name: person.displayName ?? "", title: "Bell Ringer", department: "Product Design",
          start: CalendarDate(machine: person.startDate ?? ""), end: CalendarDate(machine: Bench.today),
          workEmail: person.email))
    #expect(try await bench.poll().sightings.isEmpty)
  }

  @Test("Only reads are made, and nothing personal is asked of people who have not left")
  func onlyReads() async throws {
    let bench = Bench(company)
    try await bench.poll()
    for id in SandboxBob.leaverIDs(in: company, leavers: 3) { bench.bob.terminate(id, on: Bench.today) }
    #expect(try await bench.poll().leavers.count == 3)
    bench.bob.bringBack(leaver)
    #expect(try await bench.poll().kinds == ["returned"])
    let recorder = bench.bob.recorder
    #expect(recorder.outsideReads == [])
    #expect(recorder.personalFieldsRequestedForNonLeavers == 0)
    let step1 = ["root.id", "internal.lifecycleStatus", "internal.terminationDate"]
    let searches = recorder.requests.filter { $0.path == "/v1/people/search" }.map(\.fields)
    // Everybody three times, and who has the address of each of three.
    #expect(searches.count { $0 == step1 } == 3 && searches.count { $0 == ["root.id"] } == 3 && searches.count == 6)
    let asked = Set(recorder.requests.flatMap(\.fields))
    #expect(
      asked
        == Set(step1 + ["root.displayName", "root.email", "work.title", "work.department", "work.startDate"]))
  }

  @Test("The recorder would notice a name asked of somebody who has not left")
  func recorderNotices() async throws {
    let bench = Bench(company)
    let id = try #require(EmployeeID(leaver))
    _ = try await bench.client.collect(.person(id, .reference))
    #expect(bench.bob.recorder.personalFieldsRequestedForNonLeavers == 5)
  }

  @Test(
    "Every person is read twice, the wait lying between all first and all second looks, which begin with the status")
  func twice() async throws {
    let counts = Mutex<[Int]>([])
    let bench = Bench(
      company, whenSleeping: { bob in counts.withLock { $0.append(bob.recorder.requests.count) } })
    try await bench.poll()
    bench.bob.forgetRequests()
    for id in SandboxBob.leaverIDs(in: company, leavers: 3) { bench.bob.terminate(id, on: Bench.today) }
    try await bench.poll()
    #expect(counts.withLock { $0 } == [4])
    #expect(bench.bob.recorder.count("POST", "/v1/people/\(leaver)") == 3)
    #expect(bench.clock.now() - Bench.noon == 20)
  }

  @Test(
    "The triggers are compared without case, spaces, _ and -",
    arguments: [
      ("Terminated", true), ("TERMINATED", true), (" terminated ", true), ("off-boarded", true),
      ("Off_Boarded", true),
      ("garden leave", false), ("parental leave", false), ("terminated soon", false), ("", false),
    ])
  func triggers(status: String, isLeaver: Bool) async throws {
    let bench = Bench(company)
    try await bench.poll()
    bench.bob.change(leaver) {
      $0.status = status
      $0.terminationDate = Bench.today
    }
    #expect(try await bench.poll().leavers.count == (isLeaver ? 1 : 0))
  }

  @Test("Garden leave counts when the configuration says so")
  func gardenLeave() async throws {
    let bench = Bench(company, rules: WatchRules(triggers: [.terminated, .gardenLeave]))
    try await bench.poll()
    bench.bob.change(leaver) { $0.status = "Garden leave" }
    #expect(try await bench.poll().leavers.count == 1)
  }

  @Test("A termination date that moves after the case is reported once, as moved")
  func moved() async throws {
    let bench = Bench(company)
    try await bench.poll()
    bench.bob.terminate(leaver, on: Bench.today)
    try await bench.poll()
    bench.bob.terminate(leaver, on: "2026-11-22")
    let poll = try await bench.poll()
    #expect(poll.kinds == ["moved"])
    guard case .terminationMoved(let departure, let caseID) = try #require(poll.sightings.first) else {
      return
    }
    #expect(caseID != nil)
    #expect(bench.log.handled()[departure.person]?.departure == departure)
    #expect(try await bench.poll().sightings.isEmpty)
  }

  @Test("A date that was missing and is filled in is no move")
  func filledIn() async throws {
    let bench = Bench(company)
    try await bench.poll()
    bench.bob.terminate(leaver, on: nil)
    let first = try await bench.poll()
    #expect(first.leavers.first?.reading.facts.end == nil)
    bench.bob.terminate(leaver, on: Bench.today)
    #expect(try await bench.poll().sightings.isEmpty)
    #expect(try await bench.poll().sightings.isEmpty)
  }

  @Test("A cancelled termination is reported as returned and forgotten, so that the next one counts")
  func returned() async throws {
    let bench = Bench(company)
    try await bench.poll()
    bench.bob.terminate(leaver, on: Bench.today)
    try await bench.poll()
    bench.bob.bringBack(leaver)
    let poll = try await bench.poll()
    #expect(poll.kinds == ["returned"])
    guard case .returned(let person, let caseID) = try #require(poll.sightings.first) else { return }
    #expect(caseID != nil)
    #expect(bench.log.handled()[person] == nil)
    #expect(try await bench.poll().sightings.isEmpty)
    bench.bob.terminate(leaver, on: "2026-12-01")
    #expect(try await bench.poll().leavers.count == 1)
  }

  @Test("A stale read that shows the old status for a moment revokes nothing and issues nothing twice")
  func staleReturn() async throws {
    let id = leaver
    let bench = Bench(company, whenSleeping: { bob in bob.terminate(id, on: Bench.today) })
    try await bench.poll()
    bench.bob.terminate(leaver, on: Bench.today)
    try await bench.poll()
    bench.bob.bringBack(leaver)
    #expect(try await bench.poll().sightings.isEmpty)
    #expect(try await bench.poll().sightings.isEmpty)
  }

  @Test("A status that Bob does not hold says nothing about a handled leaver")
  func statusNull() async throws {
    let bench = Bench(company)
    try await bench.poll()
    bench.bob.terminate(leaver, on: Bench.today)
    try await bench.poll()
    bench.bob.change(leaver) { $0.status = nil }
    #expect(try await bench.poll().sightings.isEmpty)
  }

  @Test("A rehire that leaves again between two polls is a new departure")
  func rehireUnseen() async throws {
    let bench = Bench(company)
    try await bench.poll()
    bench.bob.terminate(leaver, on: Bench.today)
    try await bench.poll()
    bench.bob.bringBack(leaver, startingOn: "2026-12-01")
    bench.bob.terminate(leaver, on: "2027-03-01")
    #expect(try await bench.poll().leavers.first?.reading.facts.start == CalendarDate(machine: "2026-12-01"))
  }

  @Test(
    "Somebody of the baseline whose date is corrected is not mailed; one hired since is",
    arguments: [
      (nil, 0), ("2026-12-10", 1),
    ])
  func baselineMoves(start: String?, leavers: Int) async throws {
    let bench = Bench(company)
    try await bench.poll()
    let gone = try #require(company.first { $0.status == "terminated" })
    if let start { bench.bob.bringBack(gone.id, startingOn: start) }
    bench.bob.terminate(gone.id, on: "2026-12-20")
    let poll = try await bench.poll()
    #expect(poll.leavers.count == leavers)
    if case .terminationMoved(_, let caseID)? = poll.sightings.first { #expect(caseID == nil) }
    #expect(try await bench.poll().sightings.isEmpty)
  }

  @Test("A departure no longer there at the second look is passed over")
  func gone() async throws {
    let id = leaver
    let bench = Bench(company, whenSleeping: { bob in bob.bringBack(id) })
    try await bench.poll()
    bench.bob.terminate(leaver, on: Bench.today)
    #expect(try await bench.poll().sightings.isEmpty)
  }

  @Test("A person deleted between the two steps is passed over")
  func deleted() async throws {
    let id = leaver
    let bench = Bench(company, whenSleeping: { bob in bob.delete(id) })
    try await bench.poll()
    bench.bob.terminate(leaver, on: Bench.today)
    #expect(try await bench.poll().sightings.isEmpty)
  }

  @Test("Differing reads wait for the next poll, and are held if they go on differing")
  func flapping() async throws {
    let bench = Bench(company)
    try await bench.poll()
    bench.bob.terminate(leaver, on: Bench.today)
    bench.bob.switches.unsteady = [leaver]
    #expect(try await bench.poll().sightings.isEmpty)
    #expect(try await bench.poll().sightings.isEmpty)
    #expect(try await bench.poll().leavers.first?.holds == [.unstableRead])
  }

  @Test("Reads that settle are reported without a hold")
  func settling() async throws {
    let bench = Bench(company)
    try await bench.poll()
    bench.bob.terminate(leaver, on: Bench.today)
    bench.bob.switches.unsteady = [leaver]
    #expect(try await bench.poll().sightings.isEmpty)
    bench.bob.switches.unsteady = []
    #expect(try await bench.poll().leavers.first?.holds == [])
  }

  @Test("Five thousand people are polled in one answer")
  func large() async throws {
    let many = SandboxBob.company(size: 5000, leavers: 2)
    let bench = Bench(many)
    try await bench.poll()
    for id in SandboxBob.leaverIDs(in: many, leavers: 2) { bench.bob.terminate(id, on: Bench.today) }
    let poll = try await bench.poll()
    #expect(poll.people == 5000)
    #expect(poll.leavers.count == 2)
    #expect(bench.bob.recorder.personalFieldsRequestedForNonLeavers == 0)
  }
}
