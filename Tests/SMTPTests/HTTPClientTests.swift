import Curl
import Foundation
import Sandbox
import Synchronization
import Testing

/// What an exchange sends, takes and refuses.
@Suite struct HTTPClientTests {
  private static func withResponder<Result>(
    _ answer: String, _ ending: HTTPResponder.Ending = .keep,
    test: (HTTPResponder, String) async throws -> Result
  ) async throws -> Result {
    let responder = try HTTPResponder { _ in (answer, ending) }
    do {
      let result = try await test(responder, "http://127.0.0.1:\(responder.port)/people?id=7")
      await responder.stop()
      return result
    } catch {
      await responder.stop()
      throw error
    }
  }

  private static let hello =
    "HTTP/1.1 200 OK\r\nContent-Type: Application/JSON; charset=utf-8\r\nX-A: 1\r\nx-a: 2\r\n"
    + "Content-Length: 5\r\n\r\nhello"

  /// Collects a body.
  private final class Body: Sendable {
    private let octets = Mutex<[UInt8]>([])
    var text: String { String(decoding: octets.withLock { $0 }, as: UTF8.self) }
    func add(_ more: [UInt8]) { octets.withLock { $0 += more } }
  }

  private static func failure(
    of request: HTTPRequest, _ onBody: @escaping @Sendable ([UInt8]) throws -> Void = { _ in }
  )
    async -> HTTPFailure?
  {
    do throws(HTTPFailure) {
      _ = try await HTTPClient().perform(request, onBody: onBody)
      return nil
    } catch {
      return error
    }
  }

  @Test func getsAndReuses() async throws {
    try await Self.withResponder(Self.hello) { responder, url in
      let client = HTTPClient()
      for _ in 0..<4 {
        let body = Body()
        let response = try await client.perform(
          HTTPRequest(url: url, headers: [("Accept", "application/json"), ("X-Empty", "")])
        ) { body.add($0) }
        #expect(response.status == 200)
        #expect(response.contentType == "application/json")
        #expect(response.headers["x-a"] == "1, 2")
        #expect(body.text == "hello")
      }
      // One that was idle for minutes is not used again (CURLOPT_MAXAGE_CONN), which a starved machine may bring about.
      let connections = responder.asked.map(\.connection)
      #expect(connections.count == 4 && Set(connections).count < 4, "\(connections)")
      let asked = try #require(responder.asked.first)
      #expect(asked.line == "GET /people?id=7 HTTP/1.1")
      #expect(asked.headers["accept"] == "application/json")
      #expect(asked.headers["x-empty"] == "")
      // Only what was asked for: no Content-Type without a body, no credential, no cookie.
      #expect(Set(asked.headers.keys) == ["host", "accept", "x-empty"])
    }
  }

