import Foundation
import Mail
import Synchronization

/// One session of the stand-in, from greeting to end, on its own thread (RFC 5321).
struct SMTPSinkConversation {
  private let sink: SMTPSink
  private let stream: LoopbackStream
  private let number: Int
  private let isStopped: () -> Bool

  private var hasGreeted = false
  private var account: String?
  private var from: SMTPSinkMail.Path?
  private var recipients: [SMTPSinkMail.Path] = []

  init(_ sink: SMTPSink, _ stream: LoopbackStream, number: Int, isStopped: @escaping () -> Bool) {
    self.sink = sink
    self.stream = stream
    self.number = number
    self.isStopped = isStopped
  }

  /// Whether the session goes on.
  private enum Course { case on, over }

  /// Runs to the end of the session.
  mutating func run() {
    if let fault = sink.fault(at: .connect, recipient: nil), case .over = act(fault.action, due: "") { return }
    if sink.options.security == .implicit {
      guard let identity = sink.identity, stream.startTLS(identity) else { return }
    }
    guard case .on = answer(at: .greeting, "220 sandbox.example ESMTP").course else { return }
    while let raw = stream.line() {
      let line = String(decoding: raw.last == UInt8(ascii: "\r") ? raw.dropLast() : raw, as: UTF8.self)
      guard case .on = obey(line) else { return }
    }
  }

  private mutating func obey(_ line: String) -> Course {
    let verb = line.prefix { $0 != " " }.uppercased()
    note(verb == "AUTH" ? "AUTH" : line)
    switch verb {
    case "EHLO", "HELO": return greet(verb)
    case "STARTTLS": return startTLS()
    case "AUTH": return logIn(line)
    case "MAIL": return mail(line)
    case "RCPT": return rcpt(line)
    case "DATA": return data()
    case "RSET":
      forget()
      return answer(at: .rset, "250 2.0.0 Ok").course
    case "NOOP": return say("250 2.0.0 Ok")
    case "QUIT":
      if case .on = answer(at: .quit, "221 2.0.0 Bye").course { stream.leave() }
      return .over
    default: return say("500 5.5.1 Unknown command")
    }
  }

  private mutating func greet(_ verb: String) -> Course {
    forget()
    hasGreeted = true
    guard verb == "EHLO" else { return say("250 sandbox.example") }
    var keywords = sink.options.keywords
    if sink.options.security == .starttls && !stream.isEncrypted { keywords.append("STARTTLS") }
    if offersLogin { keywords.append("AUTH " + sink.options.mechanisms.joined(separator: " ")) }
    let lines = ["sandbox.example"] + keywords
    let reply = lines.enumerated().map { $0 == lines.count - 1 ? "250 \($1)" : "250-\($1)" }
    return answer(at: .ehlo, reply.joined(separator: "\r\n")).course
  }

  /// A login in clear is offered only where all is in clear.
  private var offersLogin: Bool {
    sink.options.login != nil && (stream.isEncrypted || sink.options.security == .clear)
  }

  private mutating func startTLS() -> Course {
    guard let identity = sink.identity, sink.options.security == .starttls, !stream.isEncrypted else {
      return say("502 5.5.1 Not offered")
    }
    let (course, done) = answer(at: .starttls, "220 2.0.0 Ready to start TLS")
    guard case .on = course, done else { return course }
    // What was said before TLS does not count (RFC 3207 §4.2), and what follows in clear is an injection.
    guard !stream.hasUnread, stream.startTLS(identity) else { return .over }
    hasGreeted = false
    forget()
    return .on
  }

  private mutating func logIn(_ line: String) -> Course {
    guard offersLogin, let login = sink.options.login else { return say("502 5.5.1 Not offered") }
    let words = line.split(separator: " ").map(String.init)
    let mechanism = words.dropFirst().first?.uppercased() ?? ""
    guard sink.options.mechanisms.contains(mechanism) else { return say("504 5.5.4 Mechanism not offered") }
    // One "=" is an initial response that is empty (RFC 4954 §4).
    let initial = words.count > 2 ? (words[2] == "=" ? "" : decode(words[2]) ?? "") : nil
    let exchange = SMTPSinkLogin(user: login.user, password: login.password, ask: ask)
    switch exchange.verdict(mechanism, initial: initial) {
    case .unknownMechanism: return say("504 5.5.4 Mechanism not known")
    case .wrong: return answer(at: .auth, "535 5.7.8 Authentication failed").course
    case .right: break
    }
    let (course, done) = answer(at: .auth, "235 2.7.0 Authentication succeeded")
    if done { account = login.user }
    return course
  }

