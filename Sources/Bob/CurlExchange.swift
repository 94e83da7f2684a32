package import Curl

/// Carries requests to Bob by libcurl: certificate and host name checked, redirects not followed.
package struct CurlExchange: BobExchange {
  private let http: HTTPClient
  private let caFile: String?

  /// Uses a client of its own unless one is given; `caFile` is a PEM file to trust instead of the system's.
  package init(http: HTTPClient = HTTPClient(), caFile: String? = nil) {
    self.http = http
    self.caFile = caFile
  }

  package func send(
    _ request: BobRequest, onBody: @escaping @Sendable ([UInt8]) -> Bool
  ) async throws(BobExchangeFailure) -> BobHead {
    let read = request.read
    let method: HTTPRequest.Method =
      if let body = read.body { .post(body: body, contentType: "application/json") } else { .get }
    var message = HTTPRequest(
      method, url: request.url, headers: request.headers.filter { $0.name != "Content-Type" },
      basicAuth: (request.serviceUser, Secret(request.token)),
      timeouts: HTTPTimeouts(total: .seconds(read.timeout), stall: .seconds(60)),
      // The client counts too, and knows then that it was its own limit.
      maximumBytes: read.longestAnswer + (1 << 20), caFile: caFile)
    message.acceptsGzip = true
    do {
      let response = try await http.perform(message) { chunk in
        guard onBody(chunk) else { throw Enough() }
      }
      return BobHead(status: response.status, headers: response.headers)
    } catch {
      throw BobExchangeFailure(error)
    }
  }

  /// Ends an answer in which nobody is interested any more.
  private struct Enough: Error {}
}

extension BobExchangeFailure {
  init(_ failure: HTTPFailure) {
    self =
      switch failure {
      case .unusable, .unresolvable, .unreachable, .other: .unreachable
      case .tls: .untrusted
      case .timedOut: .timedOut
      case .cut, .tooLarge, .consumerThrew, .cancelled: .cut
      }
  }
}
