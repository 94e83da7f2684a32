package import Mail

/// Decides when trouble with the source of leavers is more than a hiccup, and tells ops.
///
/// A refusal, or an answer that does not show what it must, is told at once: it does not pass by itself. Anything else is
/// told once no poll has succeeded for a set time.
package struct SourceAlarm: Sendable {
  private let log: any DepartureLog
  private let bell: AlarmBell
  private let patience: Int64
  private let started: Timestamp

  /// - Parameters:
  ///   - patience: seconds without a successful poll.
  ///   - started: when this process began to ask.
  package init(log: any DepartureLog, bell: AlarmBell, patience: Int64, started: Timestamp) {
    self.log = log
    self.bell = bell
    self.patience = patience
    self.started = started
  }

  /// Takes note of a poll that succeeded, though perhaps not of everybody.
  package func note(_ poll: Poll, at now: Timestamp) {
    guard let missed = poll.missed else { return bell.silence(.bob, at: now) }
    bell.ring(.bob, missed.sentence, patience: patience, at: now)
  }

  /// Takes note of a poll that failed.
  package func note(_ failure: LeaverSourceFailure, at now: Timestamp) throws {
    guard let detail = Self.detail(failure, last: try log.lastPoll(), started: started, patience: patience, at: now)
    else { return }
    bell.ring(.bob, detail, at: now)
  }

  /// What it says besides the advice; these words stand in the board of alarms, whoever bears them as a name.
  package static let words = ["no poll of Bob has ever succeeded since", Missed.words]

  /// What ops are told; nil while it may pass.
  static func detail(
    _ failure: LeaverSourceFailure, last: Timestamp?, started: Timestamp, patience: Int64, at now: Timestamp
  ) -> String? {
    switch failure {
    case .refused, .blind: return failure.advice
    case .later, .gone:
      guard now - (last ?? started) >= patience else { return nil }
      let since = last.map { "no poll of Bob has succeeded since \($0.iso8601)" } ?? "no poll of Bob has ever succeeded"
      return "\(since): \(failure.advice)"
    }
  }
}
