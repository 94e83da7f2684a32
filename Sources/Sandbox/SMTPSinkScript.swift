/// How the stand-in behaves while nothing goes wrong.
package struct SMTPSinkOptions: Sendable {
  package enum Security: Sendable, Hashable, CaseIterable {
    case clear
    /// STARTTLS is offered.
    case starttls
    /// TLS before the first octet.
    case implicit
  }

  package var security: Security = .clear
  /// EHLO keywords besides STARTTLS and AUTH.
  ///
  /// What is not named is refused when used.
  package var keywords = ["PIPELINING", "SIZE 33554432", "8BITMIME", "SMTPUTF8", "DSN"]
  /// SASL mechanisms to offer where a login is asked for; it knows those of `SMTPSinkLogin`.
  package var mechanisms = ["PLAIN", "LOGIN"]
  /// The one account; without it AUTH is not offered.
  package var login: (user: String, password: String)?
  /// Nothing is taken without a login.
  package var requiresLogin = false
  /// Octets the system keeps of a body that is not read; nil for its default.
  package var receiveBuffer: Int?
  /// The certificate, as PEM, without which no client gets past the TLS handshake.
  package var clientCertificate: String?
  /// The newest TLS it knows is 1.2.
  package var isOld = false
  /// What the certificate names.
  package var names = ["IP:127.0.0.1", "DNS:localhost"]
  /// Told of every mail before the relay says that it took it.
  package var onMail: (@Sendable (SMTPSinkMail) -> Void)?

  package init() {}
}

/// One thing that goes wrong, where, and how often.
package struct SMTPFault: Sendable {
  /// Where a session stands when it happens: instead of the reply that would be due there.
  package enum Point: String, Sendable, Hashable, CaseIterable {
    /// Before anything is said; with implicit TLS, in clear and in place of the handshake.
    case connect
    case greeting, ehlo, starttls, auth, mail, rcpt, data
    /// Amid the body, once `afterOctets` of it were read.
    case body
    case dot
    /// After the reply to the dot, unasked.
    case idle
    case rset, quit
  }

  package enum Action: Sendable, Hashable {
    /// Says this instead, CRLF is added; after 421, and amid a body, it then closes.
    case reply(String)
    case close
    /// Closes with RST.
    case reset
    /// Neither reads nor says anything any more.
    case hang
    /// Says something that is not SMTP.
    case garbage
    /// Says one line that does not end for 20,000 octets.
    case longLine
    /// Says one octet after another of a line that never ends.
    case drip
    /// Waits, then does what is due.
    case slow(Duration)
    /// Says its due reply and this line after it, in one piece.
    case extra(String)
  }

  package var point: Point
  package var action: Action
  /// How often; nil for always.
  package var times: Int?
  package var afterOctets: Int
  /// From `rcpt` on: only for recipients that fit; nil for all.
  package var recipient: (@Sendable (String) -> Bool)?

  package init(
    _ point: Point, _ action: Action, times: Int? = 1, afterOctets: Int = 0,
    recipient: (@Sendable (String) -> Bool)? = nil
  ) {
    self.point = point
    self.action = action
    self.times = times
    self.afterOctets = afterOctets
    self.recipient = recipient
  }
}
