import Bob
import Delivery
import Foundation
import Mail
import Sandbox
import Testing

@Suite("The stand-in of Bob")
struct SandboxBobTests {
  private let bob = SandboxBob(people: SandboxBob.company(size: 10, leavers: 1))

  private func ask(
    _ method: String, _ target: String, _ body: String? = nil,
    authorization: String? = SandboxBob.basic("SERVICE-1234", "sandbox-token"),
    contentType: String? = nil
  ) -> (status: Int, type: String?, text: String, headers: [String: String]) {
    let reply = bob.reply(
      method: method, target: target, authorization: authorization,
      contentType: contentType ?? (body == nil ? nil : "application/json"), body: Array((body ?? "").utf8))
    return (
      reply.status, reply.headers["content-type"], String(decoding: reply.body, as: UTF8.self), reply.headers
    )
  }

  @Test("Credentials: none is an empty 401, wrong ones name tokenNotMatch, both with rate headers")
  func credentials() {
    let none = ask("POST", "/v1/people/search", "{}", authorization: nil)
    #expect(none.status == 401 && none.text.isEmpty && none.headers["x-ratelimit-limit"] == "50")
    let wrong = ask("POST", "/v1/people/search", "{}", authorization: SandboxBob.basic("SERVICE-1234", "x"))
    #expect(wrong.status == 401 && wrong.text.contains("tokenNotMatch"))
  }

  @Test("What is no path answers with the login page and 200; a GET with a Content-Type with 400")
  func paths() {
    let page = ask("GET", "/v1/people/1/variables")
    #expect(page.status == 200 && page.type == "text/html; charset=utf-8")
    #expect(ask("POST", "/v1/people", "{}").type == "text/html; charset=utf-8")
    #expect(ask("GET", "/v1/company/people/fields", contentType: "application/json").status == 400)
    #expect(ask("GET", "/v1/company/people/fields").status == 200)
    #expect(bob.recorder.outsideReads.map(\.path) == ["/v1/people/1/variables", "/v1/people"])
  }

  @Test(
    "A search is refused where Bob refuses it",
    arguments: [
      #"{"filters":[]}"#, #"{"filters":{}}"#,
      #"{"filters":[{"fieldPath":"work.title","operator":"equals","values":["x"]}]}"#,
      #"{"filters":[{"fieldPath":"root.id","operator":"in","values":["x"]}]}"#,
      #"{"filters":[{"fieldPath":"root.id","operator":"equals","values":[]}]}"#,
      #"{"humanReadable":"MAYBE"}"#, "[", "",
      #"{"fields":7}"#,
    ])
  func badSearch(body: String) {
    #expect(ask("POST", "/v1/people/search", body).status == 400)
  }

  @Test("At most 400 fields")
  func manyFields() {
    let list = { (count: Int) in
      "{\"fields\":[" + Array(repeating: "\"root.id\"", count: count).joined(separator: ",") + "]}"
    }
    #expect(ask("POST", "/v1/people/search", list(401)).status == 400)
    #expect(ask("POST", "/v1/people/search", list(400)).status == 200)
  }

  @Test("Inactive people come only when asked for, and only if the audience holds them")
  func inactive() {
    let active = ask("POST", "/v1/people/search", #"{"fields":["root.id","internal.lifecycleStatus"]}"#)
    #expect(!active.text.contains("terminated"))
    let body = #"{"fields":["root.id","internal.lifecycleStatus"],"showInactive":true}"#
    #expect(ask("POST", "/v1/people/search", body).text.contains("terminated"))
    bob.switches.audience = .active
    #expect(!ask("POST", "/v1/people/search", body).text.contains("terminated"))
  }

  @Test("A value comes twice, nulls nested only, human names beside; unknown and forbidden fields not at all")
  func shape() {
    let id = bob.people[0].id
    bob.change(id) { ($0.title, $0.department, $0.startDate) = (nil, "209192163", "2019-09-08") }
    let body =
      #"{"fields":["root.id","work.title","work.department","work.startDate","home.privateEmail","no.such"],"humanReadable":"append"}"#
    #expect(
      ask("POST", "/v1/people/\(id)", body).text
        == #"{"/root/id":{"value":"\#(id)"},"/work/department":{"value":"209192163"},"/work/startDate":{"value":"2019-09-08"},"#
        + #""id":"\#(id)","work":{"title":null,"department":"209192163","startDate":"2019-09-08"},"#
        + #""humanReadable":{"id":"\#(id)","work":{"department":"Product Design","startDate":"08/09/2019"}}}"#
    )
    let replaced = body.replacingOccurrences(of: "append", with: "Replace")
    #expect(ask("POST", "/v1/people/\(id)", replaced).text.contains(#""startDate":"08/09/2019""#))
  }

