import Delivery
import Mail
import Sandbox
import Testing

@testable import Bob

@Suite("What the rules mean, said in sentences")
struct WatchRulesTests {
  @Test(
    "Each decision has its sentence",
    arguments: [
      (WatchRules(), "will issue when Bob says offboarded or terminated"),
      (WatchRules(), "garden leave is no departure yet"),
      (WatchRules(), "will not issue by a termination date alone"),
      (WatchRules(), "more than 30 days old"), (WatchRules(), "more than 25 new ones"),
      (WatchRules(), "without asking anybody"), (WatchRules(), "unless run with --since"),
      (WatchRules(triggers: [.terminated, .gardenLeave]), "will issue when Bob says gardenleave or terminated"),
      (WatchRules(leadDays: 3), "from 3 days before the termination date"),
      (WatchRules(leadDays: 3), "nobody changes the status"),
      (WatchRules(approvesAll: true), "until a person releases it"),
      (WatchRules(excluded: ExcludedDepartments(["Sales", "IT"])), "will make no case for leavers of it, sales"),
      (WatchRules(since: CalendarDate(machine: "2026-01-31")), "if they left on 2026-01-31 or later"),
    ])
  func sentences(rules: WatchRules, words: String) {
    #expect(rules.sentences.contains { $0.contains(words) })
  }

  @Test("With garden leave as a trigger nothing is said of its being none")
  func gardenLeave() {
    #expect(!WatchRules(triggers: [.gardenLeave]).sentences.contains { $0.contains("no departure yet") })
  }

  @Test(
    "Departments are compared by name or ID, without case and outer space",
    arguments: [
      ("Sales", nil, true), (" sales ", "17", true), ("Sales  East", nil, false), (nil, "209", true), (nil, nil, false),
      ("", "", false),
    ] as [(String?, String?, Bool)])
  func departments(name: String?, id: String?, isExcluded: Bool) {
    #expect(ExcludedDepartments(["SALES", "209"]).contains(name: name, id: id) == isExcluded)
  }

  @Test(
    "A work e-mail stands in a search only if it can be nothing but a value",
    arguments: [
      ("ada@acme.example", true), ("ädä@äcme.example", true), ("a\"b@acme.example", false), ("a\\@acme.example", false),
      ("a b@acme.example", false), ("a@acme.example\r\n", false), ("nobody", false), ("", false),
      (String(repeating: "a", count: 309) + "@a.example", true),
      (String(repeating: "a", count: 312) + "@a.example", false),
    ])
  func workEmail(text: String, isOne: Bool) {
    #expect((WorkEmail(text) != nil) == isOne)
    if let email = WorkEmail(text) { #expect(!"\(email)".contains("acme")) }
  }
}

@Suite("Asking no more than Bob bears")
struct ForbearanceTests {
  private let company = SandboxBob.company(size: 60, leavers: 40)

  @Test("Forbidden lists are asked once, however many leavers there are, and again after an hour")
  func closedLists() async throws {
    let bench = Bench(company)
    bench.bob.switches.seesLists = false
    bench.bob.switches.withoutHumanReadable = true
    try await bench.poll()
    for id in SandboxBob.leaverIDs(in: company, leavers: 39) { bench.bob.terminate(id, on: Bench.today) }
    #expect(try await bench.poll().leavers.count == 39)
    func lists() -> Int { bench.bob.recorder.requests.count { $0.path.contains("named-lists") } }
    #expect(lists() == 1)
    #expect(bench.bob.worstRunOfRefusals == 1)
    bench.clock.advance(by: 3600)
    bench.bob.terminate(SandboxBob.leaverIDs(in: company, leavers: 40)[0], on: Bench.today)
    try await bench.poll()
    #expect(lists() == 2)
  }

  @Test("More leavers than one poll asks for have their turn in the next, whoever cannot be read")
  func turns() async throws {
    let many = SandboxBob.company(size: 200, leavers: 130)
    let bench = Bench(many)
    try await bench.poll()
    let leavers = SandboxBob.leaverIDs(in: many, leavers: 130)
    for id in leavers { bench.bob.terminate(id, on: Bench.today) }
    // The first of them never.
    (bench.bob.switches.trouble, bench.bob.switches.troubleOn) = (.status500, .person)
    bench.bob.switches.troubleFor = Set(leavers.prefix(10))
    var counts: [Int] = []
    var waiting: [Int] = []
    for _ in 0..<3 {
      let poll = try await bench.poll()
      counts.append(poll.leavers.count)
      waiting.append(poll.waiting)
    }
    #expect(waiting == [80, 40, 0])
    #expect(counts[0] == 40 && counts.reduce(0, +) == 120)
    // Nobody is left but those: that is trouble with Bob, and no poll takes hours over it.
    let begun = bench.clock.now()
    #expect(await bench.failure() != nil)
    #expect(bench.clock.now() - begun < 900)
    bench.bob.switches.trouble = nil
    #expect(try await bench.poll().leavers.count == 10)
  }

  @Test("A refused token is not sent again, a new one at once")
  func freshToken() async throws {
    let token = TokenFile("old")
    let bench = Bench(company, token: { token.text })
    for _ in 0..<100 { #expect(await bench.failure() != nil) }
    #expect(bench.bob.recorder.requests.count == 1)
    #expect(await !bench.watcher.hasFreshToken())
    token.text = "sandbox-token\n"
    #expect(await bench.watcher.hasFreshToken())
    #expect(try await bench.poll().tookBaseline)
    #expect(await !bench.watcher.hasFreshToken())
  }

  @Test("The stand-in's firewall acts on the fiftieth refusal in ten seconds, for five minutes")
  func firewall() {
    let clock = ManualClock(Bench.noon)
    let bob = SandboxBob(people: company, now: { clock.now().seconds })
    func ask(_ token: String) -> (Int, String?) {
      let reply = bob.reply(
        method: "GET", target: "/v1/company/people/fields", authorization: SandboxBob.basic("SERVICE-1234", token),
        contentType: nil, body: [])
      return (reply.status, reply.headers["content-type"])
    }
    for _ in 0..<49 { #expect(ask("wrong").0 == 401) }
    clock.advance(by: 10)
    for _ in 0..<50 { #expect(ask("wrong").0 == 401) }
    #expect(ask("sandbox-token") == (403, "text/html; charset=utf-8"))
    clock.advance(by: 299)
    #expect(ask("sandbox-token").0 == 403)
    clock.advance(by: 301)
    #expect(ask("sandbox-token").0 == 200)
  }

  @Test("An answer with more people than any company has is not believed")
  func tooMany() throws {
    var plan = PollPlan(
      rules: WatchRules(), marks: Marks(key: PlainKey(), company: ""),
      today: try #require(CalendarDate(machine: "2026-11-23")),
      handled: nil)
    let employee = try Employee(
      json: Array(#"{"id":"1","internal":{"lifecycleStatus":"hired","terminationDate":null}}"#.utf8))
    let glimpse = try #require(Glimpse(employee))
    for _ in 0..<PollPlan.mostPeople { plan.see(glimpse) }
    #expect(plan.blindness == nil)
    plan.see(glimpse)
    #expect(plan.blindness == BobAdvice.tooMuch)
  }
}
