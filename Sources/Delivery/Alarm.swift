package import Logging
package import Mail
import Synchronization

/// Something that stands still until it is set right: seen by every list, told to ops once, and told again when it ends.
package struct Alarm: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
    /// Bob refuses the token, does not show what it must, or cannot be reached.
    case bob
    /// The relay as a whole cannot be used.
    case route
    /// The data directory cannot be written.
    case store
    /// The wall clock has jumped.
    case clock
    /// A purge found remains.
    case purge
    /// A scan found personal data where none may be.
    case residue
    /// A legal hold is past its review date.
    case review
    /// The appliance came back from a backup, and holds every new leaver.
    case restored
    /// The bounce mailbox is not read, or nothing arrives in it.
    case bounces
    /// Checkpoints go without the timestamp that they are to bear.
    case timestamp
  }
  package var kind: Kind
  package var since: Timestamp
  /// What is wrong and where to look, in one sentence; nothing personal.
  package var detail: String

  package init(_ kind: Kind, since: Timestamp, detail: String) {
    self.kind = kind
    self.since = since
    self.detail = detail
  }
}

/// The durable list of alarms. Implemented by `Store`.
package protocol AlarmBoard: Sendable {
  /// Puts an alarm up, with a notice to ops that is due at `telling`; one that is up already takes the new detail only.
  /// Returns true if it was not up.
  func raise(_ alarm: Alarm, telling: Timestamp) throws -> Bool
  /// Takes an alarm down, with a notice to ops if they were told of it. Returns it, or nil if it was not up.
  func clear(_ kind: Alarm.Kind, at now: Timestamp) throws -> Alarm?
  /// The alarms that are up, oldest first.
  func alarms() throws -> [Alarm]
}

/// Puts alarms up and takes them down, and says so in the log; works without the board when the disk is the trouble.
package final class AlarmBell: Sendable {
  private let board: any AlarmBoard & NoticeQueue
  private let logger: Logger
  /// What this process rang for; the board may not have been able to take it.
  private let rung = Mutex<[Alarm.Kind: Alarm]>([:])

  package init(_ board: any AlarmBoard & NoticeQueue, logger: Logger) {
    self.board = board
    self.logger = logger
  }

  /// - Parameter patience: seconds before ops are told; trouble that ends sooner is in the log only.
  package func ring(_ kind: Alarm.Kind, _ detail: String, patience: Int64 = 0, at now: Timestamp) {
    let alarm = Alarm(kind, since: now, detail: detail)
    let first = rung.withLock { rung in
      defer { rung[kind] = rung[kind] ?? alarm }
      return rung[kind] == nil
    }
    let isNew = (try? board.raise(alarm, telling: now + patience)) ?? first
    guard isNew, first else { return }
    logger.critical("alarm", metadata: ["kind": "\(kind.rawValue)", "detail": "\(detail)"])
  }

  package func silence(_ kind: Alarm.Kind, at now: Timestamp) {
    let remembered = rung.withLock { $0[kind] }
    let kept: Alarm?
    do { kept = try board.clear(kind, at: now) } catch { return }
    rung.withLock { $0[kind] = nil }
    guard let alarm = kept ?? remembered else { return }
    if kept == nil {
      // The board could not take it; now it can, and ops shall hear of it at last.
      let detail = "Over since \(now.iso8601), begun \(alarm.since.iso8601): \(alarm.detail)"
      try? board.queue([NoticeDraft(.allClear, .init(detail: detail))], at: now)
    }
    logger.notice(
      "alarm over", metadata: ["kind": "\(kind.rawValue)", "seconds": "\(max(0, now.seconds - alarm.since.seconds))"])
  }
}
