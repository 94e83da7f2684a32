import ArgumentParser
import Delivery
import Foundation
import Mail
import Reference
import SMTP
import Sandbox
import Settings
import Testing

@testable import refpassport

@Suite("retry-policy on the command line")
struct RetryPolicyCommandTests {
  /// A directory of its own; gone when the test is.
  private final class Folder {
    let path = FileManager.default.temporaryDirectory.appending(path: "policy-\(UUID().uuidString)").path

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String) throws -> String {
      try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
      return path + "/" + name
    }
  }

  private let good = """
    fallback: {formula: {first: 1m, factor: 2, longest: 1h}, expiry: 2d, then: notify}
    unknown: {after: 1h, then: hold}
    route_pauses: [30s]
    quiet_hours: {from: "22:00", to: "06:00"}
    rate_limit: {mails: 60, per: 1m}
    """

  private func run(_ arguments: String...) async throws {
    var command = try RetryPolicyCommand.parseAsRoot(arguments)
    if var asynchronous = command as? any AsyncParsableCommand {
      try await asynchronous.run()
    } else {
      try command.run()
    }
  }

  /// The failure that a command ends with.
  private func failure(_ arguments: String...) async throws -> CommandFailure {
    do {
      var command = try RetryPolicyCommand.parseAsRoot(arguments) as? any AsyncParsableCommand
      try await command?.run()
    } catch {
      return CommandFailure(error)
    }
    throw CommandFailure(.ok, "the command did not fail")
  }

  @Test("a good file passes; a bad one ends with 2 and every problem, with line and key")
  func check() async throws {
    let folder = try Folder()
    try await run("check", try folder.write(good, to: "good.yaml"))
    try await run("check", try folder.write(good, to: "good.yaml"), "--json")
    let keys = (0..<30).map { "key\($0): 1" }.joined(separator: "\n")
    let bad = try folder.write(good + "\n" + keys, to: "bad.yaml")
    let failure = try await failure("check", bad)
    #expect(failure.exit == .usage)
    let lines = failure.sentence.split(separator: "\n")
    #expect(lines.count == 31 && lines.first?.hasPrefix("30 problems") == true)
    #expect(lines.last?.hasPrefix("\(bad):35: key29: unknown key") == true)
    let missing = try await self.failure("check", folder.path + "/none.yaml")
    #expect(missing.exit == .usage && missing.sentence.contains("does not exist"))
    let silent = try await self.failure("check", bad, "--json")
    #expect(silent.exit == .usage && silent.sentence.isEmpty)
  }

  @Test("without a configuration the built-in policy is in force")
  func standard() throws {
    guard !FileManager.default.fileExists(atPath: ConfigOptions.usual) else { return }
    let setting = try PolicySetting(try RetryPolicyCommand.Show.parse([]).options)
    #expect(setting.policy == .standard && setting.name == "standard")
    #expect(setting.latest == Retention().latest)
  }

  @Test("a configuration that is named must be there")
  func named() async throws {
    let folder = try Folder()
    let failure = try await failure("show", "--config", folder.path + "/none.yaml")
    #expect(failure.exit == .usage)
  }

  @Test("simulate holds two files against each other and writes its picture")
  func simulate() async throws {
    let folder = try Folder()
    let new = try folder.write(good, to: "new.yaml")
    let plot = folder.path + "/plot.svg"
    let empty = try folder.write("organisation: {}", to: "mix.yaml")
    let mix = try folder.write(OutcomeMixFile.example, to: "good-mix.yaml")
    try await run("simulate", "--policy", new, "--against", new, "--mails", "300", "--plot", plot, "--mix", mix)
    try await run("simulate", "--policy", new, "--mails", "300", "--json")
    let svg = try String(contentsOfFile: plot, encoding: .utf8)
    #expect(svg.hasPrefix("<?xml") && svg.contains("new.yaml does as well as"))
    #expect(try await failure("simulate", "--mix", empty).exit == .usage)
    #expect(try await failure("simulate", "--plot", folder.path + "/none/plot.svg", "--mails", "3").exit == .usage)
    let hammer = try folder.write(
      "fallback: {schedule: [1s], expiry: 40d}\nunknown: {after: 1h, then: hold}\nroute_pauses: [1s]", to: "hammer.yaml"
    )
    let quick = Simulation(mix: .standard, mails: 300, seed: 1, mostAttempts: 1000)
    #expect(throws: Simulation.TooManyAttempts.self) { try quick.run(RetryPolicyFile.load(file: hammer)) }
  }

  @Test(
    "what cannot be simulated is refused before anything is read",
    arguments: [
      ["--mails", "0"], ["--mails", "1000001"], ["--plot", "picture.png"], ["--plot", "picture"], ["--seed", "-1"],
    ])
  func refused(arguments: [String]) {
    #expect(throws: (any Error).self) { try RetryPolicyCommand.Simulate.parse(arguments) }
  }

  @Test("the recorded mix is read from the appliance's ledger, and says when that tells too little")
  func recorded() async throws {
    let folder = try Folder()
    let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let stage = try await DemoStage(
      leavers: 2, out: folder.path + "/out", templates: source.appending(path: "mail-templates").path, onMail: { _ in })
    do {
      let wiring = try await Wiring(
        try .load(file: stage.configurationFile, environment: [:]), logger: KeptLog().logger,
        drawing: InProcessDrawing())
      _ = try await wiring.appliance.pass()
      for person in stage.leavers { stage.bob.terminate(person.id, on: wiring.clock.now().date.description) }
      _ = try await wiring.appliance.pass()
      await wiring.transport.close()
      let command = try RetryPolicyCommand.Simulate.parse([
        "--mix", "recorded", "--config", stage.configurationFile,
      ])
      let chosen = try ChosenMix(command.mix, options: command.options)
      #expect(chosen.source == "recorded" && chosen.mix == .standard)
      #expect(chosen.remarks.first?.hasPrefix("The ledger tells of 2 cases with an outcome") == true)
    } catch {
      await stage.stop()
      throw error
    }
    #expect(stage.bob.recorder.outsideReads == [])
    #expect(stage.bob.recorder.personalFieldsRequestedForNonLeavers == 0)
    await stage.stop()
  }
}
