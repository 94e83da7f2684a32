/// Where Bob answers: production, its sandbox, or a stand-in on this machine; there is no other.
package struct BobEndpoint: Sendable, Hashable {
  /// The base URL including `/v1`, without a slash at the end.
  package let base: String
  /// What messages call it.
  package let name: String

  private init(base: String, name: String) {
    self.base = base
    self.name = name
  }

  package static let production = BobEndpoint(base: "https://api.hibob.com/v1", name: "production")
  package static let sandbox = BobEndpoint(base: "https://api.sandbox.hibob.com/v1", name: "sandbox")

  /// The endpoint that the configuration names.
  ///
  /// `environment` is `production` or `sandbox`, or empty with a loopback `baseURL`. Nil for anything else, a base URL beside an environment included.
  package init?(environment: String, baseURL: String) {
    switch (environment, baseURL.isEmpty) {
    case ("production", true): self = .production
    case ("sandbox", true): self = .sandbox
    case ("", false): self.init(loopback: baseURL)
    default: return nil
    }
  }

  /// A stand-in on loopback, such as `http://127.0.0.1:8080/v1`: the host is `127.0.0.1`, `localhost` or `[::1]`, and
  /// the path is empty or `/v1`.
  package init?(loopback url: String) {
    guard let scheme = ["http://", "https://"].first(where: url.hasPrefix) else { return nil }
    var rest = url.dropFirst(scheme.count)
    guard let host = ["127.0.0.1", "localhost", "[::1]"].first(where: { rest.hasPrefix($0) }) else {
      return nil
    }
    rest = rest.dropFirst(host.count)
    var port = ""
    if rest.first == ":" {
      port = String(rest.dropFirst().prefix { $0.isASCII && $0.isNumber })
      guard let number = UInt16(port), number > 0 else { return nil }
      rest = rest.dropFirst(1 + port.count)
      port = ":\(number)"
    }
    guard ["", "/", "/v1", "/v1/"].contains(rest) else { return nil }
    self.init(base: "\(scheme)\(host)\(port)/v1", name: "loopback")
  }

  /// The address of one read.
  package func url(of read: BobRead) -> String { base + read.path }
}
