package import Mail

/// What became of one attempt, with its evidence.
package enum Outcome: Sendable, Hashable {
  /// 2xx after the final dot: the relay has taken responsibility (RFC 5321 §4.2.5).
  case accepted(Reply)
  /// Surely not taken; try again.
  case deferred(Cause)
  /// Surely not taken, and trying again is pointless.
  case refused(Refusal)
  /// The dot may have been sent and no final reply was read: it may have been taken.
  case unknown(Cause)
}

/// The step of an SMTP session at which something happened.
package enum Phase: String, Sendable, Hashable, CaseIterable, Codable {
  case connect, greeting, ehlo, starttls, auth, mail, rcpt, data, body, dot, quit
}

/// Why an attempt did not end in acceptance, though it may later.
package enum Cause: Sendable, Hashable {
  /// The relay answered 4xx at `Phase`.
  case reply(Phase, Reply)
  /// The connection ended at `Phase`.
  case connectionLost(Phase)
  /// The time-out of `Phase` passed without an answer.
  case timedOut(Phase)
  /// The relay's answer at `Phase` was not SMTP.
  case unintelligible(Phase)
  /// The process ended while the session was open; found at the next start.
  case interrupted
}

/// Why an attempt can never succeed as it is.
package enum Refusal: Sendable, Hashable {
  /// The relay answered 5xx at `Phase`.
  case reply(Phase, Reply)
  /// The mail is larger than the relay's announced SIZE (RFC 1870), in octets.
  case tooBig(limit: Int)
  /// The address needs SMTPUTF8 (RFC 6531) and the relay does not offer it.
  case smtputf8NotOffered
}

/// Trouble of the relay as a whole: it pauses the route and charges no case an attempt.
package struct RouteTrouble: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
    case unresolvable, unreachable, tls, starttlsNotOffered = "starttls-not-offered"
    case authNotOffered = "auth-not-offered", authRefused = "auth-refused", busy, unintelligible
    /// The password or token for the relay is not to be had here.
    case credentials
  }
  package var kind: Kind
  package var phase: Phase
  /// The relay's reply code, if it gave one.
  package var code: Int?
  /// A sentence for operators: names the key to look at; never an address of a leaver, never a secret.
  package var advice: String

  package init(kind: Kind, phase: Phase, code: Int? = nil, advice: String) {
    self.kind = kind
    self.phase = phase
    self.code = code
    self.advice = advice
  }

  package var description: String {
    code.map { "\(kind.rawValue) (\($0)): \(advice)" } ?? "\(kind.rawValue): \(advice)"
  }
}
