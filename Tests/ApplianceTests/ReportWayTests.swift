import Audit
import Delivery
import Foundation
import Glibc
import Logging
import Mail
import Reference
import SMTP
import Sandbox
import Settings
import Store
import Synchronization
import Testing

@testable import refpassport

/// A mailbox that nobody can read.
private struct UnreadableMailbox: ReportSource {
  func collect(
    _ take: @Sendable (ReceivedMessage) async throws -> Disposition
  ) async throws(ReportSourceFailure) -> Collected {
    throw .unreadable("the mailbox cannot be reached; look at bounces.imap_url")
  }
}

/// A mailbox in memory that gets what comes to the bounce address, and the reports that a relay would write.
private final class ReportingRelay: ReportSource {
  struct State: Sendable {
    var received: [SMTPSinkMail] = []
    var waiting: [ReceivedMessage] = []
  }
  private let state = Mutex(State())

  /// Takes a mail from the sink: what goes to the bounce address lies in the mailbox.
  func receive(_ mail: SMTPSinkMail) {
    state.withLock { state in
      state.received.append(mail)
      if mail.recipients.contains(where: { $0.address.hasPrefix("bounces") }) {
        state.waiting.append(ReceivedMessage(octets: mail.message, recipient: mail.recipients.first?.address))
      }
    }
  }

  /// The mails to leavers.
  var letters: [SMTPSinkMail] {
    state.withLock {
      $0.received.filter { $0.from.address.contains("+") && !$0.recipients[0].address.contains("bounces") }
    }
  }

  /// Has the relay report of a letter.
  func report(_ action: String, _ status: String, of letter: SMTPSinkMail) {
    state.withLock { $0.waiting.append(Self.report(action, status, of: letter)) }
  }

  static func report(_ action: String, _ status: String, of letter: SMTPSinkMail) -> ReceivedMessage {
    let envelopeID = letter.from.parameters.first { $0.hasPrefix("ENVID=") }?.dropFirst(6) ?? ""
    let text = """
      From: MAILER-DAEMON@relay.example\r
      To: <\(letter.from.address)>\r
      Subject: Delivery Status Notification\r
      Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r
      \r
      --b\r
      Content-Type: text/plain\r
      \r
      About your mail to \(letter.recipients[0].address).\r
      --b\r
      Content-Type: message/delivery-status\r
      \r
      Reporting-MTA: dns; relay.example\r
      Original-Envelope-Id: \(envelopeID)\r
      \r
      Final-Recipient: rfc822; \(letter.recipients[0].address)\r
      Action: \(action)\r
      Status: \(status)\r
      \r
      --b--\r

      """
    return ReceivedMessage(octets: Array(text.utf8))
  }

  func collect(
    _ take: @Sendable (ReceivedMessage) async throws -> Disposition
  ) async throws(ReportSourceFailure) -> Collected {
    var collected = Collected()
    while let message = state.withLock(\.waiting.first) {
      do { _ = try await take(message) } catch { throw .notTaken(error) }
      state.withLock { _ = $0.waiting.removeFirst() }
      collected.taken += 1
    }
    return collected
  }
}