  @Test("One person by ID or by e-mail; nobody is an empty 404")
  func person() throws {
    let someone = bob.people[1]
    let body = #"{"fields":["root.id"]}"#
    #expect(ask("POST", "/v1/people/\(try #require(someone.email))", body).text.contains(someone.id))
    let nobody = ask("POST", "/v1/people/1", body)
    #expect(nobody.status == 404 && nobody.text.isEmpty)
  }

  @Test("Lists hide archived items unless asked; their names are case-sensitive")
  func lists() {
    #expect(!ask("GET", "/v1/company/named-lists/title").text.contains("Bell Ringer"))
    #expect(ask("GET", "/v1/company/named-lists/title?includeArchived=true").text.contains("Bell Ringer"))
    #expect(ask("GET", "/v1/company/named-lists/Title").status == 404)
  }

  @Test("The lifecycle table of one person and of many, in pages")
  func lifecycle() {
    let gone = bob.people[3]
    #expect(ask("GET", "/v1/people/\(gone.id)/lifecycle").text.contains(#""status":"terminated""#))
    #expect(ask("GET", "/v1/bulk/people/lifecycle?limit=4").text.contains(#""next_cursor":"4""#))
    #expect(ask("GET", "/v1/bulk/people/lifecycle?limit=4&cursor=8").text.contains(#""next_cursor":null"#))
    #expect(ask("GET", "/v1/bulk/people/lifecycle?employeeIds=1").text.contains("MISSING_PERMISSION"))
    #expect(ask("GET", "/v1/bulk/people/lifecycle?limit=201").status == 400)
  }

  @Test("The company is the same for the same seed, and every address is its own")
  func company() {
    #expect(
      SandboxBob.company(size: 50, leavers: 5, seed: 7) == SandboxBob.company(size: 50, leavers: 5, seed: 7))
    #expect(SandboxBob.company(size: 50, seed: 7) != SandboxBob.company(size: 50, seed: 8))
    let people = SandboxBob.company(size: 5000, leavers: 5)
    #expect(Set(people.map(\.id)).count == 5000 && people.allSatisfy { $0.id.count == 19 })
    #expect(Set(people.compactMap(\.email)).count == 5000)
  }

  @Test("A script drives the story without credentials, and none of it is recorded")
  func control() throws {
    let id = bob.people[0].id
    #expect(
      ask("POST", "/sandbox/terminate/\(id)", #"{"date":"2026-11-30"}"#, authorization: nil).status == 200)
    #expect(bob.people[0].status == "terminated" && bob.people[0].terminationDate == "2026-11-30")
    #expect(ask("GET", "/sandbox/people", authorization: nil).text.contains(id))
    #expect(ask("POST", "/sandbox/return/\(id)?start=2027-01-01", "", authorization: nil).status == 200)
    #expect(bob.people[0].startDate == "2027-01-01")
    #expect(ask("POST", "/sandbox/terminate/1", "", authorization: nil).status == 404)
    #expect(ask("GET", "/sandbox/requests", authorization: nil).text.contains(#""outsideReads":0"#))
    #expect(bob.recorder.requests.isEmpty)
  }
}

@Suite("A poll over a socket")
struct SocketTests {
  @Test("From the first contact to a leaver's facts, by libcurl against the served stand-in")
  func whole() async throws {
    let company = SandboxBob.company(size: 2000, leavers: 2)
    let bob = SandboxBob(people: company)
    let port = try await bob.start()
    defer { Task { await bob.stop() } }
    let endpoint = try #require(BobEndpoint(environment: "", baseURL: "http://127.0.0.1:\(port)"))
    let clock = ManualClock(Bench.noon)
    let token = TokenFile("wrong")
    let client = BobClient(
      endpoint: endpoint, serviceUser: "SERVICE-1234", token: { token.text }, exchange: CurlExchange(),
      clock: clock)
    let log = MemoryLog()
    let watcher = Watcher(
      client: client, log: log, rules: WatchRules(), marks: Marks(key: PlainKey(), company: "acme.example"),
      clock: clock, sleep: { _ in })
    await #expect(throws: LeaverSourceFailure.self) { try await watcher.poll(at: clock.now()) }
    token.text = "sandbox-token"
    #expect(try await watcher.poll(at: clock.now()).tookBaseline)
    for id in SandboxBob.leaverIDs(in: company, leavers: 2) { bob.terminate(id, on: Bench.today) }
    let poll = try await watcher.poll(at: clock.now())
    #expect(poll.people == 2000)
    #expect(
      Set(poll.leavers.compactMap(\.reading.facts.workEmail)) == Set(company.suffix(2).compactMap(\.email)))
    let doctor = BobDoctor(client: client, rules: WatchRules(), clock: clock)
    #expect(await doctor.check().allSatisfy { $0.verdict != .failed })
    #expect(bob.recorder.outsideReads == [])
    #expect(bob.recorder.personalFieldsRequestedForNonLeavers == 0)
    await bob.stop()
    let failure = await #expect(throws: LeaverSourceFailure.self) { try await watcher.poll(at: clock.now()) }
    guard case .later = failure else {
      Issue.record("a closed port is trouble for later")
      return
    }
  }
}

