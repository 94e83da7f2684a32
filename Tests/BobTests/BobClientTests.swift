import Bob
import Delivery
import Mail
import Sandbox
import Synchronization
import Testing

@Suite("The client of Bob")
struct BobClientTests {
  private let company = SandboxBob.company(size: 12, leavers: 1)

  private func client(
    _ exchange: ScriptedExchange, clock: ManualClock = ManualClock(Bench.noon), user: String = "SERVICE-1234",
    random: Double = 0.5, token: @escaping @Sendable () throws -> String = { "sandbox-token" }
  ) -> BobClient {
    BobClient(
      endpoint: .production, serviceUser: user, token: token, exchange: exchange, clock: clock,
      random: { random })
  }

  private func failure(_ client: BobClient, _ read: BobRead = .search) async -> LeaverSourceFailure? {
    do {
      _ = try await client.collect(read)
      return nil
    } catch { return error }
  }

  private func isRefused(_ failure: LeaverSourceFailure?) -> Bool {
    if case .refused = failure { true } else { false }
  }

  private static let id = EmployeeID("3332883911884669725")

  private static let table: [(BobRead, String, String)] = {
    guard let id else { return [] }
    return [
      (.search, "POST", "https://api.hibob.com/v1/people/search"),
      (.person(id, .status), "POST", "https://api.hibob.com/v1/people/3332883911884669725"),
      (.person(id, .reference), "POST", "https://api.hibob.com/v1/people/3332883911884669725"),
      (.fields, "GET", "https://api.hibob.com/v1/company/people/fields"),
      (.namedList(.title), "GET", "https://api.hibob.com/v1/company/named-lists/title?includeArchived=true"),
      (.lifecycle(id), "GET", "https://api.hibob.com/v1/people/3332883911884669725/lifecycle"),
      (
        .bulkLifecycle([id, id]), "GET",
        "https://api.hibob.com/v1/bulk/people/lifecycle?limit=200&employeeIds=3332883911884669725,3332883911884669725"
      ),
    ]
  }()

  @Test("The six reads are exactly these", arguments: table)
  func reads(read: BobRead, method: String, url: String) throws {
    #expect(Self.table.count == 7)
    #expect(read.method.rawValue == method)
    #expect(BobEndpoint.production.url(of: read) == url)
    #expect((read.body != nil) == (method == "POST"))
    let path = url.dropFirst("https://api.hibob.com".count).prefix { $0 != "?" }
    #expect(Recorder.allows(method, String(path)))
  }

