import Curl
package import Delivery
import Synchronization

/// An authority at an address, asked by HTTP (RFC 3161 §3.4).
package struct HTTPTimestampAuthority: TimestampAuthority {
  private let url: String
  private let verifier: TimestampVerifier
  private let domain: String
  private let timeouts: HTTPTimeouts
  private let http = HTTPClient()

  package static let queryType = "application/timestamp-query"
  package static let replyType = "application/timestamp-reply"

  /// - Parameters:
  ///   - url: `http://` or `https://`; the latter's certificate is checked against the system's.
  ///   - domain: the organisation's, of which no address may stand in a token.
  ///   - seconds: for the whole exchange.
  package init(url: String, roots: TimestampRoots, domain: String, seconds: Int = 10) {
    self.url = url
    self.domain = domain
    verifier = TimestampVerifier(roots: roots)
    let limit = Duration.seconds(seconds)
    timeouts = HTTPTimeouts(connect: min(limit, .seconds(5)), total: limit, stall: limit)
  }

  package func token(over bytes: [UInt8]) async throws(TimestampFailure) -> TimestampToken {
    do throws(TimestampError) {
      return try await ask(over: bytes)
    } catch {
      throw error == .cancelled ? .cancelled : .notGiven(advice: "\(error).")
    }
  }

  /// The same, with the reason by name.
  package func ask(over bytes: [UInt8]) async throws(TimestampError) -> TimestampToken {
    let query = TimestampQuery(over: bytes)
    let reply = Gathered()
    let request = HTTPRequest(
      .post(body: try query.der(), contentType: Self.queryType), url: url, headers: [("Accept", Self.replyType)],
      timeouts: timeouts, maximumBytes: TimestampToken.longest)
    let response: HTTPResponse
    do throws(HTTPFailure) {
      response = try await http.perform(request) { piece in reply.bytes.withLock { $0 += piece } }
    } catch {
      throw TimestampError(error)
    }
    guard response.status == 200 else { throw .httpStatus(response.status) }
    guard response.contentType == Self.replyType else { throw .wrongContentType }
    let token = try verifier.token(in: reply.bytes.withLock { $0 }, answering: query)
    guard !Self.folded(token.reply).contains(Self.folded(Array("@\(domain)".utf8))) else { throw .bearsAddress }
    return token
  }

  /// ASCII letters in lower case.
  private static func folded(_ bytes: [UInt8]) -> [UInt8] {
    bytes.map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 ? $0 | 0x20 : $0 }
  }
}

extension TimestampError {
  init(_ failure: HTTPFailure) {
    self =
      switch failure {
      case .tooLarge: .tooLong
      case .cancelled: .cancelled
      default: .noAnswer(failure.advice)
      }
  }
}

/// An answer as it gathers.
private final class Gathered: Sendable {
  let bytes = Mutex<[UInt8]>([])
}
