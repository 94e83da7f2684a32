import ArgumentParser
import Delivery
import Logging
import Mail
import SMTP
import ServiceLifecycle
import Settings
import Store
import UnixSignals

/// `run`: the appliance itself, until it is stopped; with `--once`, one full pass.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs the appliance; --once makes one full pass and ends.",
    discussion: """
      One pass: poll Bob, issue, send, confirm, purge, sign a checkpoint. Exit code of --once: 3 if Bob or the relay \
      could not be used, 1 if a purge found residue, else 0. The log goes to standard error.
      """)
  @OptionGroup var options: ConfigOptions
  @Flag(help: "Make one full pass, then exit.") var once = false
  @Flag(help: "With --once: print one JSON document.") var json = false

  func run() async throws {
    let wiring = try await Wiring(options)
    // A token that cannot be read is a mistake to tell now, not at the first poll.
    _ = try wiring.configuration.bob.token.load()
    for warning in wiring.configuration.warnings {
      Log.standard.warning("configuration", metadata: ["note": "\(warning)"])
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

/// What one pass came to, as `run --once` prints it.
private struct PassDocument: Encodable {
  var people: Int?
  var baseline: Bool
  var opened: Int
  var held: Int
  var issued: Int
  var accepted: Int
  var deferred: Int
  var refused: Int
  var unknown: Int
  var confirmed: Int
  var expired: Int
  var purged: Int
  var residueHits: Int
  var trouble: [String]

  init(_ report: Appliance.Report) {
    people = report.poll?.people
    baseline = report.poll?.tookBaseline ?? false
    opened = report.intake.opened
    held = report.intake.held + report.held
    issued = report.queued
    accepted = report.courier.accepted
    deferred = report.courier.deferred
    refused = report.courier.refused
    unknown = report.courier.unknown
    confirmed = report.confirmed
    expired = report.lapsed
    purged = report.purged
    residueHits = report.purges.reduce(0) { $0 + $1.residue.count }
    trouble = []
    if let failure = report.sourceFailure { trouble.append("Bob: " + failure.advice) }
    if let pause = report.courier.trouble { trouble.append("The relay: \(pause)") }
  }

  var text: String {
    let seen = people.map { "\($0) people seen" } ?? "Bob not read"
    let taken = baseline ? " (baseline taken: whoever is gone already is not mailed)" : ""
    return """
      \(seen)\(taken); \(opened) cases opened, \(held) held, \(issued) issued.
      Relay: \(accepted) accepted, \(deferred) deferred, \(refused) refused, \(unknown) unknown.
      \(confirmed) confirmed, \(expired) expired, \(purged) purged with \(residueHits) residue hits.
      """
  }
}

/// The appliance as a service: a pass whenever something is due, until it is told to stop.
struct Daemon: Service {
  private let wiring: Wiring
  /// Seconds between two looks at what is due; Bob is polled by `bob.poll_every`.
  private static let tick: Int64 = 15

  init(_ wiring: Wiring) { self.wiring = wiring }

  /// Runs until SIGTERM or SIGINT; the pass under way ends first, and the relay gets its QUIT.
  func runUntilStopped() async throws {
    let group = ServiceGroup(
      configuration: .init(services: [self], gracefulShutdownSignals: [.sigterm, .sigint], logger: Log.standard))
    try await group.run()
    await wiring.transport.close()
  }

  func run() async throws {
    let ledger = try wiring.store.ledgerKey() ?? "-"
    Log.standard.notice("appliance started", metadata: ["ledger": "\(ledger)"])
    await cancelWhenGracefulShutdown {
      var nextPoll = wiring.clock.now()
      while !Task.isCancelled {
        let now = wiring.clock.now()
        let polling = now >= nextPoll
        let wait = await pass(polling: polling)
        if polling { nextPoll = now + wait }
        do { try await Task.sleep(for: .seconds(Self.tick)) } catch { break }
      }
    }
  }

  /// One pass; returns the seconds until Bob is to be asked again.
  private func pass(polling: Bool) async -> Int64 {
    do {
      return wait(after: try await wiring.appliance.pass(polling: polling))
    } catch {
      // The disk may be full or read-only: nothing is lost, and the next look tries again.
      Log.standard.critical("pass failed", metadata: ["cause": "\(CommandFailure(error).sentence)"])
      return Self.tick
    }
  }

  private func wait(after report: Appliance.Report) -> Int64 {
    if case .later(let seconds, _) = report.sourceFailure {
      return min(max(seconds, 1), wiring.configuration.bob.pollEvery)
    }
    return wiring.configuration.bob.pollEvery
  }
}