@Suite("The way of a report, in one process")
struct ReportWayTests {
  /// Runs `body` with leavers whose letters the relay has accepted, and a mailbox that is read.
  private func onStage(
    leavers: Int, watched: Bool = true, broken: Bool = false,
    _ body: (DemoStage, Wiring, KeptLog, ReportingRelay) async throws -> Void
  ) async throws {
    let out = FileManager.default.temporaryDirectory.appending(path: "report-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: out) }
    let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let relay = ReportingRelay()
    let stage = try await DemoStage(
      leavers: leavers, out: out, templates: source.appending(path: "mail-templates").path, onMail: relay.receive)
    let log = KeptLog()
    do {
      let environment = ["REFPASSPORT_CONFIRM_UNWATCHED": "false", "REFPASSPORT_CONFIRM_QUIET_PERIOD": "144h"]
      let wiring = try await Wiring(
        try .load(file: stage.configurationFile, environment: environment), logger: log.logger,
        drawing: InProcessDrawing(), sources: (broken ? [UnreadableMailbox()] : []) + (watched ? [relay] : []))
      _ = try await wiring.appliance.pass()
      for person in stage.leavers { stage.bob.terminate(person.id, on: wiring.clock.now().date.description) }
      #expect(try await wiring.appliance.pass().courier.accepted == leavers)
      try await body(stage, wiring, log, relay)
      let export = try LedgerFiles(reader: wiring.store)
      let report = LedgerVerifier.verify(entries: export.entries, checkpoint: export.checkpoint, vkey: export.vkey)
      #expect(report.ok, "\(report.findings)")
      await wiring.transport.close()
    } catch {
      await stage.stop()
      throw error
    }
    #expect(stage.bob.recorder.outsideReads == [])
    #expect(stage.bob.recorder.personalFieldsRequestedForNonLeavers == 0)
    await stage.stop()
  }

  @Test("one is delivered, one fails, one is full: each goes its way in one pass, and nothing of a report stays")
  func everyWay() async throws {
    try await onStage(leavers: 3) { stage, wiring, log, relay in
      let letters = relay.letters
      try #require(letters.count == 3)
      relay.report("delivered", "2.1.5", of: letters[0])
      relay.report("failed", "5.1.1", of: letters[1])
      relay.report("failed", "5.2.2", of: letters[2])
      let pass = try await wiring.appliance.pass()
      #expect(pass.bounces.moved == 3)
      #expect(pass.bounces.findings[.moved] == 3)
      #expect(pass.purged == 1)
      #expect(try wiring.store.counts() == [.purged: 1, .undeliverable: 1, .deferred: 1])
      let purged = try #require(try wiring.store.cases(at: [.purged]).first)
      #expect(try wiring.store.reports(of: purged.id).isEmpty)
      let confirmed = try #require(ConfirmationDocument(try wiring.store.entries(of: purged.id)))
      #expect(confirmed.how == "dsn-delivered" && confirmed.watched)
      // The probe went with the first pass and is back.
      #expect(try wiring.store.intake().probes.count { $0.back != nil } == 1)
      let lines = log.lines.withLock { $0.joined(separator: "\n") }
      for person in stage.leavers {
        let facts = stage.facts(of: person)
        for word in facts.name.split(separator: " ").map(String.init) + [facts.workEmail ?? "-none-", "MAILER-DAEMON"] {
          #expect(!lines.localizedCaseInsensitiveContains(word))
        }
      }
      #expect(try wiring.store.scan(for: stage.leavers.map { stage.facts(of: $0) }).residue == [])
      // What is told again, after the purge too, changes nothing.
      for (letter, action) in zip(letters, ["delivered", "failed", "failed"]) {
        relay.report(action, letter.from.address == letters[1].from.address ? "5.1.1" : "5.2.2", of: letter)
      }
      let again = try await wiring.appliance.pass()
      #expect(again.bounces.findings == [.afterPurge: 1, .repeated: 2])
    }
  }

  @Test("a mailbox that cannot be read stops nothing else of a pass, is told, and lets silence prove nothing")
  func unreadable() async throws {
    try await onStage(leavers: 2, broken: true) { stage, wiring, _, relay in
      relay.report("delivered", "2.1.5", of: try #require(relay.letters.first))
      let pass = try await wiring.appliance.pass()
      #expect(pass.bounces.troubles == ["the mailbox cannot be reached; look at bounces.imap_url"])
      #expect(pass.troubled && pass.purged == 1)
      #expect(try wiring.store.intake().lastLook == nil)
      #expect(try wiring.store.alarms().map(\.kind) == [.bounces])
      #expect(try wiring.store.counts() == [.accepted: 1, .purged: 1])
    }
  }

  @Test("handed in by a person, a report counts as well; what it was is the answer")
  func ingested() async throws {
    try await onStage(leavers: 1, watched: false) { stage, wiring, _, relay in
      let letter = try #require(relay.letters.first)
      let execution = ActExecution(wiring: wiring)
      func ingest(_ octets: [UInt8], recipient: String? = nil) async throws -> ActAnswer {
        try await execution.carryOut(
          .ingest(message: Data(octets), recipient: recipient), by: CaseDesk.Actor("opal"))
      }
      let message = ReportingRelay.report("failed", "5.1.1", of: letter)
      #expect(try await ingest(Array("Subject: hello\r\n\r\n".utf8)).finding == .noReport)
      #expect(try await ingest(message.octets).finding == .moved)
      #expect(try await ingest(message.octets).finding == .repeated)
      await #expect(throws: CommandFailure.self) {
        try await ingest([UInt8](repeating: 0x41, count: ReceivedMessage.longest + 1))
      }
      let row = try #require(try wiring.store.cases(at: [.undeliverable]).first)
      let document = CaseDocument(row, reports: try wiring.store.reports(of: row.id))
      #expect(document.evidence == "bounced")
    }
  }

  @Test("the longest message goes through the control socket, and nothing much longer does")
  func socket() async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "socket-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let door = try ControlSocket(dataDirectory: directory) { act, _ in
      guard case .ingest(let message, let recipient) = act else { return ActAnswer() }
      return ActAnswer(finding: message.count == ReceivedMessage.longest && recipient == nil ? .moved : .foreign)
    }
    defer { door.shut() }
    // Octets that are all slashes in base64: the longest way to write them in JSON.
    for (length, finding) in [
      (ReceivedMessage.longest, EvidenceDesk.Finding.moved), (2 * ReceivedMessage.longest, nil),
    ] {
      let act = Act.ingest(message: Data(repeating: 0xFF, count: length), recipient: nil)
      let answer = try ask(directory, try JSONEncoder().encode(ControlRequest(act)))
      #expect(answer?.finding == finding)
    }
  }

  private func ask(_ directory: String, _ request: Data) throws -> ActAnswer? {
    let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(socket) }
    let answered = try ControlAddress.with(directory) { connect(socket, $0, $1) }
    try #require(answered == 0)
    SocketBytes.write([UInt8](request), to: socket)
    shutdown(socket, Int32(SHUT_WR))
    guard let bytes = SocketBytes.readAll(socket, limit: 1 << 16), !bytes.isEmpty else { return nil }
    return try JSONDecoder().decode(ActAnswer.self, from: Data(bytes))
  }
}