  private func ask(_ question: String) -> String? {
    guard stream.write("334 \(Data(question.utf8).base64EncodedString())\r\n"), let line = stream.line()
    else {
      return nil
    }
    return decode(String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
  }

  private func decode(_ text: String) -> String? {
    Data(base64Encoded: text).map { String(decoding: $0, as: UTF8.self) }
  }

  private mutating func mail(_ line: String) -> Course {
    guard hasGreeted, from == nil else { return say("503 5.5.1 Bad sequence") }
    guard account != nil || !sink.options.requiresLogin else {
      return say("530 5.7.0 Authentication required")
    }
    guard let path = SMTPSinkMail.Path(line, after: "MAIL FROM:") else { return say("501 5.5.4 Syntax") }
    for parameter in path.parameters {
      guard
        offers(
          parameter,
          of: ["SIZE": "SIZE", "RET": "DSN", "ENVID": "DSN", "BODY": "8BITMIME", "SMTPUTF8": "SMTPUTF8"])
      else { return say("555 5.5.4 MAIL FROM parameters not recognized") }
      if parameter.hasPrefix("SIZE="), let size = Int(parameter.dropFirst(5)), let limit, size > limit {
        return say("552 5.3.4 Message too big")
      }
    }
    let (course, done) = answer(at: .mail, "250 2.1.0 Ok")
    if done { from = path }
    return course
  }

  private mutating func rcpt(_ line: String) -> Course {
    guard from != nil else { return say("503 5.5.1 Bad sequence") }
    guard let path = SMTPSinkMail.Path(line, after: "RCPT TO:"), !path.address.isEmpty else {
      return say("501 5.5.4 Syntax")
    }
    guard path.parameters.allSatisfy({ offers($0, of: ["NOTIFY": "DSN", "ORCPT": "DSN"]) }) else {
      return say("555 5.5.4 RCPT TO parameters not recognized")
    }
    let (course, done) = answer(at: .rcpt, "250 2.1.5 Ok", recipient: path.address)
    if done { recipients.append(path) }
    return course
  }

  private mutating func data() -> Course {
    guard let from, let recipient = recipients.first?.address else { return say("503 5.5.1 Bad sequence") }
    let (course, done) = answer(at: .data, "354 End data with <CR><LF>.<CR><LF>", recipient: recipient)
    guard case .on = course, done else { return course }
    guard let message = body(recipient) else { return .over }
    let count = sink.state.withLock { $0.mails.count + 1 }
    let mail = SMTPSinkMail(
      from: from, recipients: recipients, message: message, at: Timestamp(seconds: Int64(time(nil))),
      session: number,
      isEncrypted: stream.isEncrypted, account: account)
    forget()
    // Taken before it is said, as a relay does that has written its queue file.
    let end = answer(at: .dot, "250 2.0.0 Ok: queued as SANDBOX\(count)", recipient: recipient) {
      sink.options.onMail?(mail)
      sink.state.withLock { $0.mails.append(mail) }
    }
    guard case .on = end.course, let fault = sink.fault(at: .idle, recipient: recipient) else { return end.course }
    return act(fault.action, due: "")
  }

  /// Reads up to the dot; nil if the session ended within the body.
  private func body(_ recipient: String) -> [UInt8]? {
    let fault = sink.fault(at: .body, recipient: recipient)
    var message: [UInt8] = []
    while true {
      if let fault, message.count >= fault.afterOctets {
        guard case .slow(let wait) = fault.action else {
          _ = act(fault.action, due: "")
          stream.leave()
          return nil
        }
        pause(wait)
      }
      guard let line = stream.line() else { return nil }
      if line.elementsEqual(".\r".utf8) { return message }
      message += line.first == UInt8(ascii: ".") ? line.dropFirst() : line
      message.append(UInt8(ascii: "\n"))
    }
  }

  private mutating func forget() {
    from = nil
    recipients = []
  }

  /// The reply that is due, or what the script has in its place.
  ///
  /// `done` is false if the step was refused.
  private func answer(
    at point: SMTPFault.Point, _ due: String, recipient: String? = nil, onSuccess: () -> Void = {}
  ) -> (course: Course, done: Bool) {
    let action = sink.fault(at: point, recipient: recipient)?.action
    var said = due
    if case .reply(let text)? = action { said = text }
    let done = said.hasPrefix("2") || said.hasPrefix("3")
    // A mail may be taken and nobody told: just what makes an outcome unknown.
    if done { onSuccess() }
    guard let action else { return (say(said), done) }
    return (act(action, due: due), done)
  }

  private func act(_ action: SMTPFault.Action, due: String) -> Course {
    switch action {
    case .reply(let text):
      guard case .on = say(text) else { return .over }
      guard text.hasPrefix("421") else { return .on }
      stream.leave()
      return .over
    case .close: return .over
    case .reset:
      stream.reset()
      return .over
    case .hang:
      stream.hang(until: isStopped)
      return .over
    case .garbage: return say("\u{1}\u{2} this is no reply")
    case .longLine: return say("250 " + String(repeating: "x", count: 20_000))
    case .drip:
      while !isStopped(), stream.write("2") { pause(.milliseconds(10)) }
      return .over
    case .slow(let wait):
      pause(wait)
      return say(due)
    case .extra(let text): return say(due + "\r\n" + text)
    }
  }

  private func pause(_ wait: Duration) {
    let (seconds, attoseconds) = wait.components
    Thread.sleep(forTimeInterval: Double(seconds) + Double(attoseconds) / 1e18)
  }

  private func say(_ text: String) -> Course { stream.write(text + "\r\n") ? .on : .over }

  private func note(_ line: String) {
    let command = SMTPSinkCommand(session: number, line: line, isEncrypted: stream.isEncrypted)
    sink.state.withLock { $0.commands.append(command) }
  }

  private func offers(_ parameter: String, of keywords: [String: String]) -> Bool {
    let name = parameter.prefix { $0 != "=" }.uppercased()
    guard let keyword = keywords[name] else { return false }
    return sink.options.keywords.contains { $0.split(separator: " ").first?.uppercased() == keyword }
  }

  /// The largest message, by the SIZE keyword.
  private var limit: Int? {
    sink.options.keywords.lazy.map { $0.split(separator: " ") }
      .first { $0.first?.uppercased() == "SIZE" }?.dropFirst().first.flatMap { Int($0) }.flatMap {
        $0 > 0 ? $0 : nil
      }
  }
}
