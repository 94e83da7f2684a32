import Bob
import Delivery
import Mail
import Sandbox
import Testing

@Suite("A healthy-looking answer that must not be believed")
struct BlindTests {
  private let company = SandboxBob.company(size: 30, leavers: 1)
  private var leaver: String { SandboxBob.leaverIDs(in: company, leavers: 1)[0] }

  private func blindness(_ bench: Bench) async -> String? {
    guard case .blind(let advice)? = await bench.failure() else { return nil }
    return advice
  }

  @Test("Everyone means active people: no baseline is taken, and the advice names the setting")
  func everyone() async throws {
    let bench = Bench(company)
    bench.bob.switches.audience = .active
    #expect(try #require(await blindness(bench)).contains("Access data for"))
    #expect(bench.log.baseline() == nil)
    bench.bob.switches.audience = .all
    #expect(try await bench.poll().tookBaseline)
  }

  @Test("Everyone chosen later is noticed, because those who left have vanished")
  func everyoneLater() async throws {
    let bench = Bench(company)
    try await bench.poll()
    bench.bob.switches.audience = .active
    #expect(try #require(await blindness(bench)).contains("Access data for"))
  }

  @Test("One person who has not begun yet shows that inactive people are visible")
  func hiredSuffices() async throws {
    let bench = Bench([
      SandboxBob.Person(id: "1", displayName: nil, email: nil),
      SandboxBob.Person(id: "2", displayName: nil, email: nil, status: "hired"),
    ])
    #expect(try await bench.poll().tookBaseline)
    bench.bob.change("2") { $0.status = "employed" }
    #expect(try await bench.poll().sightings.isEmpty)
  }

  @Test("Leave proves nothing, since people on leave may be active")
  func leaveDoesNot() async throws {
    let bench = Bench([SandboxBob.Person(id: "1", displayName: nil, email: nil, status: "parental leave")])
    #expect(await blindness(bench) != nil)
  }

  @Test(
    "Lifecycle taken away while running is noticed, in every shape",
    arguments: SandboxBob.Switches.Shape.allCases)
  func lifecycleGone(shape: SandboxBob.Switches.Shape) async throws {
    let bench = Bench(company)
    bench.bob.switches.shape = shape
    try await bench.poll()
    bench.bob.switches.categories = ["root", "work"]
    #expect(try #require(await blindness(bench)).contains("no longer shows lifecycle data"))
  }

  @Test(
    "A reference field that is hidden is named with its category",
    arguments: [
      ("work", "category Work"), ("root", "category Basic info"), ("lifecycle", "category Lifecycle"),
    ])
  func hiddenField(category: String, advice: String) async throws {
    let bench = Bench(company)
    try await bench.poll()
    bench.bob.terminate(leaver, on: Bench.today)
    bench.bob.switches.categories.remove(category)
    #expect(try #require(await blindness(bench)).contains(advice))
  }

  @Test("Every shape of record gives the same facts", arguments: SandboxBob.Switches.Shape.allCases)
  func shapes(shape: SandboxBob.Switches.Shape) async throws {
    let bench = Bench(company)
    bench.bob.switches.shape = shape
    bench.bob.switches.numericIDs = shape == .nestedOnly
    bench.bob.switches.wrapsOnePerson = shape == .slashOnly
    bench.bob.switches.humanDates = .monthFirst
    try await bench.poll()
    bench.bob.terminate(leaver, on: Bench.today)
    let reported = try #require(try await bench.poll().leavers.first)
    let person = try #require(bench.bob.people.last)
    #expect(reported.employee == leaver)
    #expect(reported.reading.facts.name == person.displayName)
    #expect(reported.reading.facts.start == CalendarDate(machine: person.startDate ?? ""))
    #expect(reported.reading.facts.title?.isEmpty == false)
    #expect(reported.reading.problems == [])
  }

