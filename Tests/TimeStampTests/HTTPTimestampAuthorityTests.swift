import Curl
import Delivery
import Foundation
import Sandbox
import Testing

@testable import TimeStamp

@Suite("An authority is asked by HTTP, and what is not its token is named")
struct HTTPTimestampAuthorityTests {
  static let note = TimestampVerifierTests.note

  let authority: TestAuthority
  init() throws { authority = try TestAuthority.shared.get() }

  private func ask(
    _ seconds: Int = 10, _ answer: @escaping @Sendable ([UInt8]) throws -> AuthorityServer.Answer
  ) async throws -> (Result<TimestampToken, TimestampError>, [LoopbackRequest]) {
    let server = try AuthorityServer(answer)
    let client = HTTPTimestampAuthority(
      url: server.url, roots: try TimestampRoots(file: authority.roots), domain: "acme.example", seconds: seconds)
    let result: Result<TimestampToken, TimestampError>
    do throws(TimestampError) { result = .success(try await client.ask(over: Self.note)) } catch {
      result = .failure(error)
    }
    await server.stop()
    return (result, server.asked)
  }

  @Test("one POST of the query's type, with nothing of us or of the bytes in it")
  func asks() async throws {
    let (result, asked) = try await ask { [authority] in .init(body: try authority.reply(to: $0)) }
    let token = try result.get()
    #expect(try authority.verifies(token.reply, over: Self.note))
    #expect(asked.count == 1)
    let request = try #require(asked.first)
    #expect(request.line == "POST /tsa HTTP/1.1")
    #expect(request.headers["content-type"] == "application/timestamp-query")
    #expect(Set(request.headers.keys) == ["host", "accept", "content-type", "content-length"])
    #expect(request.body.count == 70)
    #expect(!request.body.contains(Array("acme".utf8)))
  }

  @Test(
    "what is no token is named",
    arguments: [
      ("type", .wrongContentType), ("no type", .wrongContentType), ("too long", .tooLong), ("empty", .malformed),
      ("page", .wrongContentType), ("missing", .httpStatus(404)), ("error", .httpStatus(500)),
      ("redirect", .httpStatus(302)), ("replay", .wrongNonce), ("refused", .refused(.badAlgorithm)),
    ] as [(String, TimestampError)])
  func named(_ what: String, _ error: TimestampError) async throws {
    let earlier = try authority.reply(to: try TimestampQuery(over: Self.note).der())
    let (result, asked) = try await ask { [authority] query in
      switch what {
      case "type": .init(type: "application/octet-stream", body: try authority.reply(to: query))
      case "no type": .init(type: nil, body: try authority.reply(to: query))
      case "too long": .init(body: [UInt8](repeating: 0x30, count: 65_537))
      case "page": .init(type: "text/html", body: Array("<html>".utf8))
      case "missing": .init(status: "404 Not Found", body: [])
      case "error": .init(status: "500 Oops", body: try authority.reply(to: query))
      case "redirect": .init(status: "302 Found", more: "Location: /tsa\r\n", body: try authority.reply(to: query))
      case "replay": .init(body: earlier)
      case "refused": .init(body: try authority.reply(to: query, section: "picky"))
      default: .init(body: [])
      }
    }
    #expect(result == .failure(error))
    #expect(asked.count == 1, "nothing is asked twice, and no redirect followed")
  }

  @Test("one that is down, and one that says nothing, end by themselves")
  func down() async throws {
    let server = try AuthorityServer { _ in .init(body: []) }
    await server.stop()
    let client = HTTPTimestampAuthority(
      url: server.url, roots: try TimestampRoots(file: authority.roots), domain: "acme.example")
    await #expect(throws: TimestampError.noAnswer(HTTPFailure.unreachable(host: "127.0.0.1").advice)) {
      try await client.ask(over: Self.note)
    }
    let (result, _) = try await ask(1) { _ in .init(body: [], hangs: true) }
    #expect(result == .failure(.noAnswer(HTTPFailure.timedOut(host: "127.0.0.1").advice)))
  }

  @Test("what the appliance hears is a sentence that quotes nothing of the answer")
  func sentence() async throws {
    let server = try AuthorityServer { _ in
      .init(status: "500 Canary", type: "text/canary", body: Array("canary".utf8))
    }
    let client = HTTPTimestampAuthority(
      url: server.url, roots: try TimestampRoots(file: authority.roots), domain: "acme.example")
    let failure = await #expect(throws: TimestampFailure.self) { try await client.token(over: Self.note) }
    await server.stop()
    #expect(failure == .notGiven(advice: "the authority answers with HTTP 500: look at the address."))
  }

  @Test(
    "a certificate with an address of the organisation is refused: its token would be taken for a leaver's by a scan",
    arguments: [("ACME.example", false), ("other.example", true), ("me.example", true)])
  func address(_ domain: String, _ isTaken: Bool) async throws {
    let server = try AuthorityServer { [authority] in
      .init(body: try authority.reply(to: $0, signer: "named"))
    }
    let client = HTTPTimestampAuthority(
      url: server.url, roots: try TimestampRoots(file: authority.roots), domain: domain)
    let token = try? await client.ask(over: Self.note)
    await server.stop()
    #expect((token != nil) == isTaken)
  }

  @Test("a stop is no word about the authority")
  func cancelled() async throws {
    let server = try AuthorityServer { _ in .init(body: [], hangs: true) }
    let client = HTTPTimestampAuthority(
      url: server.url, roots: try TimestampRoots(file: authority.roots), domain: "acme.example")
    let task = Task { try await client.token(over: Self.note) }
    while server.asked.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    task.cancel()
    await #expect(throws: TimestampFailure.cancelled) { try await task.value }
    await server.stop()
  }
}