@Suite("Bob over TLS")
struct CertificateTests {
  private func client(_ url: String, caFile: String? = nil) throws -> BobClient {
    BobClient(
      endpoint: try #require(BobEndpoint(loopback: url)), serviceUser: "SERVICE-1234", token: { "sandbox-token" },
      exchange: CurlExchange(caFile: caFile), clock: ManualClock(Bench.noon))
  }

  /// A stand-in over TLS, and the file with its certificate.
  private func withDoor(
    named name: String, to bob: SandboxBob, _ body: (_ url: String, _ caFile: String) async throws -> Void
  ) async throws {
    let identity = try SMTPSinkIdentity(names: [name])
    let door = try BobTLSDoor(bob, identity: identity)
    let file = FileManager.default.temporaryDirectory.path + "/bob-\(UUID().uuidString).pem"
    try identity.writeCertificate(to: file)
    defer { try? FileManager.default.removeItem(atPath: file) }
    try await body("https://127.0.0.1:\(door.port)", file)
    await door.stop()
  }

  @Test(
    "A certificate that is not trusted, or is another host's, is refused before anything is asked",
    arguments: [(false, "IP:127.0.0.1", false), (true, "DNS:api.hibob.com", false), (true, "IP:127.0.0.1", true)])
  func certificate(isTrusted: Bool, name: String, isWell: Bool) async throws {
    let bob = SandboxBob(people: SandboxBob.company(size: 20))
    try await withDoor(named: name, to: bob) { url, caFile in
      let watcher = Watcher(
        client: try client(url, caFile: isTrusted ? caFile : nil), log: MemoryLog(), rules: WatchRules(),
        marks: Marks(key: PlainKey(), company: "acme.example"), clock: ManualClock(Bench.noon), sleep: { _ in })
      if isWell {
        #expect(try await watcher.poll(at: Bench.noon).people == 20)
      } else {
        let failure = await #expect(throws: LeaverSourceFailure.self) { try await watcher.poll(at: Bench.noon) }
        #expect(failure?.advice.contains("certificate") == true)
      }
      #expect(bob.recorder.requests.count == (isWell ? 1 : 0))
    }
  }

  @Test("Each trouble on the way looks over TLS as it does in clear", arguments: SandboxBob.Switches.Trouble.allCases)
  func trouble(_ trouble: SandboxBob.Switches.Trouble) async throws {
    let company = SandboxBob.company(size: 20)
    let bob = SandboxBob(people: company)
    bob.switches.trouble = trouble
    let person = try #require(EmployeeID(company[0].id))
    /// The record, or why there is none; not when to ask again, which is drawn.
    func outcome(_ client: BobClient) async -> String {
      do { return String(decoding: try await client.collect(.person(person, .status)) ?? [], as: UTF8.self) } catch {
        return error.advice
      }
    }
    let port = try await bob.start()
    let inClear = await outcome(try client("http://127.0.0.1:\(port)"))
    await bob.stop()
    let passes: Set<SandboxBob.Switches.Trouble> = [.slowHead, .slowBody, .gzip]
    #expect(inClear.contains(company[0].id) == passes.contains(trouble), "\(inClear)")
    try await withDoor(named: "IP:127.0.0.1", to: bob) { url, caFile in
      let overTLS = await outcome(try client(url, caFile: caFile))
      #expect(overTLS == inClear)
    }
  }
}

