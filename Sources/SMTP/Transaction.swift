package import Delivery
package import Mail

/// One mail to one recipient within a session, as a machine without effects: an event in, the next action
/// out.
package struct Transaction: Sendable {
  package enum Action: Sendable, Hashable {
    /// Send these lines, which have no CRLF, in one write, and read the reply to the first, which is the phase's.
    case say([String], Phase)
    /// Read the reply to the next line of those that were sent.
    case hear(Phase)
    /// Send the body without its final dot, watching for a reply that comes too early.
    case sendBody
    /// Make the intent durable.
    case keepIntent
    /// Send the final dot and read the reply to it.
    case sendDot
    case end(Ending)
  }

  package enum Event: Sendable, Hashable {
    case reply(Reply)
    /// The connection ended.
    case lost
    case timedOut
    /// What came is no reply.
    case unintelligible
    case bodySent
    case intentKept
    case intentFailed
  }

  /// How it ended, and what the session is still good for.
  package struct Ending: Sendable, Hashable {
    package enum Verdict: Sendable, Hashable {
      case outcome(Outcome)
      case route(RouteTrouble)
      /// The dot was withheld because the intent could not be made durable.
      case intentFailed
    }
    package enum Session: Sendable, Hashable {
      case keep
      /// Good for the next mail after RSET.
      case reset
      /// In step, but of no more use: take leave.
      case quit
      /// Out of step or broken: close without a word.
      case drop
    }
    package let verdict: Verdict
    package let session: Session

    package init(_ verdict: Verdict, _ session: Session) {
      self.verdict = verdict
      self.session = session
    }
  }

  private enum Step { case mail, rcpt, data, body, intent, dot, emptyDot }

  private let envelope: Envelope
  private let size: Int
  private let offered: Capabilities
  private var step = Step.mail
  /// MAIL, RCPT and DATA, as far as they are still to be said.
  private var unsaid: [String] = []
  /// What the first refusal of a group has decided, while the replies to the rest of it come in.
  private var decided: Ending?

  /// - Parameters:
  ///   - size: of the message in octets, before dot-stuffing.
  ///   - offered: by the relay; with PIPELINING among it, MAIL, RCPT and DATA go together (RFC 2920).
  package init(_ envelope: Envelope, size: Int, offered: Capabilities) {
    self.envelope = envelope
    self.size = size
    self.offered = offered
  }

  /// The first action: MAIL, or a refusal that needs no question to the relay.
  package mutating func start() -> Action {
    // RFC 1870 §5.
    if let limit = offered.size, size > limit { return end(.outcome(.refused(.tooBig(limit: limit))), .keep) }
    do throws(EnvelopeError) {
      unsaid = [try envelope.mailCommand(offered, size: size), try envelope.rcptCommand(offered), "DATA"]
    } catch {
      return end(.outcome(.refused(.smtputf8NotOffered)), .keep)
    }
    return ask(.mail)
  }

  /// The action after `event`, which must answer the action before.
  package mutating func next(_ event: Event) -> Action {
    if let decided { return windUp(decided, event) }
    switch (step, event) {
    case (.mail, .reply(let reply)) where reply.isPositive: return ask(.rcpt)
    case (.rcpt, .reply(let reply)) where reply.isPositive: return ask(.data)
    case (.data, .reply(let reply)) where reply.code == 354:
      step = .body
      return .sendBody
    case (.body, .bodySent):
      step = .intent
      return .keepIntent
    case (.intent, .intentKept):
      step = .dot
      return .sendDot
    case (.intent, _): return end(.intentFailed, .drop)
    case (.dot, .reply(let reply)): return final(reply)
    case (.dot, _): return end(.outcome(.unknown(cause(of: event))), .drop)
    case (_, .reply(let reply)) where reply.isTransient || reply.isPermanent: return conclude(rejection(reply))
    default: return end(.outcome(.deferred(cause(of: event))), .drop)
    }
  }

  /// Says the next command and, where they may go together, those after it.
  private mutating func ask(_ next: Step) -> Action {
    step = next
    guard !unsaid.isEmpty else { return .hear(phase) }
    let lines = unsaid.prefix(offered.pipelining ? unsaid.count : 1)
    unsaid.removeFirst(lines.count)
    return .say(Array(lines), phase)
  }

  /// 4yz or 5yz before the dot.
  private func rejection(_ reply: Reply) -> Ending {
    switch reply.code {
    // RFC 5321 §3.8: the relay is about to close, whatever the command was.
    case 421: return Ending(.route(.busy(at: phase, code: reply.code)), .drop)
    // RFC 4954 §6: no mail will fare better with this login.
    case 454, 530, 535:
      return Ending(.route(.authRefused(at: phase, code: reply.code)), step == .body ? .drop : .quit)
    default: break
    }
    let outcome: Outcome = reply.isTransient ? .deferred(.reply(phase, reply)) : .refused(.reply(phase, reply))
    // A reply amid the body leaves the relay waiting for the rest of it.
    return Ending(.outcome(outcome), step == .body ? .drop : .reset)
  }

  /// Ends, or first hears the replies to what was sent together with the refused command.
  private mutating func conclude(_ ending: Ending) -> Action {
    guard offered.pipelining, ending.session != .drop, step == .mail || step == .rcpt else { return .end(ending) }
    decided = ending
    return ask(step == .mail ? .rcpt : .data)
  }

  /// The rest of a group after its first refusal: the verdict stands, only the session is at stake.
  private mutating func windUp(_ ending: Ending, _ event: Event) -> Action {
    guard case .reply(let reply) = event, reply.code != 421 else { return end(ending.verdict, .drop) }
    switch step {
    case .rcpt where reply.isTransient || reply.isPermanent: return ask(.data)
    case .data where reply.code == 354:
      // RFC 2920 §3.1: DATA may be taken without a recipient, and then ends with a dot alone.
      step = .emptyDot
      return .say(["."], .data)
    case .data where reply.isTransient || reply.isPermanent: return .end(ending)
    case .emptyDot where !reply.isIntermediate: return .end(ending)
    // Out of step; so is a relay that takes RCPT after a refused MAIL: a dot might reach somebody.
    default: return end(ending.verdict, .drop)
    }
  }

  /// The reply to the dot (RFC 5321 §4.2.5).
  ///
  /// It speaks of this mail, so even 421 is no trouble of the route.
  private func final(_ reply: Reply) -> Action {
    switch reply.code {
    case 200..<300: end(.outcome(.accepted(reply)), reply.code == 221 ? .drop : .keep)
    case 400..<500: end(.outcome(.deferred(.reply(.dot, reply))), reply.code == 421 ? .drop : .keep)
    case 500..<600: end(.outcome(.refused(.reply(.dot, reply))), .keep)
    default: end(.outcome(.unknown(.unintelligible(.dot))), .drop)
    }
  }

  private func cause(of event: Event) -> Cause {
    switch event {
    case .lost: .connectionLost(phase)
    case .timedOut: .timedOut(phase)
    default: .unintelligible(phase)
    }
  }

  private var phase: Phase {
    switch step {
    case .mail: .mail
    case .rcpt: .rcpt
    case .data, .emptyDot: .data
    case .body, .intent: .body
    case .dot: .dot
    }
  }

  private func end(_ verdict: Ending.Verdict, _ session: Ending.Session) -> Action {
    .end(Ending(verdict, session))
  }
}
