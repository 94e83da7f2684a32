package import Delivery
package import Mail

/// What the relay said while libcurl connected: greeting, EHLO, STARTTLS, EHLO again, AUTH.
package struct Preamble: Sendable, Hashable {
  /// As of the last EHLO: what was offered before TLS does not count (RFC 3207 §4.2).
  package private(set) var offered = Capabilities()
  /// STARTTLS was agreed.
  package private(set) var startedTLS = false
  /// 235 was said (RFC 4954 §4).
  package private(set) var isAuthenticated = false
  /// The step that was being awaited when the last reply had been read.
  package private(set) var awaiting = Phase.greeting

  package init(_ octets: [UInt8]) {
    var parser = ReplyParser()
    parser.push(octets)
    // What cannot be parsed ends the reading; libcurl has judged it already.
    while let reply = try? parser.next() { read(reply) }
  }

  private mutating func read(_ reply: Reply) {
    switch (awaiting, reply.code) {
    case (.greeting, 220): awaiting = .ehlo
    case (.ehlo, 250):
      offered = Capabilities(ehlo: reply.lines)
      awaiting = startedTLS || !offered.starttls ? .auth : .starttls
    case (.starttls, 220):
      startedTLS = true
      awaiting = .ehlo
    // STARTTLS was not asked for, or refused and not needed.
    case (.starttls, 334): awaiting = .auth
    case (.starttls, 235), (.auth, 235):
      isAuthenticated = true
      awaiting = .mail
    default: break
    }
  }
}
