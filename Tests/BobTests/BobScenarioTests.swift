import Delivery
import Mail
import Sandbox
import Testing

@Suite("Scenario files of the stand-in")
struct BobScenarioTests {
  private func flaws(_ yaml: String) -> [String] {
    do throws(BobScenario.Flaws) {
      _ = try BobScenario(yaml: yaml, now: 1_795_435_200)
      return []
    } catch { return error.all.map(\.description) }
  }

  @Test("The example is one")
  func example() throws {
    let scenario = try BobScenario(yaml: BobScenario.example)
    #expect(scenario.people.map(\.name) == ["amber", "borin"])
    #expect(scenario.crowd.count == 40 && scenario.speed == 3600)
    #expect(scenario.story.count == 8)
    #expect(scenario.start == 1_795_420_800)
  }

  @Test(
    "A mistake names its line and the way out",
    arguments: [
      ("people: {amber: {nam: x}}", "line 1: amber: there is no key nam"),
      ("people: {}\nstory: [{at: day 1}]", "line 2: story: a line needs `who`"),
      ("people: {}\nstory: [{who: amber}]", "line 2: story: a line needs `at`"),
      (
        "people: {}\nstory:\n  - {at: day 1, who: amber, stays: true}",
        "line 3: story: nobody under `people` is called amber"
      ),
      ("people: {}\nstory: [{at: tomorrow, token: x}]", "line 2: a moment is written"),
      ("switches: {shape: round}", "line 1: switches: shape must be both, nested, slash, slash-unboxed"),
      ("switches: {color: red}", "line 1: switches: there is no key color"),
      ("sites: {moon: Moon/Base}", "line 1: sites: moon must be an IANA time zone"),
      ("clock: {speed: 0}", "line 1: clock: speed must be 1 to 1000000"),
      ("company: {size: 5, leavers: 6}", "line 1: company: size is 0 to 200000"),
      ("lists: {title: [{id: 1}]}", "line 1: lists: an item needs id and name"),
      ("people: {amber: {}}\nstory: [{at: day 1, who: amber, stays: perhaps}]", "line 2: stays must be true or false"),
      ("people: [", "is no YAML"),
    ])
  func mistakes(yaml: String, words: String) {
    let found = flaws(yaml)
    #expect(found.count == 1 && found[0].contains(words), "\(found)")
  }

  @Test("Every switch has a sentence, and takes no value it does not know")
  func switches() {
    for setting in BobSetting.all {
      #expect(!setting.about.isEmpty)
      #expect(!flaws("switches: {\(setting.name): {no: such}}").isEmpty, "\(setting.name)")
    }
    #expect(Set(BobSetting.all.map(\.name)).count == BobSetting.all.count)
  }

  @Test("A status comes at the midnight of its site, dates early or on the day, stale replicas lag behind")
  func time() throws {
    let now = ManualClock(Bench.noon)
    let bob = SandboxBob(
      scenario: try BobScenario(
        yaml: """
          clock: {start: 2026-11-23 12:00}
          sites: {island: Pacific/Auckland}
          people: {amber: {site: island}}
          story: [{at: day 0 12:01, who: amber, leaves: day 1}]
          """), now: { now.now().seconds })
    func amber() -> (String?, String?) { (bob.people[0].status, bob.people[0].terminationDate) }
    #expect(amber() == ("employed", nil))
    now.advance(by: 60)
    // It is past midnight there already.
    #expect(amber() == ("terminated", "2026-11-24"))
    bob.change(bob.people[0].id) { $0.terminate(on: "2026-11-30") }
    #expect(amber() == ("employed", "2026-11-30"))
    bob.switches.showsDatesEarly = false
    #expect(amber() == ("employed", nil))
    now.advance(by: 6 * 86_400)
    #expect(amber() == ("terminated", "2026-11-30"))
  }

  @Test("A script turns switches, all or none, puts the clock forward and rotates the token")
  func control() throws {
    let bob = SandboxBob(scenario: try BobScenario(yaml: BobScenario.example), now: { 0 })
    func post(_ target: String, _ body: String = "") -> Int {
      bob.reply(
        method: "POST", target: "/sandbox/\(target)", authorization: nil, contentType: "application/json",
        body: Array(body.utf8)
      ).status
    }
    #expect(post("switches", #"{"shape": "nested", "rate_limit": 7, "trouble": "503"}"#) == 200)
    #expect(bob.switches.shape == .nestedOnly && bob.switches.limit == 7 && bob.switches.trouble == .status503)
    #expect(post("switches", #"{"shape": "both", "colour": 1}"#) == 400)
    #expect(bob.switches.shape == .nestedOnly)
    #expect(post("switches", #"{"trouble": null}"#) == 200)
    let before = bob.moment
    #expect(post("clock?advance=86400") == 200)
    #expect(bob.moment == before + 86_400)
    #expect(post("token?value=fresh") == 200)
    let reply = bob.reply(
      method: "GET", target: "/v1/company/people/fields", authorization: SandboxBob.basic("SERVICE-1234", "fresh"),
      contentType: nil, body: [])
    #expect(reply.status == 200)
    #expect(post("leave/\(bob.people[0].id)?date=2026-12-24") == 200)
    #expect(bob.people[0].terminationDate == "2026-12-24" && bob.people[0].status == "employed")
    #expect(bob.recorder.requests.count == 1)
  }

  @Test("Named lists in three shapes, lifecycle tables whole, current, wrapped, empty, and cursors that lead astray")
  func shapes() throws {
    let bob = SandboxBob(people: SandboxBob.company(size: 5))
    bob.change(bob.people[0].id) { $0.terminate(on: "2020-01-01") }
    func get(_ target: String) -> String {
      String(
        decoding: bob.reply(
          method: "GET", target: "/v1/\(target)", authorization: SandboxBob.basic("SERVICE-1234", "sandbox-token"),
          contentType: nil, body: []
        ).body, as: UTF8.self)
    }
    for (shape, start) in [
      (SandboxBob.Switches.ListsShape.array, "[{\"name\""), (.object, "{\"department\":{"), (.wrapped, "{\"lists\":["),
    ] {
      bob.switches.listsShape = shape
      #expect(get("company/named-lists").hasPrefix(start))
    }
    let table = "people/\(bob.people[0].id)/lifecycle"
    #expect(get(table).contains("employed") && get(table).contains("terminated"))
    bob.switches.seesHistory = false
    #expect(!get(table).contains("employed") && get(table).contains("terminated"))
    bob.switches.restrictsColumns = true
    #expect(get(table).contains("restricted_columns"))
    bob.switches.cursor = .loop
    #expect(get("bulk/people/lifecycle?limit=200").contains("\"next_cursor\":\"0\""))
    bob.switches.cursor = .repeated
    #expect(get("bulk/people/lifecycle?limit=2&cursor=2").contains("\"next_cursor\":\"2\""))
    bob.switches.emptyTables = true
    #expect(get(table).isEmpty)
  }
}
