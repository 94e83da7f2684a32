import ArgumentParser
import Bob
import Delivery
import Logging
import Mail
import SMTP
import Settings
import Store

/// `run`: the appliance itself, until it is stopped; with `--once`, one full pass.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs the appliance; --once makes one full pass and ends.",
    discussion: """
      One pass: poll Bob, issue, read reports, send, confirm, purge, sign a checkpoint. Exit code of --once: 3 if Bob, the \
      relay or the bounce mailbox could not be used, 1 if a purge found residue, else 0. The log goes to standard error.
      """)
  @OptionGroup var options: ConfigOptions
  @Flag(help: "Make one full pass, then exit.") var once = false
  @Option(
    help: ArgumentHelp(
      "Also issue to people gone before the first contact who left on this day or later, as yyyy-mm-dd.",
      discussion: "Once each. bob.max_age and bob.surge_limit hold them for a person as they hold everybody.",
      valueName: "day"))
  var since: String?
  @Flag(help: "With --once: print one JSON document.") var json = false

  func run() async throws {
    let configuration = try options.load()
    let wiring = try await Wiring(configuration, since: try firstDay(in: configuration.organisation.timeZone))
    // A token that cannot be read is a mistake to tell now, not at the first poll.
    _ = try wiring.configuration.bob.token.load()
    for warning in wiring.configuration.warnings {
      Log.standard.warning("configuration", metadata: ["note": "\(warning)"])
    }
    if let warning = DataMedium.under(wiring.configuration.dataDirectory)?.warning {
      Log.standard.warning("file system", metadata: ["note": "\(warning)"])
    }
    guard once else { return try await Daemon(wiring).runUntilStopped() }
    let report = try await wiring.appliance.pass()
    await wiring.transport.close()
    let document = PassDocument(report)
    if json { try Terminal.json(document) } else { Terminal.say(document.text) }
    for trouble in document.trouble { Terminal.complain(trouble) }
    if report.purges.contains(where: { !$0.purged }) { throw CommandFailure(.no) }
    if report.troubled { throw CommandFailure(.outside) }
  }
}

extension RunCommand {
  private func firstDay(in zone: String) throws -> CalendarDate? {
    guard let since else { return nil }
    let today = (OrganisationZone(zone) ?? .utc).day(at: SystemClock().now())
    guard let day = CalendarDate(machine: since), day <= today else {
      throw CommandFailure(.usage, "--since: \(since) must be a day that has come, written yyyy-mm-dd.")
    }
    return day
  }
}

/// What one pass came to, as `run --once` prints it.
private struct PassDocument: Encodable {
  var people: Int?
  var baseline: Bool
  var opened: Int
  /// People of whom Bob is asked in the next pass only.
  var waiting: Int
  var held: Int
  var issued: Int
  var accepted: Int
  var deferred: Int
  var refused: Int
  var unknown: Int
  /// Messages taken from the bounce mailbox, those set aside there, and cases moved by reports.
  var reportsTaken: Int
  var reportsSetAside: Int
  var movedByReports: Int
  var confirmed: Int
  var expired: Int
  var purged: Int
  var residueHits: Int
  /// When quiet hours or the relay's rate let the rest go.
  var waitsUntil: String?
  var trouble: [String]

  init(_ report: Appliance.Report) {
    people = report.people
    baseline = report.tookBaseline
    opened = report.intake.opened
    waiting = report.waiting
    held = report.intake.held + report.held
    issued = report.queued
    accepted = report.courier.accepted
    deferred = report.courier.deferred
    refused = report.courier.refused
    unknown = report.courier.unknown
    reportsTaken = report.bounces.taken
    reportsSetAside = report.bounces.setAside
    movedByReports = report.bounces.moved
    confirmed = report.confirmed
    expired = report.lapsed
    purged = report.purged
    residueHits = report.purges.reduce(0) { $0 + $1.residue.count }
    waitsUntil = report.courier.waitsUntil?.iso8601
    trouble = []
    if let failure = report.sourceFailure { trouble.append("Bob: " + failure.advice) }
    if let missed = report.missed { trouble.append("Bob: " + missed.sentence) }
    trouble += report.bounces.troubles.map { "The bounce mailbox: \($0)" }
    if let pause = report.courier.trouble { trouble.append("The relay: \(pause)") }
    if let jump = report.clockJump {
      trouble.append("The clock has jumped by \(jump) s: nothing was confirmed, expired or purged.")
    }
    if report.courier.storeFailed { trouble.append("The data directory cannot be written: look at its disk.") }
  }

  var text: String {
    let seen = people.map { "\($0) people seen" } ?? "Bob not read"
    let taken = baseline ? " (baseline taken: whoever is gone already is not mailed)" : ""
    return """
      \(seen)\(taken); \(opened) cases opened, \(held) held, \(issued) issued.
      Relay: \(accepted) accepted, \(deferred) deferred, \(refused) refused, \(unknown) unknown.
      Reports: \(reportsTaken) taken, \(reportsSetAside) set aside; \(movedByReports) cases moved.
      \(confirmed) confirmed, \(expired) expired, \(purged) purged with \(residueHits) residue hits.
      """ + (waiting > 0 ? "\n\(waiting) people have their turn in the next pass: run it again." : "")
        + (waitsUntil.map { "\nThe retry policy keeps the rest back until \($0)." } ?? "")
  }
}
