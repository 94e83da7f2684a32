import Delivery
import Foundation
import Mail
import SMTP
import Sandbox
import Synchronization
import Testing

/// A relay that answers each verb from a list, whatever went before, and writes down every line.
private final class ScriptedRelay: Sendable {
  private let listener = LoopbackListener()
  private let lines = Mutex<[String]>([])
  private let sessions = Mutex(0)
  private let offer: String
  private let answers: [String: String]

  /// - Parameter answers: verb to reply, without CRLF; without an entry nothing is said.
  init(offer: String = "PIPELINING", _ answers: [String: String]) {
    self.offer = offer
    self.answers = answers
  }

  func start() throws -> Int { try listener.start { [self] in serve($0) } }
  /// Ends all sessions, and returns when the last line of each has been written down.
  func stop() async { await listener.stop() }

  var seen: [String] { lines.withLock { $0 } }
  var sessionCount: Int { sessions.withLock { $0 } }

  private func serve(_ stream: LoopbackStream) {
    sessions.withLock { $0 += 1 }
    stream.write("220 scripted.example ESMTP\r\n")
    while let raw = stream.line() {
      let line = String(decoding: raw.dropLast(), as: UTF8.self)
      let verb = String(line.prefix { $0 != " " })
      if verb == "EHLO" {
        stream.write("250-scripted.example\r\n250 \(offer)\r\n")
      } else {
        lines.withLock { $0.append(verb) }
        if let answer = answers[verb] { stream.write(answer + "\r\n") }
      }
    }
  }
}

/// MAIL, RCPT and DATA in one write (RFC 2920), seen from the relay's side.
@Suite struct SessionPipeliningTests {
  private func end(
    _ relay: ScriptedRelay, pipelining: Bool = true, timeouts: SMTPTimeouts = Samples.patient
  ) async throws -> (Sent, intents: Int) {
    let transport = SMTPTransport(
      try Samples.relay(port: try relay.start(), timeouts: timeouts), pipelining: pipelining)
    let intents = Intents()
    let sent = await transport.end(try Samples.envelope()) { intents.keep() }
    await transport.close()
    await relay.stop()
    return (sent, intents.count)
  }

  private static let took = Sent.outcome(.accepted(Reply(code: 250, lines: ["took it"])))

  /// A relay that answers nothing until it has heard DATA hears it, and its three replies may come in one piece.
  @Test func theGroupIsSaidAtOnce() async throws {
    let relay = ScriptedRelay(["DATA": "250 one\r\n250 two\r\n354 three", ".": "250 took it", "QUIT": "221 bye"])
    let (sent, intents) = try await end(relay)
    #expect(sent == Self.took)
    #expect(intents == 1)
    #expect(relay.seen == ["MAIL", "RCPT", "DATA", "Subject:", "", "Hello.", "..leading", ".", "QUIT"])
  }

  /// Not offered, or switched off: nothing is said before the answer to what was said last.
  @Test(arguments: [("DSN", true), ("PIPELINING", false)])
  func withoutItEachStepIsAwaited(_ offer: String, _ isOn: Bool) async throws {
    for (answers, expected) in [
      ([:], ["MAIL"]), (["MAIL": "250 ok"], ["MAIL", "RCPT"]),
      (["MAIL": "250 ok", "RCPT": "250 ok"], ["MAIL", "RCPT", "DATA"]),
    ] {
      let relay = ScriptedRelay(offer: offer, answers)
      let phase: Phase = [1: .mail, 2: .rcpt][expected.count] ?? .data
      let (sent, intents) = try await end(relay, pipelining: isOn, timeouts: Samples.impatient(at: phase))
      #expect(sent == .outcome(.deferred(.timedOut(phase))))
      #expect(intents == 0)
      #expect(relay.seen == expected)
    }
  }

  /// RFC 2920 §3.1: the relay opens the body for nobody. It gets a dot alone, neither body nor intent, and the refusal
  /// stands whatever comes of it: even a relay that claims to have taken it, or says nothing more.
  @Test(arguments: ["554 no recipients", "250 took it", "421 leaving", "this is no reply", nil])
  func aBodyOpenedForNobodyGetsADotAlone(_ answer: String?) async throws {
    for (mail, rcpt, phase) in [("250 ok", "550 no", Phase.rcpt), ("550 no", "503 first MAIL", .mail)] {
      var answers = ["MAIL": mail, "RCPT": rcpt, "DATA": "354 go on", "QUIT": "221 bye"]
      answers["."] = answer
      let relay = ScriptedRelay(answers)
      let timeouts = answer == nil ? Samples.impatient(at: .data) : Samples.patient
      let (sent, intents) = try await end(relay, timeouts: timeouts)
      #expect(sent == .outcome(.refused(.reply(phase, Reply(code: 550, lines: ["no"])))))
      #expect(intents == 0)
      let isInStep = answer?.hasPrefix("554") == true || answer?.hasPrefix("250") == true
      #expect(relay.seen == ["MAIL", "RCPT", "DATA", "."] + (isInStep ? ["QUIT"] : []))
    }
  }

  /// MAIL was refused and RCPT was not: a dot could reach somebody, so the relay is left without one.
  @Test func aRelayThatContradictsItselfIsLeft() async throws {
    let relay = ScriptedRelay(["MAIL": "550 no", "RCPT": "250 ok", "DATA": "354 go on", ".": "250 took it"])
    let (sent, intents) = try await end(relay)
    #expect(sent == .outcome(.refused(.reply(.mail, Reply(code: 550, lines: ["no"])))))
    #expect(intents == 0)
    #expect(relay.seen == ["MAIL", "RCPT", "DATA"])
  }

  /// After a refusal the next mail goes on the same session, behind RSET.
  @Test(arguments: ["503 no recipients", "354 go on"])
  func theSessionOutlivesARefusal(_ data: String) async throws {
    let relay = ScriptedRelay([
      "MAIL": "250 ok", "RCPT": "450 later", "DATA": data, ".": "554 no recipients", "RSET": "250 ok",
      "QUIT": "221 bye",
    ])
    let transport = SMTPTransport(try Samples.relay(port: try relay.start()))
    for _ in 0..<2 {
      let sent = await transport.end(try Samples.envelope())
      #expect(sent == .outcome(.deferred(.reply(.rcpt, Reply(code: 450, lines: ["later"])))))
    }
    await transport.close()
    await relay.stop()
    #expect(relay.sessionCount == 1)
    let once = ["MAIL", "RCPT", "DATA"] + (data.hasPrefix("354") ? ["."] : [])
    // The second mail leaves a RSET due, which QUIT makes needless.
    #expect(relay.seen == once + ["RSET"] + once + ["QUIT"])
  }
}
