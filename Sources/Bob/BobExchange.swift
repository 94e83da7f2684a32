/// Carries one request to Bob and streams the answer's body back.
///
/// The contract: redirects are not followed; certificate and host name are checked; nothing is written to a log.
/// `onBody` gets the bytes of the answer in order, whatever its status, from any thread but never two at once, and says
/// whether to go on; after `false` the exchange ends with `cut`.
package protocol BobExchange: Sendable {
  func send(
    _ request: BobRequest, onBody: @escaping @Sendable ([UInt8]) -> Bool
  ) async throws(BobExchangeFailure) -> BobHead
}

/// One request, complete; made from a `BobRead` only.
package struct BobRequest: Sendable {
  package let read: BobRead
  package let url: String
  /// Sent by HTTP Basic (RFC 7617).
  package let serviceUser: String
  package let token: String

  init(_ read: BobRead, at endpoint: BobEndpoint, serviceUser: String, token: String) {
    self.read = read
    self.url = endpoint.url(of: read)
    self.serviceUser = serviceUser
    self.token = token
  }

  /// The headers besides `Authorization`.
  ///
  /// `Content-Type` only with a body: Bob answers 400 to a GET that has one.
  package var headers: [(name: String, value: String)] {
    [("Accept", "application/json")] + (read.body == nil ? [] : [("Content-Type", "application/json")])
  }
}

extension BobRequest: CustomStringConvertible, CustomReflectable {
  package var description: String { "<request to Bob>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The head of an answer.
package struct BobHead: Sendable, Hashable {
  package var status: Int
  /// Header values by lower-case name.
  package var headers: [String: String]

  package init(status: Int, headers: [String: String] = [:]) {
    self.status = status
    self.headers = headers
  }

  /// True for `application/json` and its kin, with or without parameters.
  var isJSON: Bool {
    guard let type = headers["content-type"]?.prefix(while: { $0 != ";" }) else { return false }
    let media = type.lowercased().filter { $0 != " " && $0 != "\t" }
    return media == "application/json" || media.hasSuffix("+json")
  }
}

/// Why an exchange came to no whole answer; each is tried again later.
package enum BobExchangeFailure: Error, Sendable, Hashable, CaseIterable {
  /// No connection: name, route, proxy.
  case unreachable
  /// The certificate or the host name is wrong.
  case untrusted
  /// It took too long.
  case timedOut
  /// The answer broke off, or was longer than it may be.
  case cut
}
