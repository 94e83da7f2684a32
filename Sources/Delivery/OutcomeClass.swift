package import Mail

/// The classes by which the retry policy tells outcomes apart; the raw values are keys of `retry-policy.yaml`.
package enum OutcomeClass: String, Sendable, Hashable, CaseIterable, Codable {
  case greylisted
  case mailboxFull = "mailbox-full"
  case rateLimited = "rate-limited"
  case policy
  case network
  case unknownUser = "unknown-user"
  case tooBig = "too-big"
  case system
  case unknown

  /// The class of a reply, by its enhanced code first (RFC 3463), then by its code (RFC 5321 §4.2.3).
  package init(_ reply: Reply) {
    if let enhanced = reply.enhanced {
      switch (enhanced.subject, enhanced.detail) {
      case (1, _): self = .unknownUser
      // What greylisting relays say of the recipient, beside 4.7.1.
      case (2, 0) where reply.isTransient: self = .greylisted
      case (2, 2): self = .mailboxFull
      case (2, 3), (3, 4): self = .tooBig
      case (2, _): self = .unknownUser
      case (3, 2): self = .rateLimited
      case (4, 5), (4, 7): self = .rateLimited
      case (4, _): self = .network
      case (7, 1) where reply.isTransient: self = .greylisted
      case (7, _): self = .policy
      default: self = .system
      }
      return
    }
    switch reply.code {
    case 421: self = .rateLimited
    case 450, 451: self = .greylisted
    case 452: self = .system
    case 550, 551, 553: self = .unknownUser
    case 552: self = .mailboxFull
    case 554: self = .policy
    default: self = .system
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
