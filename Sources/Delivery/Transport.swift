package import Mail

/// Hands one mail to the relay. Implemented by `SMTP`; by a script in tests.
package protocol Transport: Sendable {
  /// How many mails it can carry at the same time; at least 1.
  var width: Int { get }

  /// Offers `message` (RFC 5322 bytes, CRLF) under `envelope` and tells what became of it.
  ///
  /// `intent` is called once, after the relay said 354 and took the body, and before the terminating dot is sent. If it
  /// throws, the dot is not sent and the session is closed. From the moment `intent` returns, any end without a final
  /// reply is `Outcome.unknown`; before it, never.
  func send(
    _ envelope: Envelope, message: [UInt8], intent: @escaping @Sendable () throws -> Void
  ) async throws(TransportFailure) -> Outcome
}

extension Transport {
  package var width: Int { 1 }
}

/// Why there is no outcome at all: the mail was surely not taken and the case is not to blame.
package enum TransportFailure: Error, Sendable {
  /// The relay as a whole is in trouble: pause the route.
  case route(RouteTrouble)
  /// Our own intent could not be made durable: stop sending until it can.
  case intent(any Error)
  /// The task was cancelled before the mail had a session.
  case cancelled
}