  @Test func posts() async throws {
    try await Self.withResponder(Self.hello) { responder, url in
      let client = HTTPClient()
      let post = HTTPRequest(
        .post(body: Array("{\"a\":1}\n".utf8), contentType: "application/json"), url: url,
        basicAuth: ("SERVICE-1", Secret("sample token")))
      _ = try await client.perform(post) { _ in }
      // The credential and the body of one request are not those of the next.
      _ = try await client.perform(HTTPRequest(url: url)) { _ in }
      let first = try #require(responder.asked.first)
      #expect(first.line.hasPrefix("POST "))
      #expect(first.body == "{\"a\":1}\n")
      #expect(first.headers["content-type"] == "application/json")
      #expect(
        first.headers["authorization"] == "Basic " + Data("SERVICE-1:sample token".utf8).base64EncodedString()
      )
      #expect(first.headers["expect"] == nil)
      let second = try #require(responder.asked.last)
      #expect(second.line.hasPrefix("GET "))
      #expect(second.headers["authorization"] == nil)
      #expect(second.headers["content-type"] == nil)
    }
  }

  @Test func anEmptyPostIsAPost() async throws {
    try await Self.withResponder(Self.hello) { responder, url in
      _ = try await HTTPClient().perform(
        HTTPRequest(.post(body: [], contentType: "application/json"), url: url)
      ) { _ in }
      #expect(responder.asked.first?.line.hasPrefix("POST ") == true)
      #expect(responder.asked.first?.headers["content-length"] == "0")
    }
  }

  @Test(arguments: [301, 302, 307, 308])
  func redirectsAreAnswersAndNotFollowed(_ status: Int) async throws {
    let answer = "HTTP/1.1 \(status) Moved\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
    try await Self.withResponder(answer) { responder, url in
      let response = try await HTTPClient().perform(HTTPRequest(url: url)) { _ in }
      #expect(response.status == status)
      #expect(response.headers["location"] == "/elsewhere")
      #expect(responder.asked.count == 1)
    }
  }

  @Test func cookiesAreForgotten() async throws {
    let answer = "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
    try await Self.withResponder(answer) { responder, url in
      let client = HTTPClient()
      for _ in 0..<2 { _ = try await client.perform(HTTPRequest(url: url)) { _ in } }
      #expect(responder.asked.allSatisfy { $0.headers["cookie"] == nil })
    }
  }

  @Test(arguments: [401, 404, 429, 500])
  func refusalsAreAnswers(_ status: Int) async throws {
    let answer = "HTTP/1.1 \(status) No\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\nno"
    try await Self.withResponder(answer) { _, url in
      let body = Body()
      let response = try await HTTPClient().perform(HTTPRequest(url: url)) { body.add($0) }
      #expect(response.status == status)
      #expect(response.headers["retry-after"] == "7")
      #expect(body.text == "no")
    }
  }

  @Test func interimAnswersAreNotTheAnswer() async throws {
    try await Self.withResponder("HTTP/1.1 103 Early\r\nX-B: 1\r\n\r\n" + Self.hello) { _, url in
      let response = try await HTTPClient().perform(HTTPRequest(url: url)) { _ in }
      #expect(response.status == 200)
      #expect(response.headers["x-b"] == nil)
    }
  }

  @Test(arguments: [(4, false), (5, true), (6, true)])
  func bodiesAreBounded(_ limit: Int, _ fits: Bool) async throws {
    try await Self.withResponder(Self.hello) { _, url in
      let failure = await Self.failure(of: HTTPRequest(url: url, maximumBytes: limit))
      if fits {
        #expect(failure == nil)
      } else {
        guard case .tooLarge(limit)? = failure else {
          Issue.record("not too large")
          return
        }
      }
    }
  }

  /// Without a length the bound holds too, and before the end comes.
  @Test func endlessBodiesAreBounded() async throws {
    let answer =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      + String(repeating: "10\r\n0123456789abcdef\r\n", count: 1000)
    try await Self.withResponder(answer, .hang) { _, url in
      let body = Body()
      guard
        case .tooLarge? = await Self.failure(of: HTTPRequest(url: url, maximumBytes: 5000), { body.add($0) })
      else {
        Issue.record("not too large")
        return
      }
      #expect(body.text.utf8.count <= 5000)
    }
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", HTTPResponder.Ending.close),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", .close),
    ("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", .reset), ("", .close), ("", .reset),
  ])
  func brokenAnswersAreCut(_ answer: String, _ ending: HTTPResponder.Ending) async throws {
    try await Self.withResponder(answer, ending) { _, url in
      guard case .cut("127.0.0.1")? = await Self.failure(of: HTTPRequest(url: url)) else {
        Issue.record("not cut")
        return
      }
    }
  }

  @Test(arguments: [
    HTTPTimeouts(total: .milliseconds(300)), HTTPTimeouts(stall: .seconds(1)),
  ])
  func silenceEnds(_ timeouts: HTTPTimeouts) async throws {
    try await Self.withResponder("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhel", .hang) { _, url in
      guard case .timedOut("127.0.0.1")? = await Self.failure(of: HTTPRequest(url: url, timeouts: timeouts))
      else {
        Issue.record("not timed out")
        return
      }
    }
  }

  @Test func aCancelledTaskEndsTheExchange() async throws {
    try await Self.withResponder("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhel", .hang) { _, url in
      let (arrived, arrival) = AsyncStream<Void>.makeStream()
      let task = Task { await Self.failure(of: HTTPRequest(url: url)) { _ in arrival.yield() } }
      for await _ in arrived { break }
      task.cancel()
      guard case .cancelled? = await task.value else {
        Issue.record("not cancelled")
        return
      }
    }
  }

  @Test func whatTheConsumerThrowsComesBack() async throws {
    struct Enough: Error {}
    try await Self.withResponder(Self.hello) { _, url in
      guard
        case .consumerThrew(let error)? = await Self.failure(
          of: HTTPRequest(url: url), { _ in throw Enough() })
      else {
        Issue.record("did not come back")
        return
      }
      #expect(error is Enough)
    }
  }

  @Test(arguments: [true, false])
  func certificatesAreChecked(_ isTrusted: Bool) async throws {
    // A relay with TLS from the start stands in for any TLS server: its greeting is no HTTP, so trusted it
    // gets further.
    try await withSink([], { $0.security = .implicit }) { sink, port in
      try await withFile(try #require(sink.identity).certificatePEM) { caFile in
        let request = HTTPRequest(url: "https://127.0.0.1:\(port)/", caFile: isTrusted ? caFile : nil)
        let failure = await Self.failure(of: request)
        switch failure {
        case .tls("127.0.0.1"): #expect(!isTrusted)
        default: #expect(isTrusted, "\(String(describing: failure))")
        }
      }
    }
  }

  @Test func hostNamesAreChecked() async throws {
    try await withSink(
      [],
      {
        $0.security = .implicit
        $0.names = ["DNS:other.example"]
      }
    ) { sink, port in
      try await withFile(try #require(sink.identity).certificatePEM) { caFile in
        guard
          case .tls? = await Self.failure(of: HTTPRequest(url: "https://127.0.0.1:\(port)/", caFile: caFile))
        else {
          Issue.record("not refused")
          return
        }
      }
    }
  }

  /// Gives a socket a free port of 127.0.0.1.
  private static func bound(_ descriptor: Int32) -> UInt16? {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        guard bind(descriptor, pointer, length) == 0, getsockname(descriptor, pointer, &length) == 0 else { return nil }
        return UInt16(bigEndian: UnsafeRawPointer(pointer).load(fromByteOffset: 2, as: UInt16.self))
      }
    }
  }

  @Test func nobodyThere() async throws {
    // Bound, so that nobody else is given the port, and never listened on.
    let held = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(held) }
    let url = "http://127.0.0.1:\(try #require(Self.bound(held)))/"
    guard case .unreachable("127.0.0.1")? = await Self.failure(of: HTTPRequest(url: url)) else {
      Issue.record("not unreachable")
      return
    }
    guard
      case .unresolvable("nowhere.invalid")? = await Self.failure(
        of: HTTPRequest(url: "http://nowhere.invalid/a"))
    else {
      Issue.record("not unresolvable")
      return
    }
  }

  @Test(arguments: [
    HTTPRequest(url: "ftp://127.0.0.1/"), HTTPRequest(url: "file:///etc/hostname"),
    HTTPRequest(url: "127.0.0.1"),
    HTTPRequest(url: ""), HTTPRequest(url: "http://"), HTTPRequest(url: "http://user:secret@127.0.0.1/"),
    HTTPRequest(url: "http://127.0.0.1/a b"), HTTPRequest(url: "http://127.0.0.1/\r\nX: y"),
    HTTPRequest(url: "http://127.0.0.1/", headers: [("X", "a\r\nY: b")]),
    HTTPRequest(url: "http://127.0.0.1/", headers: [("X: a\r\nY", "b")]),
    HTTPRequest(url: "http://127.0.0.1/", headers: [("", "b")]),
    HTTPRequest(.post(body: [], contentType: "a\nb"), url: "http://127.0.0.1/"),
    HTTPRequest(url: "http://bob.acme.example/", basicAuth: ("user", Secret("token"))),
    HTTPRequest(url: "https://127.0.0.1/", basicAuth: ("us:er", Secret("token"))),
    HTTPRequest(url: "https://127.0.0.1/", basicAuth: ("user", Secret("to\nken"))),
  ])
  func whatCannotBeSentSafelyIsNotSent(_ request: HTTPRequest) async {
    guard case .unusable? = await Self.failure(of: request) else {
      Issue.record("was sent")
      return
    }
  }

  @Test func nothingSecretShows() async throws {
    struct Quoting: Error { let text = "robin" }
    let request = HTTPRequest(
      url: "https://nowhere.invalid/robin?q=robin", basicAuth: ("user", Secret("hunter2")))
    let failure = try #require(await Self.failure(of: request))
    let all = "\(request) \(failure) \(failure.advice) \(HTTPFailure.consumerThrew(Quoting()))"
    #expect(!all.contains("robin") && !all.contains("hunter2"))
  }
}

