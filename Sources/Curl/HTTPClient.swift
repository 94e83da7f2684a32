import CCurl

/// Carries HTTP requests, one at a time, on a thread of its own, and keeps the connection for the next.
package actor HTTPClient {
  private let thread = CarrierThread()
  private var handle = EasyHandle()

  package init() {}

  package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// Sends `request` and returns the head of the answer once its body is over.
  ///
  /// `onBody` gets the body in order, whatever the status, piece by piece, on the thread of this client;
  /// while it works nothing more is read. If it throws, the exchange ends with `consumerThrew`.
  package func perform(
    _ request: HTTPRequest, onBody: @escaping @Sendable ([UInt8]) throws -> Void
  ) async throws(HTTPFailure) -> HTTPResponse {
    let target = try HTTPTarget(url: request.url)
    let list = HeaderList(try request.lines())
    let exchange = HTTPExchange(limit: request.maximumBytes, onBody: onBody)
    handle.reset()
    try handle.prepare(request, to: target)
    handle.set(CURLOPT_HTTPHEADER, list)
    handle.set(CURLOPT_WRITEFUNCTION, CURLOPT_WRITEDATA, HTTPExchange.onBody, context: exchange)
    handle.set(CURLOPT_HEADERFUNCTION, CURLOPT_HEADERDATA, HTTPExchange.onHeader, context: exchange)
    let code = withExtendedLifetime(list) { handle.perform() }
    let response = HTTPResponse(status: handle.responseCode, headers: exchange.head.headers)
    // The options name the exchange and the credential: neither outlives the call.
    handle.reset()
    if let ended = exchange.ended { throw ended }
    guard code == CURLE_OK else { throw HTTPFailure(code, host: target.host) }
    return response
  }
}

extension HTTPRequest {
  /// The header lines, checked: no name or value can become a second line.
  func lines() throws(HTTPFailure) -> [String] {
    // Without this libcurl asks before a long body whether it may send it, and waits a second for silence.
    var lines = ["Expect:"]
    var headers = self.headers
    if case .post(_, let contentType) = method { headers.append(("Content-Type", contentType)) }
    for (name, value) in headers {
      guard !name.isEmpty, name.utf8.allSatisfy(Self.isToken) else {
        throw .unusable("a header's name is malformed")
      }
      guard !value.utf8.contains(where: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }) else {
        throw .unusable("the header \(name) has controls in it")
      }
      // "Name:" would remove a header, "Name;" sends it empty.
      lines.append(value.isEmpty ? "\(name);" : "\(name): \(value)")
    }
    return lines
  }

  /// RFC 9110 §5.6.2, without the specials that no header in use has.
  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

extension EasyHandle {
  /// CURLAUTH_BASIC, a macro that Swift does not see.
  private static let basic = 1

  fileprivate mutating func prepare(_ request: HTTPRequest, to target: HTTPTarget) throws(HTTPFailure) {
    setGroundRules(protocols: "http,https", caFile: request.caFile, isLoopback: target.isLoopback)
    set(CURLOPT_URL, request.url)
    set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
    set(CURLOPT_CONNECTTIMEOUT_MS, request.timeouts.connect.milliseconds)
    if let total = request.timeouts.total { set(CURLOPT_TIMEOUT_MS, total.milliseconds) }
    set(CURLOPT_LOW_SPEED_LIMIT, 1)
    set(CURLOPT_LOW_SPEED_TIME, max(1, request.timeouts.stall.milliseconds / 1000))
    endWhenCancelled()
    // Undone by libcurl; what is counted against the limit is what comes out.
    if request.acceptsGzip { set(CURLOPT_ACCEPT_ENCODING, "gzip") }
    switch request.method {
    case .get: set(CURLOPT_HTTPGET, true)
    case .post(let body, _): setBody(body)
    }
    guard let (user, secret) = request.basicAuth else { return }
    guard target.isSecure || target.isLoopback else { throw .unusable("a credential is not sent in clear") }
    guard !user.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: ":") }), !secret.hasControls else {
      throw .unusable("the credential has a colon in its user or controls in it")
    }
    set(CURLOPT_HTTPAUTH, Self.basic)
    set(CURLOPT_USERNAME, user)
    set(CURLOPT_PASSWORD, secret.text)
  }
}
