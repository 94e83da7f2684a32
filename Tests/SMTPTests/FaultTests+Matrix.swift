import Sandbox

/// Step, fault, whether MAIL, RCPT and DATA go in one group, intents, mails that the relay holds, and the end.
///
/// * `connect` is implicit TLS: the fault comes in place of the handshake. A reset may be seen before TCP stands.
/// * Up to `auth` it is libcurl that reads: it waits past garbage, and takes any 2yz for a greeting. An answer to EHLO
///   that names no keyword offers no STARTTLS; 250 is no answer to STARTTLS (220), AUTH (235) and DATA (354). A second
///   reply is taken for that to EHLO, refused behind STARTTLS (CVE-2011-0411), and thrown away behind AUTH.
/// * From `mail` to `body` nothing is ever accepted or unknown, and 421 is the route's. From `dot` on only a reply
///   decides, and 421 speaks of the mail.
/// * `idle` comes unasked after an acceptance; the next mail finds it out and is accepted in a new session.
private let matrix = """
  connect  close      both   0 0  route connect tls
  connect  reset      both   0 0  route connect tls | route connect unreachable
  connect  hang       both   0 0  route connect unreachable
  connect  drip       both   0 0  route connect tls
  connect  garbage    both   0 0  route connect tls
  connect  bare-CR    both   0 0  route connect tls
  connect  bare-LF    both   0 0  route connect tls
  connect  long-line  both   0 0  route connect tls
  connect  451        both   0 0  route connect tls
  connect  550        both   0 0  route connect tls
  connect  421        both   0 0  route connect tls
  connect  wrong-code both   0 0  route connect tls
  connect  second     both   0 0  route connect tls
  greeting close      both   0 0  route greeting unreachable
  greeting reset      both   0 0  route greeting unreachable | route connect unreachable
  greeting hang       both   0 0  route greeting unreachable
  greeting drip       both   0 0  route greeting unreachable
  greeting garbage    both   0 0  route greeting unreachable
  greeting bare-CR    both   0 0  route auth auth-not-offered
  greeting bare-LF    both   1 1  accepted 250
  greeting long-line  both   1 1  accepted 250
  greeting 451        both   0 0  route greeting 451 busy
  greeting 550        both   0 0  route greeting 550 unreachable
  greeting 421        both   0 0  route greeting 421 busy
  greeting wrong-code both   0 0  route greeting unintelligible
  greeting second     both   0 0  route starttls starttls-not-offered
  ehlo     close      both   0 0  route ehlo unreachable
  ehlo     reset      both   0 0  route ehlo unreachable
  ehlo     hang       both   0 0  route ehlo unreachable
  ehlo     drip       both   0 0  route ehlo unreachable
  ehlo     garbage    both   0 0  route ehlo unreachable
  ehlo     bare-CR    both   0 0  route starttls starttls-not-offered
  ehlo     bare-LF    both   0 0  route starttls starttls-not-offered
  ehlo     long-line  both   0 0  route starttls starttls-not-offered
  ehlo     451        both   0 0  route ehlo 451 busy
  ehlo     550        both   0 0  route ehlo 550 unreachable
  ehlo     421        both   0 0  route ehlo 421 busy
  ehlo     wrong-code both   0 0  route ehlo unintelligible
  ehlo     second     both   0 0  route starttls starttls-not-offered
  starttls close      both   0 0  route starttls unreachable
  starttls reset      both   0 0  route starttls unreachable
  starttls hang       both   0 0  route starttls unreachable
  starttls drip       both   0 0  route starttls unreachable
  starttls garbage    both   0 0  route starttls unreachable
  starttls bare-CR    both   0 0  route starttls starttls-not-offered
  starttls bare-LF    both   0 0  route starttls starttls-not-offered
  starttls long-line  both   0 0  route starttls starttls-not-offered
  starttls 451        both   0 0  route starttls 451 busy
  starttls 550        both   0 0  route starttls 550 starttls-not-offered
  starttls 421        both   0 0  route starttls 421 busy
  starttls wrong-code both   0 0  route starttls starttls-not-offered
  starttls second     both   0 0  route ehlo unintelligible
  auth     close      both   0 0  route auth unreachable
  auth     reset      both   0 0  route auth unreachable
  auth     hang       both   0 0  route auth unreachable
  auth     drip       both   0 0  route auth unreachable
  auth     garbage    both   0 0  route auth unreachable
  auth     bare-CR    both   0 0  route auth auth-not-offered
  auth     bare-LF    both   0 0  route auth auth-not-offered
  auth     long-line  both   0 0  route auth auth-not-offered
  auth     451        both   0 0  route auth 451 busy
  auth     550        both   0 0  route auth 550 auth-refused
  auth     421        both   0 0  route auth 421 busy
  auth     wrong-code both   0 0  route auth auth-not-offered
  auth     second     both   1 1  accepted 250
  mail     close      both   0 0  deferred mail lost network
  mail     reset      both   0 0  deferred mail lost network
  mail     hang       both   0 0  deferred mail late network
  mail     drip       both   0 0  deferred mail late network
  mail     garbage    both   0 0  deferred mail odd network
  mail     bare-CR    both   0 0  deferred mail odd network
  mail     bare-LF    both   1 1  accepted 250
  mail     long-line  both   0 0  deferred mail odd network
  mail     451        both   0 0  deferred mail 451 greylisted
  mail     550        both   0 0  refused mail 550 unknown-user
  mail     421        both   0 0  route mail 421 busy
  mail     wrong-code both   0 0  deferred mail odd network
  mail     second     group  0 0  deferred data odd network
  mail     second     single 0 0  deferred rcpt odd network
  rcpt     close      both   0 0  deferred rcpt lost network
  rcpt     reset      both   0 0  deferred rcpt lost network
  rcpt     hang       both   0 0  deferred rcpt late network
  rcpt     drip       both   0 0  deferred rcpt late network
  rcpt     garbage    both   0 0  deferred rcpt odd network
  rcpt     bare-CR    both   0 0  deferred rcpt odd network
  rcpt     bare-LF    both   1 1  accepted 250
  rcpt     long-line  both   0 0  deferred rcpt odd network
  rcpt     451        both   0 0  deferred rcpt 451 greylisted
  rcpt     550        both   0 0  refused rcpt 550 unknown-user
  rcpt     421        both   0 0  route rcpt 421 busy
  rcpt     wrong-code both   0 0  deferred rcpt odd network
  rcpt     second     both   0 0  deferred data odd network
  data     close      both   0 0  deferred data lost network
  data     reset      both   0 0  deferred data lost network
  data     hang       both   0 0  deferred data late network
  data     drip       both   0 0  deferred data late network
  data     garbage    both   0 0  deferred data odd network
  data     bare-CR    both   0 0  deferred data odd network
  data     bare-LF    both   0 0  deferred data odd network
  data     long-line  both   0 0  deferred data odd network
  data     451        both   0 0  deferred data 451 greylisted
  data     550        both   0 0  refused data 550 unknown-user
  data     421        both   0 0  route data 421 busy
  data     wrong-code both   0 0  deferred data odd network
  data     second     both   0 0  deferred body odd network
  body     close      both   0 0  deferred body lost network
  body     reset      both   0 0  deferred body lost network
  body     hang       both   0 0  deferred body late network
  body     drip       both   0 0  deferred body late network
  body     garbage    both   0 0  deferred body odd network
  body     bare-CR    both   0 0  deferred body odd network
  body     bare-LF    both   0 0  deferred body odd network
  body     long-line  both   0 0  deferred body odd network
  body     451        both   0 0  deferred body 451 greylisted
  body     550        both   0 0  refused body 550 unknown-user
  body     421        both   0 0  route body 421 busy
  body     wrong-code both   0 0  deferred body odd network
  body     second     both   0 0  deferred body odd network
  dot      close      both   1 1  unknown dot lost network
  dot      reset      both   1 1  unknown dot lost network
  dot      hang       both   1 1  unknown dot late network
  dot      drip       both   1 1  unknown dot late network
  dot      garbage    both   1 1  unknown dot odd network
  dot      bare-CR    both   1 1  unknown dot odd network
  dot      bare-LF    both   1 1  accepted 250
  dot      long-line  both   1 1  unknown dot odd network
  dot      451        both   1 0  deferred dot 451 greylisted
  dot      550        both   1 0  refused dot 550 unknown-user
  dot      421        both   1 0  deferred dot 421 rate-limited
  dot      wrong-code both   1 1  unknown dot odd network
  dot      second     both   1 1  accepted 250
  idle     close      both   2 2  accepted 250
  idle     reset      both   2 2  accepted 250
  idle     hang       both   2 2  accepted 250
  idle     drip       both   2 2  accepted 250
  idle     garbage    both   2 2  accepted 250
  idle     bare-CR    both   2 2  accepted 250
  idle     bare-LF    both   2 2  accepted 250
  idle     long-line  both   2 2  accepted 250
  idle     451        both   2 2  accepted 250
  idle     550        both   2 2  accepted 250
  idle     421        both   2 2  accepted 250
  idle     wrong-code both   2 2  accepted 250
  idle     second     both   2 2  accepted 250
  quit     close      both   1 1  accepted 250
  quit     reset      both   1 1  accepted 250
  quit     hang       both   1 1  accepted 250
  quit     drip       both   1 1  accepted 250
  quit     garbage    both   1 1  accepted 250
  quit     bare-CR    both   1 1  accepted 250
  quit     bare-LF    both   1 1  accepted 250
  quit     long-line  both   1 1  accepted 250
  quit     451        both   1 1  accepted 250
  quit     550        both   1 1  accepted 250
  quit     421        both   1 1  accepted 250
  quit     wrong-code both   1 1  accepted 250
  quit     second     both   1 1  accepted 250
  """

extension FaultTests {
  /// True from MAIL on, where we speak ourselves; before that it is libcurl.
  static func isOurs(_ point: SMTPFault.Point) -> Bool {
    ![.connect, .greeting, .ehlo, .starttls, .auth].contains(point)
  }

  static let rows: [Row] = matrix.split(separator: "\n").flatMap { line -> [Row] in
    let words = line.split(separator: " ")
    guard words.count > 5, let point = SMTPFault.Point(rawValue: String(words[0])),
      let fault = Fault(rawValue: String(words[1])), let intents = Int(words[3]), let bodies = Int(words[4])
    else { return [] }
    let ways = ["both": [true, false], "group": [true], "single": [false]][words[2]] ?? []
    let ends = words[5...].split(separator: "|").map { $0.joined(separator: " ") }
    return ways.filter { $0 || isOurs(point) }.map {
      Row(point: point, fault: fault, isPipelined: $0, intents: intents, bodies: bodies, ends: ends)
    }
  }
}
