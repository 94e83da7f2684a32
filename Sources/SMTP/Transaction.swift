package import Delivery
package import Mail

/// One mail to one recipient within a session, as a machine without effects: an event in, the next action
/// out.
package struct Transaction: Sendable {
  package enum Action: Sendable, Hashable {
    /// Send this line, which has no CRLF, and read the reply to it.
    case say(String, Phase)
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
  }

  private enum Step { case mail, rcpt, data, body, intent, dot }

  private let envelope: Envelope
  private let size: Int
  private let offered: Capabilities
  private var step = Step.mail

  /// - Parameter size: of the message in octets, before dot-stuffing.
  package init(_ envelope: Envelope, size: Int, offered: Capabilities) {
    self.envelope = envelope
    self.size = size
    self.offered = offered
  }

  /// The first action: MAIL, or a refusal that needs no question to the relay.
  package func start() -> Action {
    // RFC 1870 §5.
    if let limit = offered.size, size > limit { return end(.outcome(.refused(.tooBig(limit: limit))), .keep) }
    do throws(EnvelopeError) {
      return .say(try envelope.mailCommand(offered, size: size), .mail)
    } catch {
      return end(.outcome(.refused(.smtputf8NotOffered)), .keep)
    }
  }

  /// The action after `event`, which must answer the action before.
  package mutating func next(_ event: Event) -> Action {
    switch (step, event) {
    case (.mail, .reply(let reply)) where reply.isPositive:
      step = .rcpt
      do throws(EnvelopeError) {
        return .say(try envelope.rcptCommand(offered), .rcpt)
      } catch {
        return end(.outcome(.refused(.smtputf8NotOffered)), .reset)
      }
    case (.rcpt, .reply(let reply)) where reply.isPositive:
      step = .data
      return .say("DATA", .data)
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
    case (_, .reply(let reply)) where reply.isTransient || reply.isPermanent: return rejection(reply)
    default: return end(.outcome(.deferred(cause(of: event))), .drop)
    }
  }

  /// 4yz or 5yz before the dot.
  private func rejection(_ reply: Reply) -> Action {
    switch reply.code {
    // RFC 5321 §3.8: the relay is about to close, whatever the command was.
    case 421: return end(.route(.busy(at: phase, code: reply.code)), .drop)
    // RFC 4954 §6: no mail will fare better with this login.
    case 454, 530, 535:
      return end(.route(.authRefused(at: phase, code: reply.code)), step == .body ? .drop : .quit)
    default: break
    }
    // A reply amid the body leaves the relay waiting for the rest of it.
    let session: Ending.Session = step == .body ? .drop : .reset
    return end(
      .outcome(reply.isTransient ? .deferred(.reply(phase, reply)) : .refused(.reply(phase, reply))), session)
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
    case .data: .data
    case .body, .intent: .body
    case .dot: .dot
    }
  }

  private func end(_ verdict: Ending.Verdict, _ session: Ending.Session) -> Action {
    .end(Ending(verdict: verdict, session: session))
  }
}
