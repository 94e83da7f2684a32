package import Mail

/// A mail of the appliance to the organisation itself; holds nothing personal of a leaver.
package struct Notice: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
    /// To HR: cases wait for a person.
    case held
    /// To HR: references could not be delivered.
    case undeliverable
    /// To HR: cases are tried on although their class's time is over.
    case overdue
    /// To ops: something stands still.
    case alarm
    /// To ops: it goes on.
    case allClear = "all-clear"
    /// To the officer: the ledger's checkpoint.
    case checkpoint

    /// Who hears of it.
    package var role: Role {
      switch self {
      case .held, .undeliverable, .overdue: .hr
      case .alarm, .allClear: .ops
      case .checkpoint: .officer
      }
    }
  }

  /// Whom the organisation has named in `notices.*`.
  package enum Role: String, Sendable, Hashable, CaseIterable, Codable { case hr, ops, officer }

  package var kind: Kind
  package var recipient: Address
  package var messageID: MessageID
  package var date: Timestamp
  /// What it tells, one after another; never empty.
  package var items: [Item]

  /// One thing told: the case, if it is about one, and a sentence.
  package struct Item: Sendable, Hashable {
    package var caseID: CaseID?
    /// The reason in one sentence, or the checkpoint's text.
    package var detail: String
    /// The timestamp authority's answer over the checkpoint, if it was there when the checkpoint was handed over.
    package var timestamp: [UInt8]?

    package init(caseID: CaseID? = nil, detail: String, timestamp: [UInt8]? = nil) {
      self.caseID = caseID
      self.detail = detail
      self.timestamp = timestamp
    }
  }

  package init(kind: Kind, recipient: Address, messageID: MessageID, date: Timestamp, items: [Item]) {
    self.kind = kind
    self.recipient = recipient
    self.messageID = messageID
    self.date = date
    self.items = items
  }
}

/// Something the organisation must hear of, committed together with what it tells of.
package struct NoticeDraft: Sendable, Hashable {
  package var kind: Notice.Kind
  package var item: Notice.Item

  package init(_ kind: Notice.Kind, _ item: Notice.Item) {
    self.kind = kind
    self.item = item
  }

  /// What HR must hear of a case that has come to where it is; nothing at most stages.
  static func about(_ row: Case) -> [NoticeDraft] {
    switch row.stage {
    case .held:
      // Whoever held it by hand knows.
      guard let reason = row.hold?.reason, reason != .operator else { return [] }
      return [NoticeDraft(.held, .init(caseID: row.id, detail: reason.explanation))]
    case .undeliverable:
      let cause =
        row.lastClass.map { "the relay's last word was of the class \"\($0.rawValue)\"" } ?? "no reason is known"
      return [NoticeDraft(.undeliverable, .init(caseID: row.id, detail: cause))]
    case .detected, .issued, .queued, .sending, .accepted, .deferred, .unknown, .confirmed, .cancelled, .expired,
      .purging, .purged:
      return []
    }
  }
}
