import Delivery
import Mail
import SMTP
import Testing

/// MAIL, RCPT and DATA in one write (RFC 2920), seen from the relay's side.
@Suite struct SessionPipeliningTests {
  private static let took = Sent.outcome(.accepted(Reply(code: 250, lines: ["took it"])))

  /// A relay that answers nothing until it has heard DATA hears it, and its three replies may come in one piece.
  @Test func theGroupIsSaidAtOnce() async throws {
    let relay = ScriptedRelay(["DATA": "250 one\r\n250 two\r\n354 three", ".": "250 took it", "QUIT": "221 bye"])
    let (end, intents) = try await sent(to: relay, Samples.envelope())
    #expect(end == Self.took)
    #expect(intents == 1)
    #expect(relay.commands == ["MAIL", "RCPT", "DATA", ".", "QUIT"])
  }

  /// Not offered, or switched off: nothing is said before the answer to what was said last.
  @Test(arguments: [("DSN", true), ("PIPELINING", false)])
  func withoutItEachStepIsAwaited(_ offer: String, _ isOn: Bool) async throws {
    for (answers, expected) in [
      ([:], ["MAIL"]), (["MAIL": "250 ok"], ["MAIL", "RCPT"]),
      (["MAIL": "250 ok", "RCPT": "250 ok"], ["MAIL", "RCPT", "DATA"]),
    ] {
      let relay = ScriptedRelay(offer: [offer], answers)
      let phase: Phase = [1: .mail, 2: .rcpt][expected.count] ?? .data
      let (end, intents) = try await sent(
        to: relay, Samples.envelope(), pipelining: isOn, timeouts: Samples.impatient(at: phase))
      #expect(end == .outcome(.deferred(.timedOut(phase))))
      #expect(intents == 0)
      #expect(relay.commands == expected)
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
      let (end, intents) = try await sent(to: relay, Samples.envelope(), timeouts: timeouts)
      #expect(end == .outcome(.refused(.reply(phase, Reply(code: 550, lines: ["no"])))))
      #expect(intents == 0)
      let isInStep = answer?.hasPrefix("554") == true || answer?.hasPrefix("250") == true
      #expect(relay.commands == ["MAIL", "RCPT", "DATA", "."] + (isInStep ? ["QUIT"] : []))
    }
  }

  /// MAIL was refused and RCPT was not: a dot could reach somebody, so the relay is left without one.
  @Test func aRelayThatContradictsItselfIsLeft() async throws {
    let relay = ScriptedRelay(["MAIL": "550 no", "RCPT": "250 ok", "DATA": "354 go on", ".": "250 took it"])
    let (end, intents) = try await sent(to: relay, Samples.envelope())
    #expect(end == .outcome(.refused(.reply(.mail, Reply(code: 550, lines: ["no"])))))
    #expect(intents == 0)
    #expect(relay.commands == ["MAIL", "RCPT", "DATA"])
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
      let end = await transport.end(try Samples.envelope())
      #expect(end == .outcome(.deferred(.reply(.rcpt, Reply(code: 450, lines: ["later"])))))
    }
    await transport.close()
    await relay.stop()
    #expect(relay.sessions == 1)
    let once = ["MAIL", "RCPT", "DATA"] + (data.hasPrefix("354") ? ["."] : [])
    // The second mail leaves a RSET due, which QUIT makes needless.
    #expect(relay.commands == once + ["RSET"] + once + ["QUIT"])
  }

  /// Behind the reply to RSET comes one that nobody asked for: it is no answer to a MAIL that was not yet said, so it
  /// refuses nothing, nobody waits for the rest of a group that was not sent, and a new session takes the mail.
  @Test(arguments: ["550 no", "450 later", "250 ok", "421 leaving", "354 go on"], [true, false])
  func whatIsSaidBeforeTheGroupIsNoAnswer(_ unasked: String, _ isOn: Bool) async throws {
    var answers = ScriptedRelay.willing
    answers["DATA"] = "550 no"
    answers["RSET"] = "250 ok\r\n" + unasked
    let relay = ScriptedRelay(answers)
    let transport = SMTPTransport(try Samples.relay(port: try relay.start()), pipelining: isOn)
    for _ in 0..<2 {
      #expect(await transport.end(try Samples.envelope()).words == "refused data 550 unknown-user")
    }
    await transport.close()
    await relay.stop()
    #expect(relay.sessions == 2)
    #expect(relay.commands == ["MAIL", "RCPT", "DATA", "RSET", "MAIL", "RCPT", "DATA", "QUIT"])
  }
}
