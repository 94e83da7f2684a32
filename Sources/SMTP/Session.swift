import Curl
import Delivery
import Mail

/// One authenticated conversation with the relay: carries out what transactions decide, one after another.
///
/// Everything blocks; it lives on the thread of its `SMTPTransport`.
final class Session {
  private let wire: Wire
  let timeouts: SMTPTimeouts
  let preamble: Preamble
  private var parser = ReplyParser()
  private var needsReset = false
  /// Lines or a body were not sent, or in part only: what the relay reads next as a command is not ours to say.
  private var isOutOfStep = false
  private var lastUsed = ContinuousClock().now
  /// True once a mail has been offered on it: a relay may have closed it since.
  private(set) var isUsed = false

  /// Connects, secures and authenticates.
  init(_ relay: Relay) throws(RouteTrouble) {
    timeouts = relay.timeouts
    let target = try relay.target()
    do throws(WireFailure) {
      wire = try Wire(to: target)
    } catch {
      throw RouteTrouble(error)
    }
    preamble = Preamble(wire.replies)
    // libcurl goes on without a word if AUTH is not offered; the mail would go unauthenticated.
    if relay.login != nil && !preamble.isAuthenticated {
      quit()
      throw .authNotOffered
    }
  }

  /// True if the session may be used again; sends RSET if the last mail left one due.
  func isFit(idleLimit: Duration) -> Bool {
    guard !isOutOfStep, ContinuousClock().now - lastUsed <= idleLimit, early() == nil else { return false }
    guard needsReset else { return true }
    guard case .reply(let reply) = exchange(["RSET"], limit: timeouts.quit), reply.isPositive else {
      return false
    }
    needsReset = false
    return true
  }

  /// Takes one mail through.
  ///
  /// `body` is dot-stuffed and lacks the final dot; `intent` tells whether it is durable.
  func run(
    _ transaction: inout Transaction, body: [UInt8], intent: () -> Bool
  ) -> Transaction.Ending {
    isUsed = true
    var action = transaction.start()
    while true {
      let event: Transaction.Event
      switch action {
      case .say(let lines, let phase): event = exchange(lines, limit: limit(at: phase))
      // What was not said gets no answer.
      case .hear(let phase): event = isOutOfStep ? .lost : reply(within: limit(at: phase))
      case .sendBody: event = transmit(body, limit: timeouts.block) ?? early() ?? .bodySent
      case .keepIntent: event = intent() ? .intentKept : .intentFailed
      case .sendDot: event = sendDot()
      case .end(let ending):
        needsReset = ending.session == .reset
        lastUsed = ContinuousClock().now
        return ending
      }
      action = transaction.next(event)
    }
  }

  /// Takes leave, and waits a little for the answer (RFC 5321 §4.1.1.10).
  func quit() {
    guard !isOutOfStep else { return }
    _ = exchange(["QUIT"], limit: timeouts.quit)
  }

  private func limit(at phase: Phase) -> Duration {
    switch phase {
    case .mail: timeouts.mail
    case .rcpt: timeouts.rcpt
    default: timeouts.data
    }
  }

  /// Sends lines and reads the reply to the first.
  ///
  /// What is said before we spoke is no answer: only 421 may come unasked (RFC 5321 §3.8).
  func exchange(_ lines: [String], limit: Duration) -> Transaction.Event {
    switch early() {
    case nil: break
    case .reply(let reply)? where reply.code != 421: return halted(.unintelligible)
    case .some(let event): return halted(event)
    }
    let octets = Array(lines.map { $0 + "\r\n" }.joined().utf8)
    return transmit(octets, limit: limit, isAwaited: true) ?? reply(within: limit)
  }

  /// The dot is the last write and goes alone: from here on only a reply decides.
  ///
  /// What the relay said before it, unasked, is no answer to it. A refusal counts, since it meant this mail, and then
  /// the dot is not sent: whatever the relay would say to it, nobody would know for which of the two it stands.
  private func sendDot() -> Transaction.Event {
    if let before = early() { return halted(before) }
    return transmit(DotStuffing.terminator, limit: timeouts.dot) ?? reply(within: timeouts.dot)
  }

  private func reply(within limit: Duration) -> Transaction.Event {
    let end = ContinuousClock().now + limit
    while true {
      if let event = parsed() { return event }
      switch wire.receive() {
      case .octets(let octets): parser.push(octets)
      case .ended: return .lost
      case .nothing:
        // The limit is for the whole reply, so that one octet a minute cannot hold the session.
        guard wire.wait(writing: false, limit: end - ContinuousClock().now) else { return .timedOut }
      }
      if ContinuousClock().now >= end { return parsed() ?? .timedOut }
    }
  }

  /// What came unasked: a refusal is taken at its word, anything else means that the two sides are out of
  /// step.
  private func early() -> Transaction.Event? {
    while true {
      switch parsed() {
      case .reply(let reply)? where reply.isTransient || reply.isPermanent: return .reply(reply)
      case .some: return .unintelligible
      case nil: break
      }
      switch wire.receive() {
      case .octets(let octets): parser.push(octets)
      case .ended: return .lost
      case .nothing: return nil
      }
    }
  }

  private func parsed() -> Transaction.Event? {
    do throws(ReplyError) {
      return try parser.next().map { .reply($0) }
    } catch {
      return .unintelligible
    }
  }

  /// Sends all of `octets`; returns nil, or why it stopped.
  ///
  /// `limit` is for each step forward. A relay that closes amid the body has often said why: that reply is
  /// preferred to the broken pipe.
  ///
  /// - Parameter isAwaited: replies may come meanwhile and are kept, since a relay may answer the first of
  ///   several commands before it has the last; else any reply comes too early.
  private func transmit(_ octets: [UInt8], limit: Duration, isAwaited: Bool = false) -> Transaction.Event? {
    octets.withUnsafeBytes { all in
      var offset = 0
      var end = ContinuousClock().now + limit
      while offset < all.count {
        if !isAwaited, let event = early() { return halted(event) }
        let piece = UnsafeRawBufferPointer(rebasing: all[offset..<min(offset + Self.piece, all.count)])
        switch wire.send(piece) {
        case .taken(let count):
          offset += count
          end = ContinuousClock().now + limit
        case .blocked:
          if isAwaited, case .octets(let octets) = wire.receive() { parser.push(octets) }
          let left = end - ContinuousClock().now
          guard left > .zero, wire.wait(writing: true, limit: left) else {
            return halted(.timedOut)
          }
        case .ended:
          if case .reply(let reply)? = early() { return halted(.reply(reply)) }
          return halted(.lost)
        }
      }
      return nil
    }
  }

  private func halted(_ event: Transaction.Event) -> Transaction.Event {
    isOutOfStep = true
    return event
  }

  /// Octets offered to the wire at once: one TLS record.
  private static let piece = 16_384
}