  @Test(
    "Answers to the search that are no whole list of employees",
    arguments: [
      ("{\"employees\":null}", "no list of employees"), ("{\"employees\":{}}", "no list of employees"),
      ("{}", "no list of employees"), ("{\"people\":[]}", "no list of employees"),
      ("{\"employees\":[1]}", "no list of employees"), ("{\"employees\":[]}", "nobody at all"),
      ("{\"employees\":[", "no whole JSON"), ("{\"employees\":[]} x", "no whole JSON"), ("", "no whole JSON"),
      ("[]", "no whole JSON"), ("<html>", "no whole JSON"),
      (
        "{\"employees\":[{\"internal\":{\"lifecycleStatus\":\"terminated\",\"terminationDate\":null}}]}",
        "category Basic info"
      ),
      (
        "{\"employees\":[{\"id\":\"1/work\",\"internal\":{\"lifecycleStatus\":\"x\",\"terminationDate\":null}}]}",
        "no usable ID"
      ),
      (
        "{\"employees\":[{\"id\":\"1\",\"internal\":{\"lifecycleStatus\":\"terminated\"}}]}", "lifecycle data"
      ),
      ("{\"employees\":[{\"id\":\"1\"}]}", "lifecycle data"),
      ("{\"employees\":[{\"id\":tru}]}", "no whole JSON"),
    ])
  func answers(body: String, advice: String) async throws {
    let bench = Bench(company)
    bench.bob.switches.scripted = [.init(status: 200, body: body)]
    #expect(try #require(await blindness(bench)).contains(advice))
    #expect(bench.log.baseline() == nil)
  }

  @Test("An answer that ends in the middle is not believed, wherever it ends")
  func truncated() async throws {
    let whole =
      "{\"employees\":[{\"id\":\"1\",\"internal\":{\"lifecycleStatus\":\"terminated\",\"terminationDate\":null}}]}"
    for length in 0..<whole.utf8.count {
      let bench = Bench(company)
      bench.bob.switches.scripted = [.init(status: 200, body: String(whole.prefix(length)))]
      #expect(await blindness(bench) != nil)
      #expect(bench.log.baseline() == nil)
    }
    let bench = Bench(company)
    bench.bob.switches.scripted = [.init(status: 200, body: whole)]
    #expect(try await bench.poll().people == 1)
  }

  @Test(
    "The login page is no data, and other statuses are not what a read causes",
    arguments: [
      (200, "text/html; charset=utf-8", "web page"), (200, nil, "web page"),
      (200, "application/javascript", "web page"),
      (204, "application/json", "204"), (302, "text/html", "302"), (400, "application/json", "400"),
      (404, nil, "404"), (418, "application/json", "418"),
    ] as [(Int, String?, String)])
  func statuses(status: Int, type: String?, advice: String) async throws {
    let bench = Bench(company)
    let body =
      "{\"employees\":[{\"id\":\"1\",\"internal\":{\"lifecycleStatus\":\"terminated\",\"terminationDate\":null}}]}"
    bench.bob.switches.scripted = [.init(status: status, contentType: type, body: body)]
    #expect(try #require(await blindness(bench)).contains(advice))
  }

  @Test("Another person's record than was asked for is not believed")
  func otherPerson() async throws {
    let bench = Bench(company)
    try await bench.poll()
    let id = try #require(EmployeeID(leaver))
    #expect(try await bench.client.collect(.person(id, .status)) != nil)
    bench.bob.switches.scripted = [
      .init(
        status: 200,
        body: "{\"id\":\"7\",\"internal\":{\"lifecycleStatus\":\"terminated\",\"terminationDate\":null}}")
    ]
    await #expect(throws: LeaverSourceFailure.self) { try await bench.watcher.reread(employee: leaver, known: nil) }
  }

  @Test("No advice carries anything personal")
  func advice() async throws {
    let bench = Bench(company)
    bench.bob.switches.categories = ["lifecycle", "root"]
    try await bench.poll()
    bench.bob.terminate(leaver, on: Bench.today)
    let advice = try #require(await blindness(bench))
    let person = try #require(bench.bob.people.last)
    for text in [person.displayName, person.email, person.id, person.title] {
      #expect(!advice.contains(try #require(text)))
    }
  }
}
