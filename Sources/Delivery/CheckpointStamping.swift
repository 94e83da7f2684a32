package import Logging
import Mail

/// A checkpoint that was handed over and bears no timestamp yet.
package struct UnstampedCheckpoint: Sendable, Hashable {
  package var size: Int
  /// The signed note, whose exact bytes the token is over.
  package var note: String

  package init(size: Int, note: String) {
    self.size = size
    self.note = note
  }
}

/// The durable memory of timestamps, beside the checkpoints. Implemented by `Store`.
package protocol TimestampLog: Sendable {
  /// True if the checkpoint over so many entries bears a token.
  func isTimestamped(_ size: Int) throws -> Bool
  /// The newest checkpoint that was handed over, if it bears no token.
  func unstamped() throws -> UnstampedCheckpoint?
  /// Keeps the token of a checkpoint, and that the authority answers. The first token of a checkpoint stands.
  func keep(_ token: TimestampToken, over size: Int) throws
  func standing() throws -> AuthorityStanding
  func note(_ standing: AuthorityStanding) throws
}

/// Has the checkpoints that leave the house timestamped, if the organisation has named an authority.
///
/// Nothing waits for it: an authority that is down, or whose answer does not hold, costs a pass the few seconds of one
/// request an hour, and the checkpoint goes without. It is asked again for the newest one; ops hear of it after a day.
package struct CheckpointStamping: Sendable {
  private let authority: (any TimestampAuthority)?
  private let log: any TimestampLog
  private let bell: AlarmBell
  private let logger: Logger

  /// - Parameter authority: nil if there is none.
  package init(authority: (any TimestampAuthority)?, log: any TimestampLog, bell: AlarmBell, logger: Logger) {
    self.authority = authority
    self.log = log
    self.bell = bell
    self.logger = logger
  }

  /// Asks for a token over a checkpoint that is about to be handed over. Throws only what the store does.
  func stamp(_ checkpoint: UnstampedCheckpoint, at now: Timestamp) async throws {
    guard let authority else { return try rest(at: now) }
    guard try !log.isTimestamped(checkpoint.size) else { return }
    try await ask(authority, for: checkpoint, at: now)
  }

  /// Asks again for the newest checkpoint that went without.
  func catchUp(at now: Timestamp) async throws {
    guard let authority else { return try rest(at: now) }
    guard let checkpoint = try log.unstamped() else {
      // A crash after the token was kept may have left the alarm up.
      if try log.standing() == .answering { bell.silence(.timestamp, at: now) }
      return
    }
    try await ask(authority, for: checkpoint, at: now)
  }

  private func ask(_ authority: any TimestampAuthority, for checkpoint: UnstampedCheckpoint, at now: Timestamp)
    async throws
  {
    let standing = try log.standing()
    guard standing.mayAsk(at: now) else { return }
    let token: TimestampToken
    do throws(TimestampFailure) {
      token = try await authority.token(over: Array(checkpoint.note.utf8))
    } catch {
      guard case .notGiven(let advice) = error else { return }
      return try note(standing.failed(at: now), advice, at: now)
    }
    try log.keep(token, over: checkpoint.size)
    bell.silence(.timestamp, at: now)
    logger.info("checkpoint timestamped", metadata: ["size": "\(checkpoint.size)", "time": "\(token.at.iso8601)"])
  }

  private func note(_ standing: AuthorityStanding, _ advice: String, at now: Timestamp) throws {
    try log.note(standing)
    logger.warning("checkpoint not timestamped; asked again in an hour", metadata: ["advice": "\(advice)"])
    guard standing.isOverdue(at: now) else { return }
    bell.ring(
      .timestamp,
      "checkpoints have gone without a timestamp for a day: \(advice) See audit.timestamp_url, and `refpassport check`",
      at: now)
  }

  /// Without an authority nothing fails.
  private func rest(at now: Timestamp) throws {
    if try log.standing() != .answering { try log.note(.answering) }
    bell.silence(.timestamp, at: now)
  }
}
