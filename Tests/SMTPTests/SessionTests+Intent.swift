import Delivery
import Foundation
import Mail
import SMTP
import Sandbox
import Synchronization
import Testing

/// A relay that writes down every line as it arrives, to show what was on the wire at the moment of the intent.
private final class WatchedRelay: Sendable {
  /// What it does when the final dot, or the last line of the body, has arrived.
  enum Habit: Sendable { case take, closeAtDot, resetAtDot, closeBeforeDot, praiseBeforeDot, refuseBeforeDot }

  private let listener = LoopbackListener()
  private let lines = Mutex<[String]>([])
  private let isIntended = Mutex(false)
  private let hasLeft = Mutex(false)
  private let habit: Habit
  private let lastLine: String

  init(_ habit: Habit, lastLine: String) {
    self.habit = habit
    self.lastLine = lastLine
  }

  func start() throws -> Int { try listener.start { [self] in serve($0) } }
  func stop() async { await listener.stop() }

  var seen: [String] { lines.withLock { $0 } }

  /// Called from the intent: blocks until the last line of the body has arrived, or the relay has left at it; true
  /// unless that took a minute.
  func waitForBody() -> Bool {
    isIntended.withLock { $0 = true }
    for _ in 0..<30_000 {
      if speaksBeforeDot ? hasLeft.withLock({ $0 }) : seen.contains(lastLine) {
        return true
      }
      Thread.sleep(forTimeInterval: 0.002)
    }
    return false
  }

  private var speaksBeforeDot: Bool { [.closeBeforeDot, .praiseBeforeDot, .refuseBeforeDot].contains(habit) }

  private func serve(_ stream: LoopbackStream) {
    stream.write("220 watched.example ESMTP\r\n")
    while let raw = stream.line() {
      let line = String(decoding: raw.dropLast(), as: UTF8.self)
      lines.withLock { $0.append(line) }
      switch line.prefix(4) {
      case "EHLO": stream.write("250 watched.example\r\n")
      case "MAIL", "RCPT": stream.write("250 2.1.0 Ok\r\n")
      case "DATA": stream.write("354 Go on\r\n")
      case "QUIT": stream.write("221 2.0.0 Bye\r\n")
      case "." where habit == .closeAtDot: return
      case "." where habit == .resetAtDot: return stream.reset()
      case ".": stream.write("250 2.0.0 Ok\r\n")
      case lastLine.prefix(4) where habit == .closeBeforeDot:
        // Not before the intent has begun: an earlier end is seen before it, and is another case.
        while !isIntended.withLock({ $0 }) && !listener.isStopped { Thread.sleep(forTimeInterval: 0.002) }
        stream.close()
        hasLeft.withLock { $0 = true }
        return
      case lastLine.prefix(4) where habit == .praiseBeforeDot || habit == .refuseBeforeDot:
        while !isIntended.withLock({ $0 }) && !listener.isStopped { Thread.sleep(forTimeInterval: 0.002) }
        stream.write(habit == .praiseBeforeDot ? "250 2.0.0 Ok\r\n" : "451 4.3.0 Not now\r\n")
        hasLeft.withLock { $0 = true }
      default: break
      }
    }
  }
}

/// The intent stands between the body and the dot, and splits "surely not taken" from "perhaps taken".
@Suite struct SessionIntentTests {
  private static let lastLine = "the last line of the body"
  private static let mail = Array("Subject: Sample\r\n\r\n\(lastLine)\r\n".utf8)

  private func withRelay(
    _ habit: WatchedRelay.Habit, test: (WatchedRelay, SMTPTransport) async throws -> Void
  ) async throws {
    let relay = WatchedRelay(habit, lastLine: Self.lastLine)
    let transport = SMTPTransport(try Samples.relay(port: try relay.start()))
    do { try await test(relay, transport) } catch {
      await relay.stop()
      throw error
    }
    await relay.stop()
  }

  /// 354 was said, the whole body is with the relay, and the dot is not.
  @Test func theBodyIsThereAndTheDotIsNot() async throws {
    try await withRelay(.take) { relay, transport in
      let intents = Intents()
      let atIntent = Mutex<[String]>([])
      let sent = await transport.end(try Samples.envelope(), message: Self.mail) {
        intents.keep()
        guard relay.waitForBody() else { return }
        atIntent.withLock { $0 = relay.seen }
      }
      #expect(
        sent
          == .outcome(
            .accepted(
              Reply(code: 250, enhanced: EnhancedStatus(class: 2, subject: 0, detail: 0), lines: ["Ok"]))))
      #expect(intents.count == 1)
      let seen = atIntent.withLock { $0 }
      #expect(seen.suffix(4) == ["DATA", "Subject: Sample", "", Self.lastLine])
      #expect(relay.seen == seen + ["."])
    }
  }

  /// A dot that is withheld is never sent, not even when the session is closed or QUIT would be due.
  @Test func aWithheldDotNeverComes() async throws {
    struct DiskFull: Error {}
    try await withRelay(.take) { relay, transport in
      let sent = await transport.end(try Samples.envelope(), message: Self.mail) {
        _ = relay.waitForBody()
        throw DiskFull()
      }
      #expect(sent == .intent)
      await transport.close()
      await relay.stop()
      #expect(relay.seen.last == Self.lastLine)
    }
  }

  /// The relay took the dot away with it: neither accepted nor safe to send again.
  @Test(arguments: [WatchedRelay.Habit.closeAtDot, .resetAtDot])
  fileprivate func aDotWithoutAReplyIsUnknown(_ habit: WatchedRelay.Habit) async throws {
    try await withRelay(habit) { relay, transport in
      let intents = Intents()
      let sent = await transport.end(try Samples.envelope(), message: Self.mail) { intents.keep() }
      #expect(sent == .outcome(.unknown(.connectionLost(.dot))))
      #expect(intents.count == 1)
      #expect(relay.seen.count { $0 == "." } == 1)
    }
  }

  /// The connection ends while the intent is written: it stands, so nothing less than unknown may follow.
  @Test func aRelayThatLeavesDuringTheIntentIsUnknown() async throws {
    try await withRelay(.closeBeforeDot) { relay, transport in
      let sent = await transport.end(try Samples.envelope(), message: Self.mail) { _ = relay.waitForBody() }
      #expect(sent == .outcome(.unknown(.connectionLost(.dot))))
      #expect(!relay.seen.contains("."))
    }
  }

  /// A 250 that comes before the dot is no answer to it.
  @Test func praiseBeforeTheDotIsNoAcceptance() async throws {
    try await withRelay(.praiseBeforeDot) { relay, transport in
      let sent = await transport.end(try Samples.envelope(), message: Self.mail) { _ = relay.waitForBody() }
      #expect(sent == .outcome(.unknown(.unintelligible(.dot))))
      #expect(!relay.seen.contains("."))
    }
  }

  /// A refusal that comes while the intent is written meant this mail, and no dot follows it: two answers could not be
  /// told apart. The session is not used again.
  @Test func aRefusalBeforeTheDotWithholdsIt() async throws {
    try await withRelay(.refuseBeforeDot) { relay, transport in
      let sent = await transport.end(try Samples.envelope(), message: Self.mail) { _ = relay.waitForBody() }
      #expect(sent.words == "deferred dot 451 system")
      await transport.close()
      #expect(relay.seen.last == Self.lastLine)
    }
  }
}
