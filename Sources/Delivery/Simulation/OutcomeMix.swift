/// What a relay answers on the whole: how many mails it takes at once, how many it refuses, what trouble the others meet and
/// how long that lasts.
package struct OutcomeMix: Sendable, Hashable {
  /// Trouble of one class. How long it lasts is log-normal: most often near the median, sometimes much longer.
  package struct Trouble: Sendable, Hashable {
    /// Of all mails, 0…1: those whose first outcome is of this class.
    package var share: Double
    /// Seconds after which half of it has passed, counted from the first attempt; ≥ 1.
    package var clearsAfter: Int64
    /// ≥ 1; two thirds pass between `clearsAfter / spread` and `clearsAfter × spread`.
    package var spread: Double
    /// Of these mails, 0…1: those whose trouble never passes.
    package var never: Double

    package init(share: Double, clearsAfter: Int64, spread: Double, never: Double) {
      self.share = share
      self.clearsAfter = clearsAfter
      self.spread = spread
      self.never = never
    }
  }

  /// When mails are queued: so many a day, spread evenly over some hours of each.
  package struct Arrivals: Sendable, Hashable {
    package var mailsPerDay: Int
    /// Seconds after midnight.
    package var begin: Int64
    /// Seconds, 1…86,400.
    package var length: Int64

    package init(mailsPerDay: Int, begin: Int64, length: Int64) {
      self.mailsPerDay = mailsPerDay
      self.begin = begin
      self.length = length
    }
  }

  /// Of all mails, 0…1: taken at the first attempt.
  package var accepted: Double
  /// Of all mails, 0…1: refused for good at the first attempt.
  package var refused: Double
  package var troubles: [OutcomeClass: Trouble]
  package var arrivals: Arrivals

  package init(accepted: Double, refused: Double, troubles: [OutcomeClass: Trouble], arrivals: Arrivals) {
    self.accepted = accepted
    self.refused = refused
    self.troubles = troubles
    self.arrivals = arrivals
  }

  /// All shares together: 1 if nothing is left out.
  package var total: Double { troubles.values.reduce(accepted + refused) { $0 + $1.share } }

  /// A mix for an appliance that has recorded nothing yet. Its numbers are assumptions, not measurements.
  package static let standard = OutcomeMix(
    accepted: 0.93, refused: 0.01,
    troubles: [
      .greylisted: Trouble(share: 0.03, clearsAfter: 360, spread: 2, never: 0.01),
      .rateLimited: Trouble(share: 0.012, clearsAfter: 1200, spread: 3, never: 0),
      .network: Trouble(share: 0.006, clearsAfter: 900, spread: 4, never: 0.05),
      .system: Trouble(share: 0.004, clearsAfter: 1800, spread: 4, never: 0.02),
      .mailboxFull: Trouble(share: 0.005, clearsAfter: 18 * 3600, spread: 4, never: 0.4),
      .policy: Trouble(share: 0.002, clearsAfter: 6 * 3600, spread: 3, never: 0.7),
      .unknown: Trouble(share: 0.001, clearsAfter: 60, spread: 2, never: 0),
    ],
    arrivals: Arrivals(mailsPerDay: 500, begin: 8 * 3600, length: 10 * 3600))
}
