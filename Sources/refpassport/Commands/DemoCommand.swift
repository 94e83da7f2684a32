import ArgumentParser
import Audit
import Delivery
import Foundation
import Mail
import SMTP
import Sandbox
import Settings
import Store
import Synchronization

/// `demo`: the whole main job on an embedded Bob and relay, and then the proof that nothing personal is left.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Runs the whole main job on embedded stand-ins, then proves the purge.",
    discussion: """
      Nobody is mailed: Bob and the relay are stand-ins on loopback. What the leavers would get and what the officer \
      would see is written to --out: mail/, pdf/, ledger.jsonl, checkpoint.txt, vkey.txt, root.pem, and the appliance's \
      own directory, appliance/, where you may search for any name you find in mail/.
      """)
  @Option(help: "How many people leave.") var leavers = 3
  @Option(help: "The directory to write; it must be empty or missing. Left out: a new temporary one.") var out: String?
  @Option(help: "The mail templates.") var templates: String?
  @Flag(help: "Print one JSON document and nothing else.") var json = false

  func run() async throws {
    guard (1...500).contains(leavers) else { throw CommandFailure(.usage, "--leavers is 1 to 500.") }
    let directory = try outDirectory()
    let received = Mutex<[SMTPSinkMail]>([])
    let stage = try await DemoStage(
      leavers: leavers, out: directory, templates: try templatesDirectory(),
      onMail: { mail in received.withLock { $0.append(mail) } })
    let report: DemoReport
    do {
      report = try await play(on: stage) { received.withLock { $0 } }
    } catch {
      await stage.stop()
      throw error
    }
    await stage.stop()
    if json { try Terminal.json(report) } else { Terminal.say(report.text) }
    if !report.holds { throw CommandFailure(.no, json ? "" : "The demo did not show what it must: see above.") }
  }

  /// Baseline, departures, one pass, and what came of it.
  private func play(on stage: DemoStage, received: () -> [SMTPSinkMail]) async throws -> DemoReport {
    let display = DemoDisplay(isShown: !json, total: leavers)
    let wiring = try await Wiring(
      try .load(file: stage.configurationFile, environment: [:]), logger: Log.quiet)
    display.say("Bob and the relay stand on loopback. First contact: whoever is gone already is never mailed.")
    let baseline = try await wiring.appliance.pass()
    guard baseline.tookBaseline else {
      throw CommandFailure(
        .outside, "The baseline could not be taken: \(baseline.sourceFailure?.advice ?? "no answer").")
    }
    display.say("\(leavers) people leave.")
    let today = wiring.clock.now().date.description
    for person in stage.leavers { stage.bob.terminate(person.id, on: today) }
    let store = wiring.store
    let pass = try await wiring.appliance.pass { display.show((try? store.cases()) ?? []) }
    display.end()
    await wiring.transport.close()
    return try DemoReport(stage: stage, wiring: wiring, pass: pass, received: received())
  }

  private func outDirectory() throws -> String {
    let files = FileManager.default
    guard let out else {
      let path = files.temporaryDirectory.appending(path: "refpassport-demo-\(UUID().uuidString.prefix(8))").path
      try files.createDirectory(atPath: path, withIntermediateDirectories: true)
      return path
    }
    let path = URL(filePath: out).path
    if let present = try? files.contentsOfDirectory(atPath: path), !present.isEmpty {
      throw CommandFailure(.usage, "--out: \(out) is not empty; give a directory that is empty or not there yet.")
    }
    do {
      try files.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw CommandFailure(.usage, "--out: \(out) cannot be made; does its parent exist, and may you write there?")
    }
    return path
  }

  /// The templates given, or those above the working directory or the program in a source tree, or those installed.
  private func templatesDirectory() throws -> String {
    if let templates { return URL(filePath: templates).path }
    let files = FileManager.default
    let program = (try? files.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let candidates = [files.currentDirectoryPath, program].flatMap { start in
      sequence(first: URL(filePath: start)) { $0.path == "/" ? nil : $0.deletingLastPathComponent() }
        .map { $0.appending(path: "mail-templates").path }
    }
    guard
      let found = (candidates + ["/usr/share/refpassport/mail-templates"]).first(where: {
        files.fileExists(atPath: $0 + "/en-GB")
      })
    else { throw CommandFailure(.usage, "No mail templates here: run from the source tree, or give --templates DIR.") }
    return found
  }
}
