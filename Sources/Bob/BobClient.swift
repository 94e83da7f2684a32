package import Delivery
import Mail
import Synchronization

/// Makes the reads of Bob and decides what each answer is worth, so that no caller sees a status code.
///
/// - 401 and 403 are never repeated quickly, since Bob bars a caller who does: after one, every read is refused here for
///   an hour, or until the token changes.
/// - 429 and trouble on the way become `later`, with the seconds to wait.
/// - A 200 that is no JSON is Bob's login page; like anything else unexpected it becomes `blind`.
package actor BobClient {
  private let endpoint: BobEndpoint
  private let serviceUser: String
  private let token: @Sendable () throws -> String
  private let exchange: any BobExchange
  private let clock: any WallClock
  private let random: @Sendable () -> Double
  private var refusal: Refusal?
  /// When a named list was forbidden last, in Unix seconds.
  private var listsClosed: Int64?
  /// Failures in a row, for the back-off.
  private var troubles = 0
  /// When each kind of read may be made again, in Unix seconds; set when Bob says that none remains.
  private var pauses: [String: Int64] = [:]

  private struct Refusal {
    var token: String
    var at: Int64
    var advice: String
  }

  /// How long a refused token is left alone, in seconds.
  package static let refusalPause: Int64 = 3600

  /// Makes a client; nothing is sent yet.
  ///
  /// - Parameters:
  ///   - token: reads the token anew at every request, so that a changed file is seen.
  ///   - random: a number in 0..<1, for the jitter of the back-off.
  package init(
    endpoint: BobEndpoint, serviceUser: String, token: @escaping @Sendable () throws -> String,
    exchange: any BobExchange, clock: any WallClock,
    random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
  ) {
    self.endpoint = endpoint
    self.serviceUser = serviceUser
    self.token = token
    self.exchange = exchange
    self.clock = clock
    self.random = random
  }

  /// What became of a read.
  package enum Answer: Sendable, Hashable {
    /// JSON with status 200; the body went to `onBody`.
    case found
    /// 404: no such person or list.
    case missing
    /// 403 to the lookup of a list, which is no reason to stop reading people.
    case closed
  }

  /// Makes a read and streams the body to `onBody`, which says whether to go on.
  ///
  /// The body counts only if this returns `found`: bytes of a refusal are handed on too, before the status is known.
  package func perform(
    _ read: BobRead, onBody: @escaping @Sendable ([UInt8]) -> Bool
  ) async throws(LeaverSourceFailure) -> Answer {
    let token = try currentToken()
    // Forbidden lists are left alone like a refused token: Bob's firewall counts both.
    if read.isListLookup, let closed = listsClosed, isRecent(closed) { return .closed }
    let request = BobRequest(read, at: endpoint, serviceUser: serviceUser, token: token)
    let meter = BodyMeter(limit: read.longestAnswer)
    let head: BobHead
    do {
      head = try await exchange.send(request) { chunk in meter.admits(chunk.count) && onBody(chunk) }
    } catch {
      // An answer stopped here on purpose is no trouble on the way.
      if meter.isOver { throw .blind(advice: BobAdvice.tooMuch) }
      throw backOff(BobAdvice.trouble(error))
    }
    note(head, of: read)
    switch head.status {
    case 200:
      guard head.isJSON else { throw .blind(advice: BobAdvice.loginPage) }
      troubles = 0
      return .found
    case 404:
      if read.bucket == "search" { throw .blind(advice: BobAdvice.unexpected(404)) }
      return .missing
    case 403 where read.isListLookup:
      listsClosed = clock.now().seconds
      return .closed
    case 401, 403:
      let advice = head.status == 401 ? BobAdvice.wrongToken : BobAdvice.forbidden
      refusal = Refusal(token: token, at: clock.now().seconds, advice: advice)
      throw .refused(advice: advice)
    case 429:
      let wait = RateLimit(head.headers).wait(at: clock.now().seconds)
      pauses[read.bucket] = clock.now().seconds + wait
      throw .later(seconds: wait, advice: BobAdvice.rateLimited)
    case 408, 500...599: throw backOff(BobAdvice.serverTrouble(head.status))
    default: throw .blind(advice: BobAdvice.unexpected(head.status))
    }
  }

  /// Makes a read whose answer is small, and returns its body; nil if Bob has no such thing or does not show it.
  package func collect(_ read: BobRead) async throws(LeaverSourceFailure) -> [UInt8]? {
    let body = Gathered()
    let answer = try await perform(read) { chunk in
      body.bytes.withLock { $0 += chunk }
      return true
    }
    return answer == .found ? body.bytes.withLock { $0 } : nil
  }

  /// Seconds to wait before this read, by what Bob said of its rate limit; 0 if it may be made at once.
  package func pause(before read: BobRead) -> Int64 {
    let now = clock.now().seconds
    guard let until = pauses[read.bucket], until > now, until - now <= RateLimit.longest else { return 0 }
    return until - now
  }

  private func currentToken() throws(LeaverSourceFailure) -> String {
    guard let token = usableToken() else {
      refusal = Refusal(token: "", at: clock.now().seconds, advice: BobAdvice.noToken)
      throw .refused(advice: BobAdvice.noToken)
    }
    if let refusal, refusal.token == token {
      if isRecent(refusal.at) { throw .refused(advice: refusal.advice) }
    }
    refusal = nil
    return token
  }

  private func isRecent(_ refused: Int64) -> Bool {
    (0..<Self.refusalPause).contains(clock.now().seconds - refused)
  }

  /// Whether the token is another than the one that Bob refused last.
  package func hasFreshToken() -> Bool {
    guard let refusal, let token = usableToken() else { return false }
    return token != refusal.token
  }

  /// The token as it is sent; nil if it cannot be read, or is none.
  private func usableToken() -> String? {
    guard let text = try? token() else { return nil }
    let token = String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    let isUsable =
      !token.isEmpty && Self.isPlain(token) && Self.isPlain(serviceUser) && !serviceUser.contains(":")
      && !serviceUser.isEmpty
    return isUsable ? token : nil
  }

  /// Printable ASCII without a space: nothing else belongs in a header.
  private static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { (0x21...0x7E).contains($0) } }

  private func backOff(_ advice: String) -> LeaverSourceFailure {
    troubles += 1
    return .later(seconds: RateLimit.backOff(after: troubles, random: random()), advice: advice)
  }

  private func note(_ head: BobHead, of read: BobRead) {
    let now = clock.now().seconds
    guard let wait = RateLimit(head.headers).pause(at: now) else { return }
    pauses[read.bucket] = now + wait
  }
}

extension BobRead {
  fileprivate var isListLookup: Bool {
    if case .namedList = self { true } else { false }
  }

  /// The rate limit's bucket: one per endpoint.
  fileprivate var bucket: String {
    switch self {
    case .search, .holders: "search"
    case .person: "person"
    case .fields: "fields"
    case .namedList: "named-lists"
    case .lifecycle, .bulkLifecycle: "lifecycle"
    }
  }
}

/// Counts the bytes of a body against its limit.
private final class BodyMeter: Sendable {
  private let left: Mutex<Int>

  init(limit: Int) { left = Mutex(limit) }

  func admits(_ count: Int) -> Bool {
    left.withLock {
      $0 -= count
      return $0 >= 0
    }
  }

  var isOver: Bool { left.withLock { $0 < 0 } }
}

/// A body as it gathers.
private final class Gathered: Sendable {
  let bytes = Mutex<[UInt8]>([])
}
