import Curl
package import Delivery
package import Mail

/// One session with the relay on a thread of its own, opened when needed and used again; sends one mail at a
/// time.
///
/// For parallel sessions make several.
package actor SMTPTransport: Transport {
  private let relay: Relay
  private let pipelining: Bool
  private let thread = CarrierThread()
  private var session: Session?

  /// - Parameter pipelining: says MAIL, RCPT and DATA together where the relay offers it (RFC 2920).
  package init(_ relay: Relay, pipelining: Bool = true) {
    self.relay = relay
    self.pipelining = pipelining
  }

  package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  package func send(
    _ envelope: Envelope, message: [UInt8], intent: @escaping @Sendable () throws -> Void
  ) async throws(TransportFailure) -> Outcome {
    let body: [UInt8]
    do throws(DotStuffingError) {
      body = try DotStuffing.encode(message)
    } catch {
      return .refused(.reply(.body, .malformedMessage))
    }
    while true {
      let session = try ready()
      let mayBeStale = session.isUsed
      var offered = session.preamble.offered
      offered.pipelining = offered.pipelining && pipelining
      var transaction = Transaction(envelope, size: message.count, offered: offered)
      var failure: (any Error)?
      let ending = session.run(&transaction, body: body) {
        do {
          try intent()
          return true
        } catch {
          failure = error
          return false
        }
      }
      settle(ending.session)
      // The relay closed an idle session just as we took it up: that says nothing about this mail or the
      // route.
      if mayBeStale && ending.isStale { continue }
      switch ending.verdict {
      case .outcome(let outcome): return outcome
      case .route(let trouble): throw .route(trouble)
      case .intentFailed: throw .intent(failure ?? CancellationError())
      }
    }
  }

  /// Connects, looks, asks about mails that are not sent, and leaves: what `check` shows.
  package func probe(_ envelopes: [Envelope] = []) async -> Result<RelayReport, RouteTrouble> {
    do throws(RouteTrouble) {
      let session = try Session(relay)
      let preamble = session.preamble
      let verdicts = envelopes.map(session.verdict)
      session.quit()
      return .success(
        RelayReport(
          offered: preamble.offered, isEncrypted: relay.endpoint.isImplicitTLS || preamble.startedTLS,
          isAuthenticated: preamble.isAuthenticated, verdicts: verdicts))
    } catch {
      return .failure(error)
    }
  }

  /// Takes leave of the relay; the next mail opens a new session.
  package func close() async {
    session?.quit()
    session = nil
  }

  /// The session at hand if it is fit, else a new one.
  private func ready() throws(TransportFailure) -> Session {
    if let session, session.isFit(idleLimit: relay.idleLimit) { return session }
    session = nil
    do throws(RouteTrouble) {
      let opened = try Session(relay)
      session = opened
      return opened
    } catch {
      throw .route(error)
    }
  }

  private func settle(_ fate: Transaction.Ending.Session) {
    switch fate {
    case .keep, .reset: break
    case .quit:
      session?.quit()
      session = nil
    case .drop: session = nil
    }
  }
}

extension Transaction.Ending {
  /// True if the first command already found no one there.
  fileprivate var isStale: Bool {
    switch verdict {
    case .outcome(.deferred(.connectionLost(.mail))), .outcome(.deferred(.timedOut(.mail))),
      .outcome(.deferred(.unintelligible(.mail))):
      true
    case .route(let trouble): trouble.phase == .mail && trouble.code == 421
    default: false
    }
  }
}

extension Reply {
  /// Our own words in the relay's stead: a bare CR or LF never goes on the wire (RFC 5321 §2.3.8).
  fileprivate static let malformedMessage = Reply(
    code: 554, enhanced: EnhancedStatus(class: 5, subject: 6, detail: 0),
    lines: ["not sent: bare CR or LF in the mail"])
}
