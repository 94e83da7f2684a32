import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// A faithful Bob on loopback: people as a mutable story, answers in the shapes that live tenants give.
///
/// For `demo`, for `sandbox bob` and for tests. Everything under `/v1` wants the service user's credentials; what is
/// under `/sandbox` drives the story, answers to anybody on this machine, and is never recorded.
package final class SandboxBob: Sendable {
  let state: Mutex<BobState>
  private let serving = Mutex<Task<Void, any Error>?>(nil)
  private let now: @Sendable () -> Int64
  /// Unix seconds of the story, before a script puts it forward.
  let story: @Sendable () -> Int64

  /// Makes a stand-in with a story to begin with.
  ///
  /// - Parameters:
  ///   - people: the company; see `company(size:leavers:seed:)`.
  ///   - lists: named lists by name; nil for those that `company` draws from.
  ///   - now: Unix seconds, for the limits.
  ///   - story: Unix seconds, for what happens to people; left out, `now`.
  package init(
    people: [Person], lists: [String: [ListItem]]? = nil, serviceUser: String = "SERVICE-1234",
    token: String = "sandbox-token",
    now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) },
    story: (@Sendable () -> Int64)? = nil
  ) {
    state = Mutex(
      BobState(people: people, lists: lists ?? Self.standardLists, serviceUser: serviceUser, token: token))
    self.now = now
    self.story = story ?? now
  }

  /// Starts to serve on 127.0.0.1 and returns the port; 0 asks for a free one.
  @discardableResult
  package func start(port: Int = 0) async throws -> Int {
    let (ports, reporter) = AsyncStream<Int>.makeStream()
    var logger = Logger(label: "sandbox.bob")
    logger.logLevel = .critical
    let app = Application(
      responder: CallbackResponder { [self] (request: Request, context: ChannelContext) in
        try await respond(to: request, on: context.channel)
      },
      configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port), serverName: nil),
      onServerRunning: { channel in
        if let port = channel.localAddress?.port { reporter.yield(port) }
        reporter.finish()
      },
      logger: logger)
    let task = Task {
      defer { reporter.finish() }
      try await app.run()
    }
    for await port in ports {
      serving.withLock { $0 = task }
      return port
    }
    // The server ended before it ran: its error says why.
    try await task.value
    throw CancellationError()
  }

  /// Ends serving and waits until the port is free.
  package func stop() async {
    let task = serving.withLock { current in
      defer { current = nil }
      return current
    }
    task?.cancel()
    _ = await task?.result
  }

  /// An answer as it would go out, for a caller in this process.
  package struct Reply: Sendable {
    package var status: Int
    /// Header values by lower-case name.
    package var headers: [String: String]
    package var body: [UInt8]
    /// How a server would send it.
    package var ending: BobAnswer.Ending
  }

  /// Answers a request without a server between, recording it like any other.
  package func reply(
    method: String, target: String, authorization: String?, contentType: String?, body: [UInt8]
  ) -> Reply {
    let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
    var query: [String: String] = [:]
    for pair in parts.dropFirst().joined().split(separator: "&") {
      let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
      guard let name = sides.first else { continue }
      query[name] = sides.dropFirst().first?.removingPercentEncoding ?? ""
    }
    let answer = answer(
      BobRequest(
        method: method, path: parts.first ?? "/", query: query, authorization: authorization,
        contentType: contentType, body: body))
    var headers = Dictionary(
      answer.headers.map { ($0.0.lowercased(), $0.1) }, uniquingKeysWith: { first, _ in first })
    headers["content-type"] = answer.contentType
    return Reply(status: answer.status, headers: headers, body: answer.body, ending: answer.ending)
  }

  private func answer(_ request: BobRequest) -> BobAnswer {
    let (time, story) = (now(), story())
    return state.withLock { state in
      state.proceed(to: story)
      return request.segments.first == "v1" ? state.answer(request, at: time) : state.control(request)
    }
  }

  private func respond(to request: Request, on channel: any Channel) async throws -> Response {
    var query: [String: String] = [:]
    for (name, value) in request.uri.queryParameters { query[String(name)] = String(value) }
    let body = try await request.body.collect(upTo: 1 << 20)
    let answer = answer(
      BobRequest(
        method: request.method.rawValue, path: request.uri.path, query: query,
        authorization: request.headers[.authorization], contentType: request.headers[.contentType],
        body: Array(body.readableBytesView)))
    var response = Response(status: .init(code: answer.status), body: try await answer.delivered(on: channel))
    if let type = answer.contentType { response.headers[.contentType] = type }
    for (name, value) in answer.headers {
      guard let field = HTTPField.Name(name) else { continue }
      response.headers[field] = value
    }
    return response
  }

  /// The value of an `Authorization` header (RFC 7617).
  package static func basic(_ user: String, _ token: String) -> String {
    "Basic " + Data("\(user):\(token)".utf8).base64EncodedString()
  }
}