@Suite("The doctor of Bob")
struct BobDoctorTests {
  private func findings(
    rules: WatchRules = WatchRules(), _ adjust: (SandboxBob) -> Void
  ) async -> [String: BobDoctor.Finding] {
    let bench = Bench(SandboxBob.company(size: 20), rules: rules)
    adjust(bench.bob)
    let found = await BobDoctor(client: bench.client, rules: bench.rules, clock: bench.clock).check()
    #expect(bench.bob.recorder.personalFieldsRequestedForNonLeavers == 0)
    #expect(bench.bob.recorder.outsideReads == [])
    return Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0) })
  }

  @Test("A healthy account, with what stays unproven said plainly")
  func healthy() async {
    let found = await findings { _ in }
    for name in ["credentials", "fields", "lifecycle", "leavers", "reference fields", "lists"] {
      #expect(found[name]?.verdict == .proven)
    }
    for name in ["everybody", "read-only"] { #expect(found[name]?.verdict == .unproven) }
  }

  @Test(
    "A service user that lacks one thing: the sentence names the category or the audience",
    arguments: [
      // What is taken away, the finding, and words of its sentence.
      (Lack.view("root"), "basic info", ["root.id", "category Basic info"]),
      (.view("work"), "field work.title", ["work.title", "category Work"]),
      (.view("work"), "field work.department", ["work.department", "category Work"]),
      (.view("work"), "field work.startDate", ["work.startDate", "category Work"]),
      (.view("lifecycle"), "lifecycle", ["internal.lifecycleStatus", "category Lifecycle"]),
      (.moved("root.email"), "field root.email", ["root.email", "category Personal contact details"]),
      (
        .moved("root.displayName"), "field root.displayName", ["root.displayName", "category Personal contact details"]
      ),
      (.moved("work.title"), "field work.title", ["category Personal contact details"]),
      (.moved("work.startDate"), "field work.startDate", ["category Personal contact details"]),
      (.moved("internal.lifecycleStatus"), "lifecycle", ["category Personal contact details"]),
      (.moved("root.id"), "basic info", ["category Personal contact details"]),
      (.audience(.active), "leavers", ["Access data for", "every lifecycle status"]),
      (.audience(.nobody), "leavers", ["Access data for", "member"]),
      (.audience(.statuses(["employed"])), "leavers", ["Access data for", "every lifecycle status"]),
      (.refusal(.unauthorized), "credentials", ["401", "Service users"]),
      (.refusal(.forbidden), "credentials", ["403", "Permission groups"]),
      (.token, "credentials", ["bob.token_file", "Service users"]),
    ] as [(Lack, String, [String])])
  func lacking(what: Lack, name: String, words: [String]) async {
    let finding = await findings(what.impose)[name]
    #expect(finding?.verdict == .failed)
    for word in words { #expect(finding?.sentence.contains(word) == true, "\(finding?.sentence ?? "none")") }
  }

  /// What a service user does not have.
  enum Lack: Sendable, CustomTestStringConvertible {
    case view(String)
    /// A field that stands in a category without View.
    case moved(String)
    case audience(SandboxBob.Switches.Audience)
    case refusal(SandboxBob.Switches.Refusal)
    case token

    var testDescription: String { "\(self)" }

    func impose(on bob: SandboxBob) {
      switch self {
      case .view(let category): bob.switches.categories.remove(category)
      case .moved(let field): bob.switches.moved = [field: "home"]
      case .audience(let audience): bob.switches.audience = audience
      case .refusal(let refusal): bob.switches.refusal = refusal
      case .token: bob.rotate(token: "another")
      }
    }
  }

  @Test("Without anybody who has left, and for statuses in which nobody is, it says that it cannot prove it")
  func unproven() async {
    let young = await findings { bob in
      for person in bob.people where person.status == "terminated" { bob.change(person.id) { $0.status = "hired" } }
    }
    #expect(young["reference fields"]?.verdict == .unproven)
    #expect(young["statuses"]?.sentence.contains("terminated") == true)
    let garden = await findings(rules: WatchRules(triggers: [.terminated, .gardenLeave])) { _ in }
    #expect(garden["statuses"]?.verdict == .unproven && garden["statuses"]?.sentence.contains("gardenleave") == true)
    #expect(garden["read-only"]?.sentence.contains("tick View") == true)
    #expect(await findings { $0.switches.seesLists = false }["lists"]?.verdict == .unproven)
  }

  @Test("What the configuration names must be there in Bob")
  func names() async {
    let rules = WatchRules(triggers: [.offboarded], excluded: ExcludedDepartments(["Harbour Works", "Nowhere"]))
    let found = await findings(rules: rules) { _ in }
    #expect(found["excluded departments"]?.verdict == .failed)
    #expect(found["excluded departments"]?.sentence.contains("nowhere") == true)
    #expect(found["excluded departments"]?.sentence.contains("harbour") == false)
    #expect(found["trigger statuses"]?.sentence.contains("Garden leave") == true)
  }

  @Test("An answer that is no data is said so")
  func noData() async {
    let page = await findings {
      $0.switches.scripted = [.init(status: 200, contentType: "text/html", body: "<html>")]
    }
    #expect(page["credentials"]?.verdict == .failed)
    #expect(
      await findings { $0.switches.scripted = [.init(status: 200, body: "[]")] }["fields"]?.verdict == .failed
    )
  }
}
