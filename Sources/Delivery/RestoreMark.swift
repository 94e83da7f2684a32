package import Mail

/// That the appliance came back from a backup, and when: what was done between the two nobody knows.
package struct RestoreMark: Sendable, Hashable {
  package var at: Timestamp
  /// True once the source was asked since: whoever had left is known from then on.
  package var isPolled: Bool
  /// True once a person has said that all is well.
  package var isEnded: Bool

  package init(at: Timestamp, isPolled: Bool = false, isEnded: Bool = false) {
    self.at = at
    self.isPolled = isPolled
    self.isEnded = isEnded
  }

  /// True if a leaver who was not seen before may have been mailed in the time that is lost: every one until a person ends
  /// that, and then whoever left by the day of the restore, as early as mails are sent.
  package func concerns(end: CalendarDate?, leadDays: Int) -> Bool {
    guard isEnded, let end else { return true }
    // A day more, since no time zone is ahead of UTC by as much.
    return end.daysSince1970 <= at.date.daysSince1970 + Int64(leadDays) + 1
  }
}

/// What is remembered of a restore. Implemented by `Store`.
package protocol RestoreLog: Sendable {
  /// The newest restore; nil if there was none.
  func restoreMark() throws -> RestoreMark?
  /// Remembers that the source was asked.
  func notePoll(at now: Timestamp) throws
  /// Says that all is well, with an entry; false if there was nothing to end, or if the source was not asked since.
  func endRestore(by actor: String, at now: Timestamp) throws -> Bool
}

/// Holds leavers who may have been mailed in the time that a restore lost.
package struct RestoreGuard: Sendable {
  private let log: any RestoreLog
  private let leadDays: Int

  /// - Parameter leadDays: how many days before their last day leavers are mailed.
  package init(_ log: any RestoreLog, leadDays: Int) {
    self.log = log
    self.leadDays = leadDays
  }

  /// The reason to hold a new leaver, if there is one.
  func holds(_ facts: LeaverFacts) throws -> [HoldReason] {
    try log.restoreMark()?.concerns(end: facts.end, leadDays: leadDays) ?? false ? [.restored] : []
  }
}
