/// What Bob's headers say about its rate limit, and how long to wait for it: values only, no clock of its own.
package struct RateLimit: Sendable, Hashable {
  /// The longest wait that a header can impose, in seconds.
  package static let longest: Int64 = 300

  /// Requests left in the running minute; nil if not said.
  private var remaining: Int64?
  /// Unix seconds at which the minute ends; nil if not said, or no number.
  private var reset: Int64?
  /// Seconds, which Bob does not document but a proxy may send (RFC 9110 §10.2.3).
  private var retryAfter: Int64?

  /// Reads the headers, whose names are in lower case.
  package init(_ headers: [String: String]) {
    remaining = headers["x-ratelimit-remaining"].flatMap { Int64($0) }
    reset = headers["x-ratelimit-reset"].flatMap { Int64($0) }
    retryAfter = headers["retry-after"].flatMap { Int64($0) }
  }

  /// Seconds to wait after a 429, 1…300: until the reset, else `Retry-After`, else a minute.
  ///
  /// A reset in the past says only that the clocks differ; without `Retry-After`, one second is the least that is not a busy
  /// loop.
  package func wait(at now: Int64) -> Int64 {
    if let reset { return Self.bounded(reset > now ? reset - now : retryAfter ?? 1) }
    return Self.bounded(retryAfter ?? 60)
  }

  /// Seconds to wait before the next request because none remains; nil while some do.
  package func pause(at now: Int64) -> Int64? {
    guard let remaining, remaining <= 0, let reset, reset > now else { return nil }
    return Self.bounded(reset - now)
  }

  /// Seconds to wait after the n-th trouble in a row: 15, 30, 60 … up to 15 minutes, half to one and a half of it.
  package static func backOff(after troubles: Int, random: Double) -> Int64 {
    let base = min(900, 15 << min(max(troubles - 1, 0), 6))
    return max(1, Int64(Double(base) * (0.5 + random)))
  }

  private static func bounded(_ seconds: Int64) -> Int64 { min(max(seconds, 1), longest) }
}
