import Audit
import Delivery
import Foundation
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

/// A log that keeps its lines.
final class KeptLog: Sendable {
  let lines = Mutex<[String]>([])

  var logger: Logger {
    var logger = Logger(label: "kept", factory: { _ in Handler(log: self) })
    logger.logLevel = .trace
    return logger
  }

  struct Handler: LogHandler {
    let log: KeptLog
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      log.lines.withLock { $0.append("\(event.level) \(event.message) \(event.metadata ?? [:]) \(metadata)") }
    }
  }
}

@Suite("The whole way of one reference, in one process")
struct WholeWayTests {
  /// Runs `body` with a stage, a wiring and the log of all of it.
  private func onStage(
    leavers: Int = 1, _ body: (DemoStage, Wiring, KeptLog, @Sendable () -> [SMTPSinkMail]) async throws -> Void
  ) async throws {
    let out = FileManager.default.temporaryDirectory.appending(path: "way-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: out) }
    let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let received = Mutex<[SMTPSinkMail]>([])
    let stage = try await DemoStage(
      leavers: leavers, out: out, templates: source.appending(path: "mail-templates").path,
      onMail: { mail in received.withLock { $0.append(mail) } })
    let log = KeptLog()
    do {
      let wiring = try await Wiring(
        try .load(file: stage.configurationFile, environment: [:]), logger: log.logger, drawing: InProcessDrawing())
      try await body(stage, wiring, log) { received.withLock { $0 } }
      await wiring.transport.close()
    } catch {
      await stage.stop()
      throw error
    }
    #expect(stage.bob.recorder.outsideReads == [])
    #expect(stage.bob.recorder.personalFieldsRequestedForNonLeavers == 0)
    await stage.stop()
  }

  private func leave(_ stage: DemoStage, _ wiring: Wiring) {
    for person in stage.leavers { stage.bob.terminate(person.id, on: wiring.clock.now().date.description) }
  }

  /// Who is mailed the checkpoints, on every pass that purges.
  private let officer = "compliance@acme.example"

  private func toLeavers(_ mails: [SMTPSinkMail]) -> [SMTPSinkMail] {
    mails.filter { mail in !mail.recipients.contains { $0.address == officer } }
  }

  @Test("from the status change to the purge; the second pass sends nothing")
  func wholeWay() async throws {
    try await onStage(leavers: 2) { stage, wiring, log, received in
      let baseline = try await wiring.appliance.pass()
      #expect(baseline.tookBaseline)
      #expect(received().flatMap { $0.recipients.map(\.address) } == [officer], "the first checkpoint")
      leave(stage, wiring)
      let pass = try await wiring.appliance.pass()
      #expect(pass.intake.opened == 2)
      #expect(pass.courier.accepted == 2)
      #expect(pass.confirmed == 2)
      #expect(pass.purged == 2)
      #expect(toLeavers(received()).count == 2)
      #expect(
        Set(toLeavers(received()).flatMap { $0.recipients.map(\.address) })
          == Set(stage.leavers.compactMap { $0.email?.lowercased() }))
      let again = try await wiring.appliance.pass()
      #expect(again.intake.opened == 0)
      #expect(toLeavers(received()).count == 2)
      let export = try LedgerFiles(reader: wiring.store)
      let report = LedgerVerifier.verify(entries: export.entries, checkpoint: export.checkpoint, vkey: export.vkey)
      #expect(report.ok, "\(report.findings)")
      let events = try LedgerRow.list(of: nil, last: nil, in: wiring.store).map(\.entry.event)
      for event in [EntryEvent.detect, .issue, .seal, .sent, .confirm, .purge] {
        #expect(events.count { $0 == event } == 2, "\(event) stands twice")
      }
    }
  }

  @Test("only reads were asked of Bob, and nothing personal of people who have not left")
  func recorder() async throws {
    try await onStage { stage, wiring, log, received in
      _ = try await wiring.appliance.pass()
      leave(stage, wiring)
      _ = try await wiring.appliance.pass()
      #expect(stage.bob.recorder.requests.count >= 4)
      #expect(stage.bob.recorder.outsideReads.isEmpty)
      #expect(stage.bob.recorder.personalFieldsRequestedForNonLeavers == 0)
    }
  }

