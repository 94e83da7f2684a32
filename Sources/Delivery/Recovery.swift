import Audit
package import Logging
package import Mail

/// Decides what becomes of the cases that came back from a backup. What was done after the backup is forgotten, so nobody
/// knows whether a mail was sent meanwhile, or what was reported of one: whatever would be mailed, and whatever waits for
/// reports or for silence, waits for a person; and what cannot be opened any more, since its key is in no backup, is closed
/// as lost.
package struct Recovery: Sendable {
  private let store: any CaseStore & NoticeQueue
  private let policy: RetryPolicy
  private let logger: Logger
  private var vault: CaseVault { CaseVault(store) }

  package init(store: any CaseStore & NoticeQueue, policy: RetryPolicy, logger: Logger) {
    self.store = store
    self.policy = policy
    self.logger = logger
  }

  /// What became of them.
  package struct Result: Sendable, Hashable, Codable {
    /// Waits for a person from now on.
    package var held = 0
    /// Cannot be opened: closed, and purged next.
    package var lost = 0
    /// Needs no mail: goes on as it was.
    package var left = 0

    package init() {}
  }

  /// Goes through all open cases.
  package func settle(at now: Timestamp) throws -> Result {
    var result = Result()
    for row in try store.cases(at: Set(Stage.allCases)) {
      guard row.stage.holdsPersonalData else { continue }
      let fate = try fate(of: row, at: now)
      switch fate {
      case .left:
        result.left += 1
        // What HR was to hear of it, it may not have heard.
        try store.queue(NoticeDraft.about(row), at: now)
      case .held(let change), .lost(let change):
        try store.commit(change, at: now)
        if case .held = fate { result.held += 1 } else { result.lost += 1 }
      }
      logger.notice(
        "case came back", metadata: ["case": "\(row.id)", "stage": "\(row.stage.rawValue)", "fate": "\(fate.name)"])
    }
    return result
  }

  private enum Fate {
    case left, held(CaseChange), lost(CaseChange)

    var name: String {
      switch self {
      case .left: "left"
      case .held: "held"
      case .lost: "lost"
      }
    }
  }

  private func fate(of row: Case, at now: Timestamp) throws -> Fate {
    guard !Stage.closed.contains(row.stage), row.stage != .purging else { return .left }
    guard try CaseVault.readable(try vault.salt(of: row.id)) != nil else {
      return .lost(try interrupting(row, at: now) { try $0.lost(at: now) })
    }
    switch row.stage {
    case .held:
      // The person whose facts are to be mended is read again first; all others may have been released, and mailed.
      guard let reason = row.hold?.reason, !reason.needsReread, !reason.isOfRestore else { return .left }
      return .held(try row.reheld(for: .restored, at: now))
    case .accepted: return .held(try row.held(for: .restoredSent, at: now))
    // What was signed so far names the old ledger.
    case .issued: return .held(try row.held(for: .restored, at: now, resume: .detected))
    default: return .held(try interrupting(row, at: now) { try $0.held(for: .restored, at: now) })
    }
  }

  /// The step, after the one that says that nobody knows what became of a session.
  private func interrupting(_ row: Case, at now: Timestamp, _ step: (Case) throws -> CaseChange) throws -> CaseChange {
    guard row.stage == .sending else { return try step(row) }
    let unknown = try store.interruption(of: row, by: policy, at: now)
    try store.commit(unknown, at: now)
    return try step(unknown.committed)
  }
}

extension Case {
  /// Closes a case of which nothing can be read any more; HR hears of it, since nobody else can tell the leaver.
  fileprivate func lost(at now: Timestamp) throws(CaseMachine.Refusal) -> CaseChange {
    var change = try moved(by: .lapse, at: now, fields: ["why": "lost"]) { $0.ground = .expire }
    let detail =
      "it came back from a backup without its key, and is closed; if the leaver has no reference, make a new one with "
      + "`refpassport leavers reissue`"
    change.notices.append(NoticeDraft(.undeliverable, .init(caseID: id, detail: detail)))
    return change
  }
}
