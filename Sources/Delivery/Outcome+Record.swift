import Audit
package import Mail

extension Outcome {
  /// The outcome as the attempt's record keeps it: codes and class, no text.
  package var result: Attempt.Result {
    switch self {
    case .accepted(let reply):
      .init(verdict: .accepted, code: reply.code, enhanced: reply.enhanced)
    case .deferred(let cause):
      .init(verdict: .deferred, class: OutcomeClass(cause), code: cause.reply?.code, enhanced: cause.reply?.enhanced)
    case .refused(let refusal):
      .init(
        verdict: .refused, class: OutcomeClass(refusal), code: refusal.reply?.code, enhanced: refusal.reply?.enhanced)
    case .unknown:
      .init(verdict: .unknown, class: .unknown)
    }
  }

  /// The relay's reply, if there is one. Its text may hold an address: it is sealed, never logged.
  package var reply: Reply? {
    switch self {
    case .accepted(let reply): reply
    case .deferred(let cause), .unknown(let cause): cause.reply
    case .refused(let refusal): refusal.reply
    }
  }
}

extension Outcome {
  /// The step of the session that decided; nil if nobody saw it, or if the mail was not even offered.
  package var phase: Phase? {
    switch self {
    case .accepted: .dot
    case .deferred(let cause), .unknown(let cause): cause.phase
    case .refused(.reply(let phase, _)): phase
    case .refused: nil
    }
  }
}

extension Cause {
  package var reply: Reply? {
    if case .reply(_, let reply) = self { reply } else { nil }
  }

  /// Where in the session it happened; nil if nobody saw.
  package var phase: Phase? {
    switch self {
    case .reply(let phase, _), .connectionLost(let phase), .timedOut(let phase), .unintelligible(let phase): phase
    case .interrupted: nil
    }
  }
}

extension Refusal {
  package var reply: Reply? {
    if case .reply(_, let reply) = self { reply } else { nil }
  }
}

extension Attempt.Result {
  /// What an entry tells of a result: class, code and enhanced code, where there are any.
  var fields: [String: CanonicalJSON] {
    var fields: [String: CanonicalJSON] = [:]
    if let `class` { fields["class"] = .string(`class`.rawValue) }
    if let code { fields["code"] = .integer(Int64(code)) }
    if let enhanced { fields["status"] = .string(enhanced.description) }
    return fields
  }
}