  @Test("no name, address, title or department stands in the log, the ledger or the directory, sent or refused")
  func canary() async throws {
    try await onStage(leavers: 3) { stage, wiring, log, received in
      _ = try await wiring.appliance.pass()
      let first = try #require(stage.leavers.first)
      // One cannot be mailed, one is unprintable, one is good.
      stage.bob.change(first.id) { $0.email = "canary.person@acme.example\r\nRCPT TO:<eve@x.example>" }
      stage.bob.change(stage.leavers[1].id) { $0.displayName = "Canary Person \u{10FFFD}" }
      leave(stage, wiring)
      let pass = try await wiring.appliance.pass()
      #expect(pass.courier.accepted == 1)
      #expect(Set(try wiring.store.cases().compactMap(\.hold?.reason)) == [.badAddress, .unprintable])
      let lines = log.lines.withLock { $0.joined(separator: "\n") }
      let ledger = try LedgerFiles(reader: wiring.store).entries.map { String(decoding: $0, as: UTF8.self) }.joined()
      #expect(lines.contains("case opened"))
      for person in stage.leavers {
        let facts = stage.facts(of: person)
        let words =
          facts.name.split(separator: " ").map(String.init) + [
            facts.workEmail ?? "-none-", facts.title ?? "-none-", facts.department ?? "-none-", person.id, "canary",
          ]
        for word in words {
          #expect(!lines.localizedCaseInsensitiveContains(word), "a personal value stands in the log")
          #expect(!ledger.localizedCaseInsensitiveContains(word), "a personal value stands in the ledger")
        }
      }
      // Open cases are sealed, closed ones are gone: a scan for all of them finds nothing.
      let scan = try wiring.store.scan(for: stage.leavers.map { stage.facts(of: $0) })
      #expect(scan.files >= 3)
      #expect(scan.residue == [])
    }
  }

  @Test("the officer's papers name nobody, neither in clear nor in what a PDF compresses")
  func papers() async throws {
    try await onStage(leavers: 3) { stage, wiring, log, received in
      _ = try await wiring.appliance.pass()
      let second = stage.leavers[1]
      stage.bob.change(second.id) { $0.email = nil }
      leave(stage, wiring)
      _ = try await wiring.appliance.pass()
      let now = wiring.clock.now()
      let days = LedgerPeriod(from: now.date, to: now.date, timeZone: .gmt)
      var papers = [
        try AuditCommand.ReportCommand.papers(
          on: try #require(days), in: wiring.store, settings: wiring.configuration, at: now
        ).value
      ]
      let purged = try wiring.store.cases().filter { $0.stage == .purged }
      #expect(purged.count == 2)
      for row in purged {
        papers.append(
          try AuditCommand.CertificateCommand.papers(
            of: row.id, in: wiring.store, settings: wiring.configuration, at: now))
      }
      let held = try #require(try wiring.store.cases().first { $0.stage == .held })
      #expect(throws: CommandFailure.self) {
        try AuditCommand.CertificateCommand.papers(
          of: held.id, in: wiring.store, settings: wiring.configuration, at: now)
      }
      let texts = try papers.flatMap { [$0.json, $0.pdf, try Self.uncompressed($0.pdf)] }
        .map { String(decoding: $0, as: UTF8.self) }
      #expect(texts.allSatisfy { $0.contains("refpassport/") }, "the search finds what is there")
      for person in stage.leavers {
        let facts = stage.facts(of: person)
        let words =
          facts.name.split(separator: " ").map(String.init) + [
            facts.workEmail ?? "-none-", facts.title ?? "-none-", facts.department ?? "-none-", person.id,
          ]
        for word in words {
          #expect(!texts.contains { $0.localizedCaseInsensitiveContains(word) }, "a personal value stands in a paper")
        }
      }
    }
  }

  /// A PDF whose streams anybody can read.
  private static func uncompressed(_ pdf: [UInt8]) throws -> [UInt8] {
    let directory = FileManager.default.temporaryDirectory.appending(path: "paper-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let files = ["in.pdf", "out.pdf"].map { directory.appending(path: $0) }
    try Data(pdf).write(to: files[0])
    let qpdf = try Process.run(
      URL(filePath: "/usr/bin/qpdf"), arguments: ["--stream-data=uncompress"] + files.map(\.path))
    qpdf.waitUntilExit()
    return [UInt8](try Data(contentsOf: files[1]))
  }

  @Test("a released case whose address was mended in Bob goes its way")
  func mended() async throws {
    try await onStage { stage, wiring, log, received in
      _ = try await wiring.appliance.pass()
      let person = try #require(stage.leavers.first)
      stage.bob.change(person.id) { $0.email = nil }
      leave(stage, wiring)
      _ = try await wiring.appliance.pass()
      let held = try #require(try wiring.store.cases().first)
      #expect(held.hold?.reason == .noAddress)
      stage.bob.change(person.id) { $0.email = "mended@acme.example" }
      _ = try await wiring.desk.release(
        held.id, from: wiring.watcher, by: CaseDesk.Actor("opal"), at: wiring.clock.now())
      let pass = try await wiring.appliance.pass()
      #expect(pass.purged == 1)
      // HR was told of the hold first.
      #expect(
        toLeavers(received()).flatMap { $0.recipients.map(\.address) } == [
          "people@acme.example", "mended@acme.example",
        ])
    }
  }
}
