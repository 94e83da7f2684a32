import Cryptography
package import Logging
package import Mail

/// Mails the notices: many of one kind in one mail, so that a bad day does not flood a mailbox.
///
/// At least once: a mail whose fate is unknown is sent again with its Message-ID. Alarms go by a relay of their own if
/// the organisation has named one, since the first thing an alarm speaks of is the relay.
package actor NoticeCourier {
  /// Whom the organisation has named, and by which way they are reached.
  package struct Directory: Sendable {
    package var recipients: [Notice.Role: Address]
    /// The domain of Message-IDs.
    package var domain: String
    package var relay: any Transport
    /// For alarms; the relay above if there is no other.
    package var alarmRelay: (any Transport)?

    package init(
      recipients: [Notice.Role: Address], domain: String, relay: any Transport, alarmRelay: (any Transport)? = nil
    ) {
      self.recipients = recipients
      self.domain = domain
      self.relay = relay
      self.alarmRelay = alarmRelay
    }
  }

  private let queue: any NoticeQueue
  private let composer: any Composer
  private let directory: Directory
  private let returnPath: ReturnPath
  private let logger: Logger
  /// When a mail of a kind last went out; in memory only, a restart may send one more.
  private var last: [Notice.Kind: Timestamp] = [:]

  /// Mails that the relay has taken or refused, though their notices could not be removed from the queue yet.
  private var settled: Set<[UInt8]> = []
  /// When a mail may go again, while the queue cannot be told.
  private var notBefore: [[UInt8]: Timestamp] = [:]

  /// Seconds between two mails of one kind to HR.
  private static let rhythm: Int64 = 3600
  /// After so many seconds a notice is given up: whoever reads it then reads history.
  private static let expiry: Int64 = 5 * 86_400
  /// Waits after the first, second … attempt, in seconds.
  private static let waits: [Int64] = [60, 300, 900, 3600]
  /// More than this many are not listed in one mail.
  private static let most = 500

  package init(
    queue: any NoticeQueue, composer: any Composer, directory: Directory, returnPath: ReturnPath, logger: Logger
  ) {
    self.queue = queue
    self.composer = composer
    self.directory = directory
    self.returnPath = returnPath
    self.logger = logger
  }

  /// Sends what is due. `relayIsPaused` keeps notices back that would go by a relay known to be in trouble.
  package func round(relayIsPaused: Bool, clock: any WallClock) async throws {
    let due = try queue.dueNotices(at: clock.now())
    for kind in Notice.Kind.allCases {
      let transport = kind.role == .ops ? directory.alarmRelay ?? directory.relay : directory.relay
      guard !relayIsPaused || (kind.role == .ops && directory.alarmRelay != nil) else { continue }
      let ofKind = due.filter { $0.draft.kind == kind }
      let bundles = Dictionary(grouping: ofKind.filter { $0.mail != nil }, by: \.mail)
      for bundle in bundles.values.sorted(by: { $0[0].number < $1[0].number }) {
        try await send(bundle, by: transport, clock: clock)
      }
      let fresh = Array(ofKind.filter { $0.mail == nil }.prefix(Self.most))
      guard !fresh.isEmpty, mayBegin(kind, at: clock.now()) else { continue }
      let mail = Randomness.bytes(16)
      try queue.bundle(fresh.map(\.number), as: mail)
      last[kind] = clock.now()
      try await send(
        fresh.map { notice in
          var notice = notice
          notice.mail = mail
          return notice
        }, by: transport, clock: clock)
    }
  }

  private func mayBegin(_ kind: Notice.Kind, at now: Timestamp) -> Bool {
    guard kind.role == .hr, let last = last[kind] else { return true }
    return now.seconds - last.seconds >= Self.rhythm
  }

  private func send(_ bundle: [QueuedNotice], by transport: any Transport, clock: any WallClock) async throws {
    guard let first = bundle.first, let mail = first.mail else { return }
    let kind = first.draft.kind
    let numbers = bundle.map(\.number)
    // A queue that cannot be written must not make a mail go again and again.
    if settled.contains(mail) { return try settle(mail, numbers) }
    if let time = notBefore[mail], clock.now() < time { return }
    guard let recipient = directory.recipients[kind.role] else { return try settle(mail, numbers) }
    let notice = Notice(
      kind: kind, recipient: recipient, messageID: MessageID(random: mail, domain: directory.domain),
      date: first.queued, items: bundle.map(\.draft.item))
    guard let message = try? composer.compose(notice) else {
      return try putOff(bundle, as: mail, for: "composing", at: clock.now())
    }
    let failure: String
    do {
      switch try await transport.send(returnPath.envelope(of: notice), message: message, intent: {}) {
      case .accepted:
        try settle(mail, numbers)
        logger.info("notice sent", metadata: ["kind": "\(kind.rawValue)", "about": "\(bundle.count)"])
        return
      case .refused(let refusal):
        try settle(mail, numbers)
        logger.error(
          "notice refused; look at notices.\(kind.role.rawValue)",
          metadata: ["kind": "\(kind.rawValue)", "class": "\(OutcomeClass(refusal).rawValue)"])
        return
      case .deferred(let cause): failure = OutcomeClass(cause).rawValue
      case .unknown: failure = OutcomeClass.unknown.rawValue
      }
    } catch TransportFailure.route(let trouble) {
      failure = trouble.kind.rawValue
    } catch TransportFailure.cancelled {
      return
    }
    try putOff(bundle, as: mail, for: failure, at: clock.now())
  }

  private func putOff(_ bundle: [QueuedNotice], as mail: [UInt8], for failure: String, at now: Timestamp) throws {
    let (first, numbers) = (bundle[0], bundle.map(\.number))
    let kind = first.draft.kind
    guard now.seconds - first.queued.seconds < Self.expiry else {
      try settle(mail, numbers)
      logger.error("notice given up", metadata: ["kind": "\(kind.rawValue)", "class": "\(failure)"])
      return
    }
    let next = now + Self.waits[min(first.attempts, Self.waits.count - 1)]
    notBefore[mail] = next
    try queue.postpone(numbers, until: next)
    notBefore[mail] = nil
    logger.warning("notice not sent yet", metadata: ["kind": "\(kind.rawValue)", "class": "\(failure)"])
  }

  private func settle(_ mail: [UInt8], _ numbers: [Int64]) throws {
    settled.insert(mail)
    try queue.remove(numbers)
    settled.remove(mail)
    notBefore[mail] = nil
  }
}
