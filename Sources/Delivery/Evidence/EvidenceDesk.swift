import Audit
import Cryptography
package import Logging
package import Mail
import Synchronization

/// Takes what comes to the bounce address, and makes durable what it proves.
///
/// Anybody can write a report. What one may do depends on what it shows:
/// * A token that only this appliance can make, in an address that the report came to or in the ENVID it quotes, proves
///   that it is about one attempt. Then a failure counts, whoever it names, since forwarding changes recipients; good news
///   counts only of the address that was mailed.
/// * With `return_path: plain` a report that quotes the Message-ID of a case and says that its recipient failed asks a
///   person. It never confirms. With `verp` a true report always comes to a tagged address, so this one does nothing.
/// * Everything else is counted and dropped.
///
/// The message itself is kept nowhere: a keyed hash of it stands for it, in the ledger, and in the store until the purge,
/// where it tells the same message taken twice.
package final class EvidenceDesk: Sendable {
  /// What became of one message.
  package enum Finding: String, Sendable, Hashable, CaseIterable, Codable {
    /// The case is at another stage now.
    case moved
    /// Kept as evidence, and the case stays where it is, for now or for good.
    case recorded
    /// Our own test mail has come back.
    case probe
    /// It was known.
    case repeated
    /// About a case that is purged, or being purged: dropped.
    case afterPurge = "after-purge"
    /// A report about a mail that is not ours: dropped.
    case foreign
    /// About a mail of ours, without proof, or at odds with itself: dropped.
    case unproven
    /// No report at all: dropped.
    case noReport = "no-report"

    /// Only what has proved to be ours is taken out of a mailbox that others may read as well.
    package var disposition: Disposition {
      switch self {
      case .moved, .recorded, .probe, .repeated, .afterPurge: .remove
      case .foreign, .unproven, .noReport: .leave
      }
    }
  }

  private let store: any CaseStore & ReportLog
  private let intake: any IntakeLog
  private let returnPath: ReturnPath
  private let policy: Mutex<RetryPolicy>
  private let logger: Logger
  private let random: @Sendable () -> Double

  /// - Parameter random: 0..<1, for the jitter.
  package init(
    store: any CaseStore & ReportLog, intake: any IntakeLog, returnPath: ReturnPath, policy: RetryPolicy,
    logger: Logger, random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
  ) {
    self.store = store
    self.intake = intake
    self.returnPath = returnPath
    self.policy = Mutex(policy)
    self.logger = logger
    self.random = random
  }

  /// Puts another policy in force.
  package func follow(_ policy: RetryPolicy) { self.policy.withLock { $0 = policy } }

  /// Takes one message; what it proves is durable when this returns, and taking it again does nothing more.
  ///
  /// Throws only if the store is in trouble: then the message must stay where it is.
  ///
  /// - Parameter mayEnd: false while the wall clock cannot be trusted: then no case runs out of time.
  package func take(_ message: ReceivedMessage, mayEnd: Bool = true, at now: Timestamp) throws -> Finding {
    let claim = ReportClaim(message, returnPath: returnPath)
    if let finding = try probe(claim, at: now) { return told(finding) }
    guard !claim.report.recipients.isEmpty else { return told(.noReport) }
    switch try subject(of: claim) {
    case .proven(let key):
      return try take(claim, message, about: key, mayEnd: mayEnd, at: now) { claim, recipient in
        claim.verdict(for: recipient)
      }
    case .quoted(let key):
      return try take(claim, message, about: key, mayEnd: mayEnd, at: now) { claim, recipient in
        recipient.flatMap { claim.unprovenFailure(of: $0) }.map { (.claimed, $0) }
      }
    case .gone: return told(.afterPurge)
    case .unproven: return told(.unproven)
    case .foreign: return told(.foreign)
    }
  }

  /// Has what came during holds and sessions count, for the cases that have gone on since; returns how many moved.
  package func catchUp(mayEnd: Bool = true, at now: Timestamp) throws -> Int {
    var moved = 0
    for (id, reports) in try store.waitingReports() {
      guard let row = try store.find(id), ![.held, .sending, .purging, .purged].contains(row.stage) else { continue }
      for report in reports {
        if try settle(report, of: id, isNew: false, mayEnd: mayEnd, at: now) == .moved { moved += 1 }
      }
    }
    return moved
  }

  /// What a message is about, by its proofs.
  private enum Subject {
    case proven(AttemptKey)
    /// Only by its Message-ID, where that may ask a person.
    case quoted(AttemptKey)
    case gone, unproven, foreign
  }

  private func subject(of claim: ReportClaim) throws -> Subject {
    var proven: Set<AttemptKey> = []
    for token in claim.tokens {
      if let key = try store.attempt(under: token) { proven.insert(key) }
    }
    if let named = claim.envelopeID, returnPath.proves(named) {
      if let row = try store.find(named.caseID), [.purging, .purged].contains(row.stage) { return .gone }
      if let key = try store.attempt(under: named.token) { proven.insert(key) }
    }
    let quoted = try claim.report.originalMessageID.flatMap { try store.attempt(ofMessage: returnPath.mark(of: $0)) }
    guard let key = proven.first else {
      if try claim.tokens.contains(where: isOfPurgedCase) { return .gone }
      if returnPath.style == .plain, let quoted { return .quoted(quoted) }
      return quoted != nil || claim.envelopeID != nil || !claim.tokens.isEmpty ? .unproven : .foreign
    }
    // Proofs of two attempts, or the token of one mail around the header of another, are no report of either.
    guard proven.count == 1, quoted.map({ $0.caseID == key.caseID }) ?? true else { return .unproven }
    return .proven(key)
  }

  /// True if a case that was purged lately had this token. It moves nothing, and that there was such a report is worth
  /// knowing: the case may have counted as delivered.
  private func isOfPurgedCase(_ token: VERPToken) throws -> Bool {
    try store.purgedLately(Self.mostPurged).contains { last in
      (0..<min(last.attempt, Self.mostAttempts)).contains {
        returnPath.token(case: last.caseID, attempt: $0 + 1) == token
      }
    }
  }

  /// Purged cases whose tokens are made again for a report that nobody knows, and attempts of each.
  private static let mostPurged = 2000
  private static let mostAttempts = 20

  /// A probe is known by its own Message-ID, whatever else it may look like; nil if it is none.
  private func probe(_ claim: ReportClaim, at now: Timestamp) throws -> Finding? {
    guard let own = claim.ownMessageID?.prefix(while: { $0 != "@" }), let bytes = Base32.decode(own) else { return nil }
    let token = VERPToken(bytes: bytes)
    let probe = try intake.intake().probes.first { returnPath.token(probe: $0.number, at: $0.sent) == token }
    return try probe.map { try intake.noteProbe($0.number, backAt: now) ? .probe : .repeated }
  }

  private func take(
    _ claim: ReportClaim, _ message: ReceivedMessage, about key: AttemptKey, mayEnd: Bool, at now: Timestamp,
    verdict: (ReportClaim, Address?) -> (level: KeptReport.Level, by: Report.Recipient)?
  ) throws -> Finding {
    guard let row = try store.find(key.caseID), ![.purging, .purged].contains(row.stage) else {
      return told(.afterPurge)
    }
    guard let (level, recipient) = verdict(claim, try recipient(of: key.caseID)) else { return told(.unproven, key) }
    let salt = try opened { try CaseVault(store).salt(of: key.caseID) } ?? returnPath.mark(of: key.caseID.description)
    let report = KeptReport(
      attempt: key.attempt, level: level, reason: recipient.reason, status: recipient.status, at: now,
      hash: Commitment.evidence(salt: salt, report: message.octets))
    let finding = try settle(report, of: key.caseID, isNew: true, mayEnd: mayEnd, at: now)
    return told(finding, key, report)
  }

  /// Decides on what a report makes of its case and commits it; a case that moves meanwhile is looked at again.
  private func settle(
    _ report: KeptReport, of id: CaseID, isNew: Bool, mayEnd: Bool, at now: Timestamp
  ) throws -> Finding {
    var tries = 5
    while true {
      guard let row = try store.find(id) else { return .afterPurge }
      let kept = try store.reports(of: id)
      let attempts = try store.attempts(of: id)
      let commitment = try commitment(of: id)
      if isNew, ReportConsequence.isRepeated(report, after: kept) { return .repeated }
      let change: CaseChange
      do throws(CaseMachine.Refusal) {
        change = try ReportConsequence(
          row: row, report: report, earlier: kept.filter { $0.hash != report.hash }, attempts: attempts,
          policy: policy.withLock { $0 }, now: now, random: random(), mayEnd: mayEnd, isNew: isNew,
          recipient: commitment
        ).change()
      } catch {
        return error == .gone ? .afterPurge : .unproven
      }
      do {
        if row.stage == .sending, let report = change.report {
          try store.keep(report, of: id, entries: change.entries, at: now)
        } else {
          try store.commit(change, at: now)
        }
        return change.after.stage == row.stage ? .recorded : .moved
      } catch CaseStoreError.moved where tries > 1 {
        tries -= 1
      }
    }
  }

  /// Where the case's mail goes; nil if nobody can read it any more.
  private func recipient(of id: CaseID) throws -> Address? {
    let text = try opened { try CaseVault(store).envelope(of: id).recipient }
    return text.flatMap { try? Address(parsing: $0) }
  }

  private func commitment(of id: CaseID) throws -> String? {
    guard let recipient = try recipient(of: id), let salt = try opened({ try CaseVault(store).salt(of: id) }) else {
      return nil
    }
    return Commitment.address(salt: salt, normalised: recipient.normalised)
  }

  /// A sealed part; nil if it is missing or damaged. A case like that must not be one that blocks the mailbox.
  private func opened<Value>(_ read: () throws -> Value) throws -> Value? {
    do {
      return try read()
    } catch CaseStoreError.keyGone {
      return nil
    } catch is CaseVault.Missing {
      return nil
    }
  }

  private func told(_ finding: Finding, _ key: AttemptKey? = nil, _ report: KeptReport? = nil) -> Finding {
    var metadata: Logger.Metadata = ["finding": "\(finding.rawValue)"]
    if let key {
      metadata["case"] = "\(key.caseID)"
      metadata["attempt"] = "\(key.attempt)"
    }
    if let report {
      metadata["level"] = "\(report.level.rawValue)"
      metadata["reason"] = "\(report.reason.rawValue)"
      if let status = report.status { metadata["status"] = "\(status)" }
    }
    logger.info("report taken", metadata: metadata)
    return finding
  }
}