  @Test("Bodies ask for the named fields and nothing else")
  func bodies() throws {
    #expect(
      String(decoding: try #require(BobRead.search.body), as: UTF8.self)
        == #"{"fields":["root.id","internal.lifecycleStatus","internal.terminationDate"],"showInactive":true}"#
    )
    let id = try #require(Self.id)
    let reference = String(decoding: try #require(BobRead.person(id, .reference).body), as: UTF8.self)
    #expect(
      reference
        == #"{"fields":["root.id","internal.lifecycleStatus","internal.terminationDate","root.displayName","#
        + #""root.email","work.title","work.department","work.startDate"],"humanReadable":"APPEND"}"#)
  }

  @Test(
    "An employee ID is one plain path segment",
    arguments: [
      ("3332883911884669725", true), ("A-b_9", true), ("", false), ("..", false), (".", false),
      ("1/work", false),
      ("1%2Fwork", false), ("1?x=1", false), ("1#", false), ("a@b.example", false), ("1\n", false),
      ("ü", false),
      (String(repeating: "1", count: 64), true), (String(repeating: "1", count: 65), false),
    ])
  func employeeIDs(text: String, isID: Bool) {
    #expect((EmployeeID(text) != nil) == isID)
  }

  @Test(
    "Only Bob's own hosts, or this machine",
    arguments: [
      ("production", "", "https://api.hibob.com/v1"), ("sandbox", "", "https://api.sandbox.hibob.com/v1"),
      ("", "http://127.0.0.1:8080", "http://127.0.0.1:8080/v1"),
      ("", "http://[::1]:1/v1/", "http://[::1]:1/v1"),
      ("", "https://localhost/v1", "https://localhost/v1"), ("", "", nil),
      ("production", "http://127.0.0.1", nil),
      ("", "https://api.hibob.com/v1", nil), ("", "http://127.0.0.1.example", nil),
      ("", "http://127.0.0.1@x", nil),
      ("", "http://localhost:0", nil), ("", "http://localhost:99999", nil),
      ("", "http://localhost:8/v1/people", nil),
      ("", "http://localhostile:80", nil), ("", "ftp://127.0.0.1", nil), ("", "http://localhost:8@x/v1", nil),
      ("Production", "", nil), ("", "http://127.0.0.1:80?x", nil),
    ] as [(String, String, String?)])
  func endpoints(environment: String, base: String, expected: String?) {
    #expect(BobEndpoint(environment: environment, baseURL: base)?.base == expected)
  }

  @Test("A GET carries no Content-Type; a description shows nothing")
  func headers() async throws {
    let exchange = ScriptedExchange([.answer(200, ["content-type": "application/json"], "[]")])
    _ = try await client(exchange).collect(.fields)
    let request = try #require(exchange.requests.first)
    #expect(request.headers.map(\.name) == ["Accept"])
    #expect(request.token == "sandbox-token")
    var dumped = ""
    dump(request, to: &dumped)
    #expect(!dumped.contains("token") && !"\(request)".contains("SERVICE"))
  }

  @Test("A refusal is final for an hour, however often it is asked", arguments: [401, 403])
  func refusal(status: Int) async {
    let clock = ManualClock(Bench.noon)
    let exchange = ScriptedExchange([.answer(status, [:], "")])
    let client = client(exchange, clock: clock)
    for _ in 0..<60 { #expect(isRefused(await failure(client))) }
    #expect(exchange.requests.count == 1)
    clock.advance(by: 3599)
    #expect(isRefused(await failure(client, .fields)))
    #expect(exchange.requests.count == 1)
    clock.advance(by: 1)
    #expect(isRefused(await failure(client)))
    #expect(exchange.requests.count == 2)
  }

  @Test("A changed token is tried at once")
  func tokenChange() async throws {
    let token = TokenFile("old")
    let bench = Bench(company, token: { token.text })
    #expect(isRefused(await bench.failure()))
    #expect(isRefused(await bench.failure()))
    #expect(bench.bob.recorder.requests.count == 1)
    token.text = "sandbox-token"
    #expect(try await bench.poll().tookBaseline)
  }

  @Test("What is no token is never sent", arguments: ["", " \n", "two words", "a\r\nX-Evil: 1", "ümlaut"])
  func noToken(text: String) async {
    let exchange = ScriptedExchange([])
    #expect(isRefused(await failure(client(exchange, token: { text }))))
    #expect(isRefused(await failure(client(exchange, user: "SERVICE:1"))))
    struct Unreadable: Error {}
    #expect(isRefused(await failure(client(exchange, token: { throw Unreadable() }))))
    #expect(exchange.requests.isEmpty)
  }

  @Test(
    "429 waits for the reset, within 1 to 300 seconds",
    arguments: [
      (["x-ratelimit-reset": "1795435242"], 42), (["x-ratelimit-reset": "1795430000"], 1),
      (["x-ratelimit-reset": "1795435200"], 1), (["x-ratelimit-reset": "1999999999"], 300),
      (["x-ratelimit-reset": "9223372036854775807"], 300), (["x-ratelimit-reset": "-9223372036854775808"], 1),
      (["x-ratelimit-reset": "99999999999999999999"], 60), ([:], 60), (["x-ratelimit-reset": "soon"], 60),
      (["retry-after": "7"], 7), (["retry-after": "7", "x-ratelimit-reset": "1795435230"], 30),
      (["retry-after": "86400"], 300), (["retry-after": "-5"], 1),
    ] as [([String: String], Int64)])
  func rateLimited(headers: [String: String], seconds: Int64) async {
    let failure = await failure(client(ScriptedExchange([.answer(429, headers, "<html>")])))
    guard case .later(seconds, _) = failure else {
      Issue.record("not later by \(seconds): \(String(describing: failure))")
      return
    }
  }

  @Test(
    "Trouble on the way backs off further each time, with jitter, up to a quarter of an hour",
    arguments: [
      (0.0, [7, 15, 30, 60, 120, 240, 450, 450]), (0.5, [15, 30, 60, 120, 240, 480, 900, 900]),
    ] as [(Double, [Int64])])
  func backOff(random: Double, expected: [Int64]) async {
    let steps: [ScriptedExchange.Step] = [
      .answer(500, [:], ""), .answer(503, [:], "<html>"), .fail(.timedOut), .fail(.cut), .fail(.unreachable),
      .answer(504, [:], "{}"), .fail(.untrusted), .answer(599, [:], ""),
    ]
    let client = client(ScriptedExchange(steps), random: random)
    for seconds in expected {
      guard case .later(seconds, _) = await failure(client) else {
        Issue.record("not later by \(seconds)")
        return
      }
    }
  }

  @Test("A success ends the back-off")
  func recovers() async {
    let good = ScriptedExchange.Step.answer(200, ["content-type": "application/json;charset=utf-8"], "{}")
    let client = client(ScriptedExchange([.fail(.cut), .fail(.cut), good, .fail(.cut)]))
    _ = await failure(client)
    _ = await failure(client)
    #expect(await failure(client) == nil)
    guard case .later(15, _) = await failure(client) else {
      Issue.record("the back-off went on")
      return
    }
  }

  @Test("An answer longer than it may be is not believed")
  func tooLong() async throws {
    let id = try #require(Self.id)
    let exchange = ScriptedExchange([
      .answer(200, ["content-type": "application/json"], String(repeating: " ", count: (1 << 20) + 1))
    ])
    guard case .blind = await failure(client(exchange), .person(id, .status)) else {
      Issue.record("believed")
      return
    }
  }

  @Test("A missing person or list is no failure; a forbidden list neither")
  func missing() async throws {
    let id = try #require(Self.id)
    #expect(try await client(ScriptedExchange([.answer(404, [:], "")])).collect(.person(id, .status)) == nil)
    #expect(try await client(ScriptedExchange([.answer(404, [:], "")])).collect(.namedList(.title)) == nil)
    #expect(try await client(ScriptedExchange([.answer(403, [:], "")])).collect(.namedList(.title)) == nil)
  }

  @Test("A poll of more leavers than the rate limit allows waits, and is never refused for haste")
  func paced() async throws {
    let many = SandboxBob.company(size: 60, leavers: 20)
    let bench = Bench(many)
    bench.bob.switches.limitsRate = true
    bench.bob.switches.limit = 7
    try await bench.poll()
    for id in SandboxBob.leaverIDs(in: many, leavers: 20) { bench.bob.terminate(id, on: Bench.today) }
    #expect(try await bench.poll().leavers.count == 20)
    #expect(bench.bob.recorder.requests.allSatisfy { $0.status == 200 })
  }

  @Test(
    "Without a helpful header the same poll is slower, but whole",
    arguments: [
      SandboxBob.Switches.Reset.missing, .past, .far, .rubbish,
    ])
  func unhelpful(reset: SandboxBob.Switches.Reset) async throws {
    let many = SandboxBob.company(size: 60, leavers: 5)
    let bench = Bench(many)
    bench.bob.switches.limitsRate = true
    bench.bob.switches.limit = 4
    bench.bob.switches.reset = reset
    try await bench.poll()
    for id in SandboxBob.leaverIDs(in: many, leavers: 5) { bench.bob.terminate(id, on: Bench.today) }
    var failures = 0
    for _ in 0..<20 {
      do {
        if try await bench.poll().leavers.count == 5 { break }
      } catch LeaverSourceFailure.later(let seconds, _) {
        failures += 1
        bench.clock.advance(by: seconds)
      }
    }
    #expect(bench.log.handled().values.count { $0.reason == .case } == 5)
    #expect(failures == 0)
  }

  @Test("Trouble in the middle of a poll of many leavers does not begin it anew")
  func troubleInside() async throws {
    let bench = Bench(company)
    try await bench.poll()
    bench.bob.terminate(SandboxBob.leaverIDs(in: company, leavers: 1)[0], on: Bench.today)
    bench.bob.forgetRequests()
    let armed = Mutex(true)
    let exchange = FaultyExchange(inner: bench.exchange) { request in
      guard case .person = request.read else { return false }
      return armed.withLock { was in
        defer { was = false }
        return was
      }
    }
    let client = BobClient(
      endpoint: .production, serviceUser: "SERVICE-1234", token: { "sandbox-token" }, exchange: exchange,
      clock: bench.clock)
    let clock = bench.clock
    let watcher = Watcher(
      client: client, log: bench.log, rules: bench.rules,
      marks: Marks(key: PlainKey(), company: "acme.example"),
      clock: clock, sleep: { clock.advance(by: $0) })
    #expect(try await watcher.poll(at: clock.now()).leavers.count == 1)
    #expect(bench.bob.recorder.requests.count { $0.path == "/v1/people/search" && $0.fields.count == 3 } == 1)
  }
}

/// A token file whose text changes.
final class TokenFile: Sendable {
  private let state: Mutex<String>
  init(_ text: String) { state = Mutex(text) }
  var text: String {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}

/// Fails the requests that `fails` picks, and passes on the others.
struct FaultyExchange: BobExchange {
  let inner: StoryExchange
  let fails: @Sendable (BobRequest) -> Bool

  func send(
    _ request: BobRequest, onBody: @escaping @Sendable ([UInt8]) -> Bool
  ) async throws(BobExchangeFailure) -> BobHead {
    if fails(request) { throw .cut }
    return try await inner.send(request, onBody: onBody)
  }
}
