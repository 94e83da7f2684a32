import ArgumentParser
import Audit
import Delivery
import Foundation
import Mail
import Settings
import Store

extension RetryPolicyCommand {
  /// `retry-policy simulate`: what a policy would do, alone or against another.
  struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows what a policy would do with a number of mails: how soon they arrive, and what the relay sees.",
      discussion: """
        Both policies meet the same mails and the same trouble; the same seed gives the same numbers. The mix says what the \
        relay answers: a file, `recorded` for what this appliance's ledger tells, or left out for built-in assumptions, \
        which as a file are:

        \(OutcomeMixFile.example)
        """)
    @OptionGroup var options: ConfigOptions
    @Option(help: "The policy file to simulate; left out: the policy in force.") var policy: String?
    @Option(help: "A second policy file to hold it against.") var against: String?
    @Option(help: "A file with the mix of outcomes, or `recorded`.") var mix: String?
    @Option(help: "How many mails.") var mails = 10_000
    @Option(help: "The seed of the random numbers.") var seed: UInt64 = 1
    @Option(help: "Write a picture to this file, which ends in .svg.") var plot: String?
    @Flag(help: "Print one JSON document.") var json = false

    func validate() throws {
      guard (1...Simulation.mostMails).contains(mails) else {
        throw ValidationError("--mails must be a whole number from 1 to \(Simulation.mostMails).")
      }
      if let plot, !plot.hasSuffix(".svg") {
        throw ValidationError("The picture is an SVG: let the file of --plot end in .svg.")
      }
    }

    func run() async throws {
      let setting = try PolicySetting(options)
      let chosen = try ChosenMix(mix, options: options)
      let policies = try compared(setting)
      let shift = setting.timeZone.secondsFromGMT(
        for: Date(timeIntervalSince1970: TimeInterval(Simulation.monday.seconds)))
      let simulation = Simulation(
        mix: chosen.mix, mails: mails, seed: seed, start: Simulation.monday + -Int64(shift), latest: setting.latest)
      let series = try policies.map { name, policy in
        SimulationPlot.Series(name: name, report: try report(simulation, policy, name: name))
      }
      let verdict = Self.verdict(series)
      if let plot { try write(SimulationPlot(series, verdict: verdict).svg, to: plot) }
      if json {
        return try Terminal.json(
          SimulationDocument(chosen, simulation, series: series, verdict: verdict, plot: plot))
      }
      Terminal.say(SimulationText(chosen, mails: mails, series: series).text)
      if let verdict { Terminal.say("\n" + verdict) }
      if let plot { Terminal.say("\nThe picture is in \(plot).") }
    }

    /// One policy or two, with names that differ.
    private func compared(_ setting: PolicySetting) throws -> [(String, RetryPolicy)] {
      var policies = [(setting.name, setting.policy)]
      if let policy {
        policies = [
          (PolicySetting.shortName(policy), try RetryPolicyFile.load(file: policy, timeZone: setting.timeZone))
        ]
      }
      if let against {
        let name = PolicySetting.shortName(against)
        policies.append(
          (name == policies[0].0 ? against : name, try RetryPolicyFile.load(file: against, timeZone: setting.timeZone)))
      }
      return policies
    }

    private func report(_ simulation: Simulation, _ policy: RetryPolicy, name: String) throws -> SimulationReport {
      defer { if Terminal.isInteractive { Terminal.redraw("") } }
      do throws(Simulation.TooManyAttempts) {
        return try simulation.run(policy) { done in
          if Terminal.isInteractive { Terminal.redraw("Simulating \(name): \(Int(done * 100)) %") }
        }
      } catch {
        throw CommandFailure(
          .usage,
          "\(name): this policy would make more than \(simulation.mostAttempts) attempts. Give it longer waits or an earlier "
            + "expiry, or simulate fewer --mails.")
      }
    }

    private static func verdict(_ series: [SimulationPlot.Series]) -> String? {
      guard series.count == 2 else { return nil }
      return SimulationVerdict(of: series[0].report, against: series[1].report)
        .sentence(series[0].name, against: series[1].name)
    }

    private func write(_ svg: String, to file: String) throws {
      do { try Data(svg.utf8).write(to: URL(filePath: file), options: .atomic) } catch {
        throw CommandFailure(.usage, "\(file) cannot be written: does its directory exist, and may you write there?")
      }
    }
  }
}

/// The mix of outcomes somebody chose, and what must be said of it.
struct ChosenMix {
  var mix = OutcomeMix.standard
  var source = "built-in"
  var remarks = ["The mix of outcomes is built in: assumptions, not measurements."]

  init(_ choice: String?, options: ConfigOptions) throws {
    guard let choice else { return }
    guard choice == "recorded" else {
      (mix, source, remarks) = (try OutcomeMixFile.load(file: choice), choice, [])
      return
    }
    let recorded = OutcomeMix.recorded(in: try Self.outcomes(Wiring.reader(options)))
    (mix, source) = (recorded.mix, "recorded")
    remarks = recorded.remarks
    if recorded.cases >= OutcomeMix.fewestCases {
      remarks.insert("The mix of outcomes is what the ledger tells of \(recorded.cases) cases.", at: 0)
    }
  }

  /// The entries that tell of attempts and ends, read in portions.
  private static func outcomes(_ reader: ApplianceStore) throws -> [Entry] {
    let wanted: Set<EntryEvent> = [.sent, .deferred, .unknown, .fail, .expire, .hold, .confirm]
    let size = try reader.size()
    return try stride(from: 0, to: size, by: 10_000).flatMap { first in
      try reader.entries(first..<min(first + 10_000, size)).compactMap { line in
        guard case .entry(let bytes) = LedgerLine(line) else { return nil }
        return try Entry(parsing: bytes)
      }
      .filter { wanted.contains($0.event) }
    }
  }
}
