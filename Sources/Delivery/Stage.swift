/// Where a case stands. The raw value is stored, shown and exported: it is contract.
package enum Stage: String, Sendable, Hashable, CaseIterable, Codable {
  /// Seen in Bob and complete; nothing issued yet.
  case detected
  /// Waits for a person; `Case.hold` says why and where it goes on.
  case held
  /// The credential is signed and its `issue` entry stands; the document is still to be drawn and sealed.
  case issued
  /// The mail is composed and sealed; waits for a session.
  case queued
  /// The intent stands: the final dot may have been sent, and no result is recorded yet.
  case sending
  /// The relay took it (2xx after the dot).
  case accepted
  /// The relay said "later"; `Case.nextAttempt` says when.
  case deferred
  /// The dot may have been sent and no reply was read.
  case unknown
  /// Enough evidence that it arrived.
  case confirmed
  /// Refused for good, or out of attempts; waits for HR, then lapses.
  case undeliverable
  /// Closed by a person before it was confirmed.
  case cancelled
  /// Out of time: nobody released it, or `purge.latest_after` closed it.
  case expired
  /// The key slot is being shredded and the remains removed; only forward from here.
  case purging
  /// Nothing personal is left.
  case purged

  /// True as long as sealed personal data exist or may exist.
  package var holdsPersonalData: Bool { self != .purged }

  /// The stages at which the case is finished but for its purge.
  package static let closed: Set<Stage> = [.confirmed, .undeliverable, .cancelled, .expired]
}
