/// What a received message reports of a mail that was sent before: whose delivery it speaks of, and what became of each.
///
/// It is a claim, not a fact: anybody can write one. Whether it moves a case is decided by what it can prove.
package struct Report: Sendable, Hashable {
  /// The Message-ID of the mail it speaks of, without brackets.
  package var originalMessageID: String?
  /// The ENVID of that mail (RFC 3461 §4.4), as MAIL had it.
  package var envelopeID: String?
  /// Nobody: the message is no report.
  package var recipients: [Recipient]

  package init(originalMessageID: String? = nil, envelopeID: String? = nil, recipients: [Recipient] = []) {
    self.originalMessageID = originalMessageID
    self.envelopeID = envelopeID
    self.recipients = recipients
  }

  /// What was done for a recipient (RFC 3464 §2.3.3).
  package enum Action: String, Sendable, Hashable, CaseIterable, Codable {
    case failed, delayed, delivered, relayed, expanded
  }

  /// What follows from it for the address.
  package enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
    /// This address is dead.
    case hard
    /// This delivery failed for good; the address may be fine.
    case soft
    /// Still being tried.
    case delayed
    /// Taken, as far as the reporter knows.
    case delivered
    case none
  }

  /// Why, as far as the report tells.
  package enum Reason: String, Sendable, Hashable, CaseIterable, Codable {
    case userUnknown = "user_unknown"
    case mailboxDisabled = "mailbox_disabled"
    case mailboxFull = "mailbox_full"
    case messageTooBig = "message_too_big"
    case hostUnknown = "host_unknown"
    case network, expired, spam, policy, content
    case rateLimited = "rate_limited"
    case system, delivered, unknown
  }

  /// One recipient of the mail.
  package struct Recipient: Sendable, Hashable {
    /// The address as the report has it, the one mailed to if it tells that; empty if it names none.
    package var address: String
    /// Other spellings of it that the report has: the final one, or what stands behind xtext.
    package var aliases: [String]
    package var action: Action
    package var status: EnhancedStatus?
    package var kind: Kind
    package var reason: Reason

    package init(
      address: String, aliases: [String] = [], action: Action, status: EnhancedStatus? = nil, kind: Kind,
      reason: Reason
    ) {
      self.address = address
      self.aliases = aliases
      self.action = action
      self.status = status
      self.kind = kind
      self.reason = reason
    }

    /// True if this is what the report says of `address`; upper and lower case do not count.
    package func names(_ address: Address) -> Bool {
      ([self.address] + aliases).contains { $0.lowercased() == address.normalised.lowercased() }
    }
  }
}
