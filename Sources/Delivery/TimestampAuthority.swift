package import Mail

/// The word of a timestamp authority on when some bytes existed, checked.
package struct TimestampToken: Sendable, Hashable {
  /// The longest answer that is taken from an authority, in bytes.
  package static let longest = 65_536

  /// The authority's whole answer (RFC 3161 TimeStampResp, DER), as it came.
  package let reply: [UInt8]
  /// The time it tells.
  package let at: Timestamp

  package init(reply: [UInt8], at: Timestamp) {
    self.reply = reply
    self.at = at
  }
}

/// Tells when bytes existed, without seeing them. Implemented by `TimeStamp`.
package protocol TimestampAuthority: Sendable {
  /// Asks for a token over the SHA-256 digest of `bytes`, of which nothing else leaves the house, and checks it
  /// completely. Ends by itself within seconds, whatever the other side does.
  func token(over bytes: [UInt8]) async throws(TimestampFailure) -> TimestampToken
}

/// Why there is no token.
package enum TimestampFailure: Error, Sendable, Hashable {
  /// The authority is down, refuses, or its answer does not hold; what is wrong and where to look, in a sentence.
  case notGiven(advice: String)
  /// The appliance is being stopped: that is no word about the authority.
  case cancelled
}
