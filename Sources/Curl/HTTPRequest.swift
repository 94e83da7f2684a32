/// One GET or POST, complete.
///
/// Its description tells nothing, since a URL may name a person.
package struct HTTPRequest: Sendable {
  package enum Method: Sendable, Hashable {
    case get
    case post(body: [UInt8], contentType: String)
  }

  package var method: Method
  /// `http://` or `https://`, without a user in it.
  package var url: String
  /// What is sent besides Host, Content-Length, Content-Type and Authorization.
  package var headers: [(name: String, value: String)]
  /// Sent by HTTP Basic (RFC 7617); in clear only to this machine.
  package var basicAuth: (user: String, secret: Secret)?
  package var timeouts: HTTPTimeouts
  /// The longest body taken, in octets.
  package var maximumBytes: Int
  /// A PEM file of certificates to trust instead of the system's.
  package var caFile: String?
  /// Offers to take the body as gzip; it is handed on unpacked.
  package var acceptsGzip = false

  package init(
    _ method: Method = .get, url: String, headers: [(name: String, value: String)] = [],
    basicAuth: (user: String, secret: Secret)? = nil, timeouts: HTTPTimeouts = HTTPTimeouts(),
    maximumBytes: Int = 256 << 20, caFile: String? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.basicAuth = basicAuth
    self.timeouts = timeouts
    self.maximumBytes = maximumBytes
    self.caFile = caFile
  }
}

extension HTTPRequest: CustomStringConvertible, CustomReflectable {
  package var description: String { "<HTTP request>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// How long an exchange may take.
package struct HTTPTimeouts: Sendable, Hashable {
  /// Until TCP and TLS stand.
  package var connect: Duration
  /// For the whole exchange; nil for no limit.
  package var total: Duration?
  /// Without a single octet, the wait for the first one included; counted in whole seconds.
  package var stall: Duration

  package init(connect: Duration = .seconds(30), total: Duration? = nil, stall: Duration = .seconds(120)) {
    self.connect = connect
    self.total = total
    self.stall = stall
  }
}

extension Duration {
  /// Whole milliseconds, at least 1, since 0 means "no limit" to libcurl.
  var milliseconds: Int {
    let (seconds, attoseconds) = components
    let whole = Int(clamping: seconds).multipliedReportingOverflow(by: 1000)
    guard !whole.overflow else { return Int(Int32.max) }
    return min(max(1, whole.partialValue + Int(attoseconds / 1_000_000_000_000_000)), Int(Int32.max))
  }
}
