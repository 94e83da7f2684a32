package import Logging
package import Mail

/// Mails the probes: small mails through the relay to the bounce address, one at the start and one a day, which show that
/// a report would arrive and be seen.
package actor Prober {
  private let log: any IntakeLog
  private let transport: any Transport
  private let returnPath: ReturnPath
  private let from: Mailbox
  private let domain: String
  private let logger: Logger
  private var hasSent = false
  private var notBefore: Timestamp?

  /// Seconds after a probe that the relay did not take.
  private static let pause: Int64 = 300

  /// - Parameters:
  ///   - from: the organisation's sender, as on its references.
  ///   - domain: of the Message-IDs.
  package init(
    log: any IntakeLog, transport: any Transport, returnPath: ReturnPath, from: Mailbox, domain: String, logger: Logger
  ) {
    self.log = log
    self.transport = transport
    self.returnPath = returnPath
    self.from = from
    self.domain = domain
    self.logger = logger
  }

  /// Sends one if it is time.
  func round(_ health: IntakeHealth, clock: any WallClock) async throws {
    let now = clock.now()
    guard health.wantsProbe(atStart: !hasSent, at: now), notBefore.map({ $0 <= now }) ?? true else { return }
    // Remembered first: one that comes back must be known, even to the process after a crash.
    let number = try log.beginProbe(at: now)
    let token = returnPath.token(probe: number, at: now)
    do {
      let message = try mail(token, to: returnPath.envelope(ofProbe: token).recipient, at: now)
      switch try await transport.send(returnPath.envelope(ofProbe: token), message: message, intent: {}) {
      case .accepted, .unknown:
        (hasSent, notBefore) = (true, nil)
        logger.info("probe sent", metadata: ["number": "\(number)"])
      case .deferred(let cause): try putOff(number, OutcomeClass(cause).rawValue, at: now)
      case .refused(let refusal): try putOff(number, OutcomeClass(refusal).rawValue, at: now)
      }
    } catch TransportFailure.route(let trouble) {
      try putOff(number, trouble.kind.rawValue, at: now)
    } catch TransportFailure.cancelled {
      try log.dropProbe(number)
    }
  }

  private func putOff(_ number: Int64, _ failure: String, at now: Timestamp) throws {
    try log.dropProbe(number)
    notBefore = now + Self.pause
    logger.warning("probe not sent yet", metadata: ["class": "\(failure)"])
  }

  /// The token is the Message-ID's left half, which outlives whatever is done to addresses.
  private func mail(_ token: VERPToken, to recipient: Address, at now: Timestamp) throws -> [UInt8] {
    try Message(
      from: from, to: recipient, subject: "RefPassport: test of the bounce mailbox", date: now,
      id: MessageID(random: token.bytes, domain: domain),
      content: .plainText(
        """
        This is the daily test of the way to this mailbox. RefPassport looks for it here, and it may be deleted at any time.
        """)
    ).bytes()
  }
}
