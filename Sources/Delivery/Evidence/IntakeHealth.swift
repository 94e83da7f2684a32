package import Mail

/// Whether silence in the bounce mailbox means anything: it is looked into, and what is sent there is seen.
package struct IntakeHealth: Sendable, Hashable {
  /// A mail to the bounce address itself.
  package struct Probe: Sendable, Hashable {
    package var number: Int64
    package var sent: Timestamp
    /// When it was found in the mailbox.
    package var back: Timestamp?

    package init(number: Int64, sent: Timestamp, back: Timestamp? = nil) {
      self.number = number
      self.sent = sent
      self.back = back
    }
  }

  /// True if there is a mailbox to look into.
  package var isConfigured: Bool
  /// When every source was last read to its end.
  package var lastLook: Timestamp?
  /// The newest probes, in any order.
  package var probes: [Probe]

  package init(isConfigured: Bool, lastLook: Timestamp? = nil, probes: [Probe] = []) {
    self.isConfigured = isConfigured
    self.lastLook = lastLook
    self.probes = probes
  }

  /// No mailbox is read.
  package static let none = IntakeHealth(isConfigured: false)

  /// Longest time since the last look, in seconds.
  package static let longestBlindness: Int64 = 86_400
  /// After so many seconds a probe must be back.
  package static let patience: Int64 = 2 * 3600
  /// A probe that is back proves nothing about the time so many seconds after it was sent: one goes a day.
  package static let longestTrust: Int64 = 2 * 86_400

  package enum State: Sendable, Hashable {
    case unconfigured
    /// Nothing is wrong yet, and nothing is proven: the first probe is on its way, or still to be sent.
    case beginning
    case working
    case failing(Trouble)
  }

  package enum Trouble: Sendable, Hashable {
    /// Nobody could look for a day.
    case blind
    /// A probe did not come back in time.
    case probeLost
    /// No probe could be sent for days.
    case probeOld

    /// What ops read.
    package var explanation: String {
      switch self {
      case .blind: "the bounce mailbox could not be read for a day; look at bounces.*"
      case .probeLost:
        "a test mail through the relay to smtp.bounce_address did not arrive in the bounce mailbox within 2 hours; "
          + "look at that mailbox, its filters and bounces.*"
      case .probeOld: "no test mail to smtp.bounce_address could be sent for two days; look at the relay and its log"
      }
    }
  }

  package func state(at now: Timestamp) -> State {
    guard isConfigured else { return .unconfigured }
    // A look that is said to be to come was written under another clock: it proves nothing.
    let look = lastLook.flatMap { $0 <= now ? $0 : nil }
    if let look, now - look >= Self.longestBlindness { return .failing(.blind) }
    let back = probes.filter { $0.back != nil && $0.sent <= now }.map(\.sent).max()
    let overdue = probes.filter { $0.back == nil && now - $0.sent >= Self.patience }.map(\.sent).max()
    if let overdue, back.map({ $0 < overdue }) ?? true { return .failing(.probeLost) }
    guard look != nil, let back else { return .beginning }
    return now - back < Self.longestTrust ? .working : .failing(.probeOld)
  }

  /// True if nothing can have come until `end` that was not seen: intake works, and the last look was later.
  package func provesSilence(until end: Timestamp, at now: Timestamp) -> Bool {
    state(at: now) == .working && lastLook.map { $0 >= end } ?? false
  }

  /// True if it is time for another probe: one at the start of the program, and one a day.
  ///
  /// A program that is started again and again sends one an hour at most, as long as they come back.
  package func wantsProbe(atStart: Bool, at now: Timestamp) -> Bool {
    guard isConfigured else { return false }
    guard let newest = probes.max(by: { $0.sent < $1.sent }) else { return true }
    let age = now - newest.sent
    if age < 0 || age >= 86_400 { return true }
    return atStart && (age >= 3600 || newest.back == nil)
  }
}

/// The durable memory of looks and probes. Implemented by `Store`.
package protocol IntakeLog: Sendable {
  /// When every source was last read to its end, and the newest probes.
  func intake() throws -> (lastLook: Timestamp?, probes: [IntakeHealth.Probe])
  func noteLook(at now: Timestamp) throws
  /// Remembers a probe that is about to be sent, and forgets all but the newest ten; returns its number.
  func beginProbe(at now: Timestamp) throws -> Int64
  /// Forgets a probe that was surely not sent.
  func dropProbe(_ number: Int64) throws
  /// Notes that a probe is back; false if that was known.
  func noteProbe(_ number: Int64, backAt now: Timestamp) throws -> Bool
}
