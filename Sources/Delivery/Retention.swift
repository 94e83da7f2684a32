package import Mail

/// How long a case may keep its personal data when nothing else ends it (`purge.*`), in seconds.
package struct Retention: Sendable, Hashable {
  /// After it became undeliverable.
  package var undeliverable: Int64
  /// After it was held.
  package var held: Int64
  /// After it was opened, whatever its stage, `unknown` included; a case that was promised less keeps that promise.
  package var latest: Int64

  package init(undeliverable: Int64 = 14 * 86_400, held: Int64 = 30 * 86_400, latest: Int64 = 45 * 86_400) {
    self.undeliverable = undeliverable
    self.held = held
    self.latest = latest
  }

  /// True if the case must be closed as expired now: held too long, or past `latest`.
  package func mustExpire(_ row: Case, now: Timestamp) -> Bool {
    switch row.stage {
    case .confirmed, .undeliverable, .cancelled, .expired, .purging, .purged, .sending: false
    case .held: now.seconds - row.since.seconds >= held || isPastLatest(row, now)
    default: isPastLatest(row, now)
    }
  }

  /// When the case is closed at the latest.
  package func latest(_ row: Case) -> Timestamp { row.opened + min(latest, row.promise ?? latest) }

  private func isPastLatest(_ row: Case, _ now: Timestamp) -> Bool { now >= latest(row) }

  /// True if the case is closed and its purge is due: never under a legal hold.
  package func purgeDue(_ row: Case, now: Timestamp) -> Bool {
    guard row.legalHold == nil else { return false }
    return switch row.stage {
    case .confirmed, .cancelled, .expired, .purging: true
    case .undeliverable:
      now.seconds - row.since.seconds >= undeliverable || isPastLatest(row, now)
    default: false
    }
  }
}
