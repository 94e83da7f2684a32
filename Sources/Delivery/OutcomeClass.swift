package import Mail

/// The classes by which the retry policy tells outcomes apart; the raw values are keys of `retry-policy.yaml`.
package enum OutcomeClass: String, Sendable, Hashable, CaseIterable, Codable {
  /// "Try again later" to a sender not seen before; it clears by itself within the hour.
  case greylisted
  /// The mailbox holds no more until somebody empties it.
  case mailboxFull = "mailbox-full"
  /// Too many mails, connections or recipients for now.
  case rateLimited = "rate-limited"
  /// Somebody decided against this mail, its sender or its relay; time alone does not change that.
  case policy
  /// A host did not answer or cannot be reached.
  case network
  /// There is no such mailbox, or it is closed.
  case unknownUser = "unknown-user"
  case tooBig = "too-big"
  /// The server is in trouble of its own, or says nothing more.
  case system
  /// The relay took the mail, and a report came later: this delivery failed, though the address may be fine.
  case bouncedSoft = "bounced-soft"
  /// Nobody knows what became of the attempt.
  case unknown

  /// The class of a reply: by its text where that is known to say more than the codes (`ReplyQuirk`), else by its enhanced
  /// code (RFC 3463, RFC 5248), else by its code (RFC 5321 §4.2.3).
  package init(_ reply: Reply) {
    if let quirk = ReplyQuirk.first(for: reply) {
      self = quirk.class
    } else if let enhanced = reply.enhanced, let `class` = Self.byStatus(enhanced, transient: reply.isTransient) {
      self = `class`
    } else {
      self = Self.byCode(reply.code)
    }
  }

  /// True if the trouble a reply tells of passes by itself: every 4yz, and those 5yz that are known to mean "not now", such
  /// as `550 … frequency limited`.
  ///
  /// The outcome stays what the relay said: a 5yz is a refusal, and the ledger tells its code. Whoever decides on the next
  /// step may treat such a refusal as deferred, by the rule of its class.
  package static func isReallyTemporary(_ reply: Reply) -> Bool {
    reply.isTransient || (reply.isPermanent && ReplyQuirk.first(for: reply)?.passes == true)
  }

  /// What an enhanced code says; nil if it says nothing (subject 0, "other").
  private static func byStatus(_ status: EnhancedStatus, transient: Bool) -> OutcomeClass? {
    switch (status.subject, status.detail) {
    case (0, _): nil
    // The sender's address, not the recipient's: 1.7 bad syntax, 1.8 no such domain, 1.9 relayed to who may not.
    case (1, 7), (1, 8), (1, 9): .policy
    case (1, _): .unknownUser
    // What greylisting relays say of the recipient, beside 4.7.1.
    case (2, 0) where transient: .greylisted
    case (2, 1) where transient: .system
    case (2, 2): .mailboxFull
    case (2, 3), (3, 4), (7, 16): .tooBig
    case (2, 4): .system
    case (2, _): .unknownUser
    case (3, 2): .rateLimited
    case (4, 5): .rateLimited
    case (4, 3): .system
    case (4, _): .network
    // Too many recipients of a mail that has one: the relay counts over time.
    case (5, 3): .rateLimited
    // Content that cannot be converted, or an address that needs SMTPUTF8 (RFC 6531).
    case (6, _): .policy
    case (7, 1) where transient: .greylisted
    // The mailbox changed hands (RFC 7293), and a flood (RFC 5248 registry, X.7.28).
    case (7, 17), (7, 18): .unknownUser
    case (7, 28): .rateLimited
    case (7, _): .policy
    default: .system
    }
  }

  private static func byCode(_ code: Int) -> OutcomeClass {
    switch code {
    case 421: .rateLimited
    case 450, 451: .greylisted
    // A host that takes no mail (RFC 7504).
    case 521, 550, 551, 553, 556: .unknownUser
    case 552: .mailboxFull
    case 530, 534, 535, 538, 554: .policy
    default: .system
    }
  }

  package init(_ cause: Cause) {
    switch cause {
    case .reply(_, let reply): self = OutcomeClass(reply)
    case .connectionLost, .timedOut, .unintelligible: self = .network
    case .interrupted: self = .unknown
    }
  }

  package init(_ refusal: Refusal) {
    switch refusal {
    case .reply(_, let reply): self = OutcomeClass(reply)
    case .tooBig: self = .tooBig
    case .smtputf8NotOffered: self = .policy
    }
  }
}
