package import Mail

/// How the authority has answered of late: decides when it is asked again, and when ops must hear of it.
package enum AuthorityStanding: Sendable, Hashable {
  /// The last answer was a token, or none was ever asked for.
  case answering
  /// It has given none since then; `last` is when it was asked last.
  case failing(since: Timestamp, last: Timestamp)

  /// Seconds for which an authority that failed is left alone.
  package static let pause: Int64 = 3600
  /// Seconds of failing after which ops hear of it.
  package static let patience: Int64 = 86_400

  /// True if the authority may be asked now.
  package func mayAsk(at now: Timestamp) -> Bool {
    switch self {
    case .answering: true
    // A time to come was written under another clock.
    case .failing(_, let last): now < last || now - last >= Self.pause
    }
  }

  /// After one more failure.
  package func failed(at now: Timestamp) -> AuthorityStanding {
    switch self {
    case .answering: .failing(since: now, last: now)
    case .failing(let since, _): .failing(since: min(since, now), last: now)
    }
  }

  /// True if it has failed for so long that ops must hear of it.
  package func isOverdue(at now: Timestamp) -> Bool {
    switch self {
    case .answering: false
    case .failing(let since, _): now - since >= Self.patience
    }
  }
}
