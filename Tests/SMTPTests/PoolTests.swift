import Delivery
import Foundation
import Mail
import SMTP
import Sandbox
import Synchronization
import Testing

@Suite("Several sessions at once: as many as the relay bears")
struct PoolTests {
  static let busy = Outcome.deferred(
    .reply(.rcpt, Reply(code: 450, enhanced: EnhancedStatus(parsing: "4.3.2"), lines: ["busy"])))
  static let accepted = Outcome.accepted(Reply(code: 250))

  @Test("half as many when the relay asks for less, one more after twenty mails in a row, never none")
  func limit() {
    var limit = SessionLimit(8)
    limit.note(Self.busy)
    #expect(limit.present == 4)
    for _ in 0..<3 { limit.note(Self.busy) }
    #expect(limit.present == 1)
    for _ in 0..<19 { limit.note(Self.accepted) }
    #expect(limit.present == 1)
    limit.note(Self.accepted)
    #expect(limit.present == 2)
    for _ in 0..<500 { limit.note(Self.accepted) }
    #expect(limit.present == 8)
  }

  @Test(
    "only what the relay says of its load counts",
    arguments: [
      (Outcome.deferred(.reply(.rcpt, Reply(code: 421))), 2),
      (.deferred(.reply(.rcpt, Reply(code: 451, enhanced: EnhancedStatus(parsing: "4.7.1")))), 4),
      (.deferred(.connectionLost(.body)), 4), (.refused(.reply(.rcpt, Reply(code: 550))), 4),
      (.unknown(.timedOut(.dot)), 4),
    ])
  func what(outcome: Outcome, present: Int) {
    var limit = SessionLimit(4)
    limit.note(outcome)
    #expect(limit.present == present)
  }

  @Test("trouble of the route slows only if it is of load")
  func trouble() {
    var limit = SessionLimit(4)
    limit.note(RouteTrouble(kind: .tls, phase: .starttls, advice: ""))
    #expect(limit.present == 4)
    limit.note(RouteTrouble(kind: .busy, phase: .greeting, code: 421, advice: ""))
    #expect(limit.present == 2)
  }

  @Test("each mail goes once, over no more sessions than there may be", arguments: [1, 3])
  func together(sessions: Int) async throws {
    let sink = try SMTPSink()
    let port = try sink.start()
    let pool = SMTPPool(try Samples.relay(port: port), sessions: sessions)
    let intents = Intents()
    await withTaskGroup(of: Void.self) { group in
      for number in 1...30 {
        group.addTask {
          let mail = Array("Subject: \(number)\r\n\r\nHello.\r\n".utf8)
          let outcome = try? await pool.send(Samples.envelope(), message: mail) { intents.keep() }
          if case .accepted? = outcome {} else { Issue.record("mail \(number): \(String(describing: outcome))") }
        }
      }
    }
    await pool.close()
    let subjects = sink.mails().map { String(decoding: $0.message.prefix(while: { $0 != 13 }), as: UTF8.self) }
    #expect(Set(subjects).count == 30 && subjects.count == 30)
    #expect(intents.count == 30)
    #expect(sink.sessions <= sessions)
    await sink.stop()
  }

  @Test("who waits for a session and is cancelled goes, and the others are served")
  func cancelled() async throws {
    let sink = try SMTPSink()
    let port = try sink.start()
    let pool = SMTPPool(try Samples.relay(port: port), sessions: 1)
    let hurdle = Hurdle()
    let first = Task { try await pool.send(Samples.envelope(), message: Samples.mail) { hurdle.wait() } }
    await hurdle.reached()
    let second = Task { try await pool.send(Samples.envelope(), message: Samples.mail) {} }
    second.cancel()
    await #expect(throws: TransportFailure.self) { try await second.value }
    hurdle.open()
    #expect(try await first.value.isAcceptance)
    #expect(try await pool.send(Samples.envelope(), message: Samples.mail) {}.isAcceptance)
    await pool.close()
    await sink.stop()
  }
}

extension Outcome {
  fileprivate var isAcceptance: Bool { if case .accepted = self { true } else { false } }
}

/// Keeps a session at its intent until it is opened.
private final class Hurdle: Sendable {
  private let arrival = DispatchSemaphore(value: 0)
  private let leave = DispatchSemaphore(value: 0)

  func wait() {
    arrival.signal()
    leave.wait()
  }

  func reached() async {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        self.arrival.wait()
        continuation.resume()
      }
    }
  }

  func open() { leave.signal() }
}
