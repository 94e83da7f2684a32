/// How long to wait at each step of a session (RFC 5321 §4.5.3.2).
package struct SMTPTimeouts: Sendable, Hashable {
  /// For name, TCP, greeting, EHLO, TLS and AUTH together.
  package var connect: Duration = .seconds(30)
  package var mail: Duration = .seconds(300)
  package var rcpt: Duration = .seconds(300)
  /// From DATA to 354.
  package var data: Duration = .seconds(120)
  /// Without any octet of the body being taken.
  package var block: Duration = .seconds(180)
  /// From the final dot to its reply.
  ///
  /// Shorter would make more outcomes unknown.
  package var dot: Duration = .seconds(600)
  /// For the reply to QUIT and to RSET: a relay that is slower is left.
  package var quit: Duration = .seconds(5)

  package init() {}

  /// The same for every step.
  package init(all: Duration) {
    (connect, mail, rcpt, data, block, dot, quit) = (all, all, all, all, all, all, all)
  }
}