/// What the stand-ins read of a client, which may be anything that finds their port.
@Suite struct LoopbackRequestTests {
  @Test(arguments: [
    ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1 "),
    ("POST /a HTTP/1.1\nX-A :  b:c\nContent-Length: 5\n\nhello", "POST /a HTTP/1.1 hello"),
    ("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhell", nil), ("GET / HTTP/1.1\r\nHost: a\r\n", nil), ("", nil),
    ("GET / HTTP/1.1\r\n:\r\n\r\n", nil), ("GET / HTTP/1.1\r\nno colon\r\n\r\n", nil),
    ("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", nil), ("POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", nil),
    ("POST / HTTP/1.1\r\nContent-Length: 1048577\r\n\r\n", nil),
    ("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", nil),
    ("GET / HTTP/1.1\r\n" + (0...100).map { "X-\($0): a\r\n" }.joined() + "\r\n", nil),
    (String(repeating: "a", count: 200_000) + "\r\n\r\n", nil),
  ])
  func reads(_ sent: String, _ expected: String?) async throws {
    let read = Mutex<String?>("not asked")
    let listener = LoopbackListener()
    let port = try listener.start { stream in
      let request = LoopbackRequest(from: stream)
      read.withLock { $0 = request.map { "\($0.line) \(String(decoding: $0.body, as: UTF8.self))" } }
      stream.close()
    }
    try await Self.send(sent, to: port)
    await listener.stop()
    #expect(read.withLock { $0 } == expected)
  }

  /// Sends everything and waits until the other side has ended.
  private static func send(_ text: String, to port: Int) async throws {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(connected == 0)
    let octets = Array(text.utf8)
    _ = Foundation.send(socket, octets, octets.count, Int32(MSG_NOSIGNAL))
    shutdown(socket, Int32(SHUT_WR))
    var waste: UInt8 = 0
    while recv(socket, &waste, 1, 0) > 0 {}
  }
}
