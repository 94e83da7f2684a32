import ArgumentParser
import Bob
import DNS
import Delivery
import Foundation
import Mail
import Reference
import SMTP
import Settings
import Store

/// `check`: the doctor. Everything that can be looked at without writing or mailing anything.
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Says what works and what does not, and which key or setting to change.",
    discussion:
      "Exit code 0 if nothing failed, 2 if configuration, keys or fonts failed, 3 if Bob, the relay or another system outside failed."
  )
  @OptionGroup var options: ConfigOptions
  @Flag(help: "Print one JSON document.") var json = false

  func run() async throws {
    let configuration = try options.load()
    var findings = [Finding(.passed, "configuration", "\(options.config) is complete")]
    findings += configuration.warnings.map { Finding(.warning, "configuration", $0) }
    findings.append(Self.policy(configuration))
    findings.append(Self.templates(configuration))
    findings.append(await Self.fonts(configuration))
    findings.append(Self.dataDirectory(configuration))
    findings.append(Self.medium(configuration))
    findings += Self.process(options)
    findings += Self.timestampRoots(configuration)
    findings.append(await Self.publishedKey(configuration))
    let inside = findings.contains { $0.verdict == .failed }
    findings += await Self.relay(configuration)
    findings += await Self.alarmRelay(configuration)
    findings += await Self.bounces(configuration)
    findings += await Self.bob(configuration)
    findings += await Self.timestamps(configuration)
    let outside = findings.contains { $0.verdict == .failed } && !inside
    if json {
      try Terminal.json(CheckDocument(ok: !inside && !outside, findings: findings))
    } else {
      for finding in findings { Terminal.say("\(finding.verdict.mark) \(finding.name): \(finding.sentence)") }
    }
    let failed = findings.filter { $0.verdict == .failed }
    for finding in failed { Terminal.complain("\(finding.name): \(finding.sentence)") }
    if inside { throw CommandFailure(.usage) }
    if outside { throw CommandFailure(.outside) }
  }

  private static func policy(_ configuration: Settings.Configuration) -> Finding {
    attempt("retry policy", "every class has its schedule") { _ = try configuration.retryPolicy() }
  }

  private static func templates(_ configuration: Settings.Configuration) -> Finding {
    attempt("templates", "every template of \(configuration.organisation.locale) is there and uses known fields only") {
      _ = try Wiring.composer(configuration)
    }
  }

  /// Draws a sheet of invented values in the child process, as a reference would be drawn.
  private static func fonts(_ configuration: Settings.Configuration) async -> Finding {
    let values = ["Latin Ž ő", "Κύμα Волна", "موجة גל", "波 파도 なみ"]
    let sheet = Sheet(
      language: configuration.organisation.locale, organisation: configuration.organisation.name, logo: nil,
      heading: "Check", subheading: "", rows: values.map { Sheet.Row(field: "name", label: "Name", value: $0) },
      statement: "", verifyHeading: "", verifySteps: [], link: "https://check.example/", notes: [],
      created: SystemClock().now())
    do {
      _ = try await Wiring.childDrawing.pdf(sheet)
      return Finding(
        .passed, "fonts", "Latin, Greek, Cyrillic, Arabic, Hebrew, Chinese, Korean and Japanese can be drawn")
    } catch {
      return Finding(.failed, "fonts", "a page could not be drawn: install fonts-noto-core and fonts-noto-cjk")
    }
  }

  private static func dataDirectory(_ configuration: Settings.Configuration) -> Finding {
    let directory = configuration.dataDirectory
    guard FileManager.default.fileExists(atPath: directory + "/refpassport.db") else {
      let parent = (directory as NSString).deletingLastPathComponent
      let writable =
        FileManager.default.isWritableFile(atPath: parent) || FileManager.default.isWritableFile(atPath: directory)
      return writable
        ? Finding(.passed, "data_dir", "\(directory) is not there yet; the first run makes it, with its keys")
        : Finding(.failed, "data_dir", "\(directory) cannot be made: make it and give it to the user of this process")
    }
    do {
      _ = try ApplianceKeys.load(from: directory + "/keys")
      _ = try KEKFile.load(configuration.kek)
      _ = try ApplianceStore.reader(dataDirectory: directory).lastCheckpoint()
      return Finding(.passed, "data_dir", "ledger and keys are readable")
    } catch StoreError.olderVersion {
      return Finding(.passed, "data_dir", "keys are readable; the next start brings the data up to this version")
    } catch {
      return Finding(.failed, "data_dir", CommandFailure(error).sentence)
    }
  }

  private static func bob(_ configuration: Settings.Configuration) async -> [Finding] {
    do {
      let clock = SystemClock()
      let rules = try Wiring.rules(configuration)
      let doctor = BobDoctor(client: try Wiring.client(configuration, clock: clock), rules: rules, clock: clock)
      let policy = rules.sentences.map { Finding(.passed, "policy", $0) }
      return policy
        + (await doctor.check()).map { finding in
          let verdict: Finding.Verdict =
            switch finding.verdict {
            case .proven: .passed
            case .failed: .failed
            case .unproven: .unproven
            }
          return Finding(verdict, "bob, \(finding.name)", finding.sentence)
        }
    } catch {
      return [Finding(.failed, "bob", CommandFailure(error).sentence)]
    }
  }

  private static func attempt(_ name: String, _ passed: String, _ body: () throws -> Void) -> Finding {
    do {
      try body()
      return Finding(.passed, name, passed)
    } catch {
      return Finding(.failed, name, CommandFailure(error).sentence)
    }
  }
}

/// One thing the doctor looked at.
struct Finding: Encodable {
  enum Verdict: String, Encodable {
    case passed, warning, unproven, failed

    var mark: String {
      switch self {
      case .passed: "✓"
      case .warning: "!"
      case .unproven: "?"
      case .failed: "✗"
      }
    }
  }
  let verdict: Verdict
  let name: String
  let sentence: String

  init(_ verdict: Verdict, _ name: String, _ sentence: String) {
    self.verdict = verdict
    self.name = name
    self.sentence = sentence
  }
}

private struct CheckDocument: Encodable {
  var ok: Bool
  var findings: [Finding]
}
