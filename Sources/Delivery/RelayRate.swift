package import Mail

/// The most mails the relay is to be given in any stretch of `per` seconds.
package struct RelayRate: Sendable, Hashable {
  /// ≥ 1.
  package let mails: Int64
  /// Seconds, ≥ 1.
  package let per: Int64

  /// The largest number of mails and of seconds: beyond a million mails, or ten years, no limit is meant.
  package static let largest: (mails: Int64, per: Int64) = (1_000_000, 3650 * 86_400)

  /// Nil unless both are at least 1 and at most `largest`.
  package init?(mails: Int64, per: Int64) {
    guard (1...Self.largest.mails).contains(mails), (1...Self.largest.per).contains(per) else { return nil }
    self.mails = mails
    self.per = per
  }
}

/// Counts attempts against a rate: a token bucket in whole numbers.
///
/// A mail costs `per` drops, every second brings `mails` drops, and the bucket holds one drop less than a mail and a second
/// together. So mails leave evenly instead of in bursts, no drop is lost while they queue, and never do more than `mails`
/// of them leave within `per` consecutive seconds.
package struct RateMeter: Sendable, Hashable {
  package let rate: RelayRate
  private var drops: Int64
  private var last: Timestamp?

  package init(_ rate: RelayRate) {
    self.rate = rate
    drops = rate.per + rate.mails - 1
  }

  /// Takes one mail's share. Nil: go on, it is counted. Else when to come back; nothing is counted.
  ///
  /// A clock that went back brings no drops and takes none.
  package mutating func take(at now: Timestamp) -> Timestamp? {
    let (most, passed) = (rate.per + rate.mails - 1, now - (last ?? now))
    if passed > 0 {
      // As many seconds as fill the bucket from empty: more would bring no more, and the product stays small.
      drops = min(most, drops + min(passed, most / rate.mails + 1) * rate.mails)
    }
    last = now
    guard drops < rate.per else {
      drops -= rate.per
      return nil
    }
    return now + (rate.per - drops + rate.mails - 1) / rate.mails
  }
}
