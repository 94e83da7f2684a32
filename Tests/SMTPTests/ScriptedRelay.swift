import Mail
import SMTP
import Sandbox
import Synchronization

/// A relay on loopback that answers each verb from a list, whatever went before, and keeps every octet it is sent.
final class ScriptedRelay: Sendable {
  /// What a relay says that takes everything.
  static let willing = ["MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", ".": "250 took it", "QUIT": "221 bye"]

  private struct State {
    var lines: [[UInt8]] = []
    var commands: [String] = []
    var sessions = 0
  }

  private let listener = LoopbackListener()
  private let state = Mutex(State())
  private let offer: [String]
  private let answers: [String: String]

  /// - Parameters:
  ///   - offer: the keywords of EHLO.
  ///   - answers: verb to reply, without the last CRLF; without an entry nothing is said.
  init(offer: [String] = ["PIPELINING"], _ answers: [String: String] = willing) {
    self.offer = offer
    self.answers = answers
  }

  /// Returns the port.
  func start() throws -> Int { try listener.start { [self] in serve($0) } }

  /// Ends all sessions, and returns when the last line of each has been written down.
  func stop() async { await listener.stop() }

  /// All that came, cut behind each LF, which is left out.
  var lines: [[UInt8]] { state.withLock { $0.lines } }
  /// The verbs behind EHLO, and the dots: what was said outside of bodies.
  var commands: [String] { state.withLock { $0.commands } }
  var sessions: Int { state.withLock { $0.sessions } }

  private func serve(_ stream: LoopbackStream) {
    let hello = ["250-scripted.example"] + offer.map { "250-\($0)" } + ["250 HELP"]
    var isInBody = false
    state.withLock { $0.sessions += 1 }
    stream.write("220 scripted.example ESMTP\r\n")
    while let line = stream.line() {
      let isDot = line.elementsEqual(".\r".utf8)
      let verb = String(String(decoding: line.dropLast(), as: UTF8.self).prefix { $0 != " " })
      let isCommand = isDot || !isInBody
      state.withLock { state in
        state.lines.append(Array(line))
        if isCommand && verb != "EHLO" { state.commands.append(verb) }
      }
      guard isCommand else { continue }
      let answer = verb == "EHLO" ? hello.joined(separator: "\r\n") : answers[verb]
      isInBody = verb == "DATA" && answer?.split(whereSeparator: \.isNewline).last?.hasPrefix("354") == true
      if let answer { stream.write(answer + "\r\n") }
    }
  }
}

/// A scripted relay for the length of one send; stopped before it is looked at, so that all it was sent is there.
func sent(
  to relay: ScriptedRelay, _ envelope: Envelope, message: [UInt8] = Samples.mail, pipelining: Bool = true,
  timeouts: SMTPTimeouts = Samples.patient
) async throws -> (Sent, intents: Int) {
  await Gate.sinks.enter()
  defer { Gate.sinks.leave() }
  let transport = SMTPTransport(
    try Samples.relay(port: try relay.start(), timeouts: timeouts), pipelining: pipelining)
  let intents = Intents()
  let sent = await transport.end(envelope, message: message) { intents.keep() }
  await transport.close()
  await relay.stop()
  return (sent, intents.count)
}
