import ArgumentParser
import Foundation
import Sandbox

extension SandboxCommand {
  /// `sandbox bob`: a Bob that behaves as live tenants do, told what happens by a scenario or by a script.
  struct Bob: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Serves a faithful Bob with invented people; prints where as one line of JSON.",
      discussion: """
        A scenario is a YAML file of people, switches and what happens when: --example prints one. A script drives the same \
        under /sandbox, without credentials:

          GET  people | requests | clock
          POST clock?advance=SECONDS         puts the story forward
          POST switches                      a JSON object of switches; --switches lists them
          POST token?value=TOKEN             rotates the token
          POST leave/ID?date=DAY[&last_day=DAY]   a termination; the status follows at the site's midnight
          POST terminate/ID?date=DAY         gone at once
          POST return/ID[?start=DAY]         cancelled, or hired anew
          POST change/ID                     a JSON object of values; null takes one away
          POST delete/ID
        """)
    @Option(help: "A scenario file.") var scenario: String?
    @Option(help: "Where to listen, as 127.0.0.1:PORT; port 0 takes a free one.") var listen: String?
    @Option(help: "The port on 127.0.0.1; 0 takes a free one.") var port: Int?
    @Option(help: "How many people the company has, without a scenario; 40 unless said.") var people: Int?
    @Option(help: "How many of the last ones are about to leave.") var leavers: Int?
    @Option(
      help:
        "Serve HTTPS instead, with a certificate made now and written to this file; who does not trust it must refuse.")
    var tls: String?
    @Option(help: "The host name in that certificate, to see whether a wrong one is refused.") var tlsHost: String?
    @Flag(help: "Print an example of a scenario, and end.") var example = false
    @Flag(help: "Print the switches of scenarios and scripts, and end.") var switches = false

    func run() async throws {
      if example { return Terminal.say(BobScenario.example) }
      if switches {
        var table = TextTable("SWITCH", "MAY BE")
        for setting in BobSetting.all { table.add(setting.name, setting.about) }
        return Terminal.say(table.text)
      }
      let port = try wantedPort()
      let bob = try stage()
      let door = try tls.map { try openDoor($0, bob.server, port) }
      let listening = try await Self.start(bob.server, door == nil ? port : 0)
      var place = [
        "base_url": door.map { "https://127.0.0.1:\($0.port)/v1" } ?? "http://127.0.0.1:\(listening)/v1",
        "control": "http://127.0.0.1:\(listening)/sandbox",
        "service_user": "SERVICE-1234", "token": bob.token,
      ]
      if let scenario { place["scenario"] = scenario }
      if let tls { place["ca_file"] = tls }
      try Terminal.line(place)
      await StopSignal.wait()
      await door?.stop()
      await bob.server.stop()
    }

    private func openDoor(_ file: String, _ bob: SandboxBob, _ port: Int) throws -> BobTLSDoor {
      let names = tlsHost.map { ["DNS:\($0)"] } ?? ["IP:127.0.0.1", "DNS:localhost"]
      let identity = try SMTPSinkIdentity(names: names)
      do { try identity.writeCertificate(to: file) } catch {
        throw CommandFailure(.usage, "--tls: \(file) cannot be written.")
      }
      do { return try BobTLSDoor(bob, identity: identity, port: port) } catch {
        throw Self.taken(port)
      }
    }

    private func stage() throws -> (server: SandboxBob, token: String) {
      guard scenario == nil || (people == nil && leavers == nil) else {
        throw CommandFailure(.usage, "--people and --leavers stand in the scenario, under company.")
      }
      guard let scenario else {
        let (people, leavers) = (people ?? 40, leavers ?? 0)
        guard (1...100_000).contains(people), (0...people).contains(leavers) else {
          throw CommandFailure(.usage, "--people is 1 to 100000, --leavers at most that.")
        }
        return (SandboxBob(people: SandboxBob.company(size: people, leavers: leavers)), "sandbox-token")
      }
      guard let data = FileManager.default.contents(atPath: scenario),
        let yaml = String(validating: data, as: UTF8.self)
      else { throw CommandFailure(.usage, "--scenario: \(scenario) does not exist, may not be read, or is no text.") }
      do throws(BobScenario.Flaws) {
        let story = try BobScenario(yaml: yaml)
        return (SandboxBob(scenario: story), story.token)
      } catch {
        throw CommandFailure(
          .usage,
          error.all.map { "\(scenario), \($0)" }.joined(separator: "\n") + "\n`sandbox bob --example` shows what fits.")
      }
    }

    private func wantedPort() throws -> Int {
      guard listen == nil || port == nil else { throw CommandFailure(.usage, "--listen names the port already.") }
      guard let listen else {
        let port = port ?? 0
        guard (0...65_535).contains(port) else { throw CommandFailure(.usage, "--port is 0 to 65535.") }
        return port
      }
      let parts = listen.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, ["127.0.0.1", "localhost"].contains(parts[0]), let port = UInt16(parts[1]) else {
        throw CommandFailure(.usage, "--listen is 127.0.0.1:PORT; the stand-in is for this machine only.")
      }
      return Int(port)
    }

    private static func start(_ bob: SandboxBob, _ port: Int) async throws -> Int {
      do { return try await bob.start(port: port) } catch { throw taken(port) }
    }

    private static func taken(_ port: Int) -> CommandFailure {
      CommandFailure(.outside, "Port \(port) of 127.0.0.1 cannot be listened on: is it in use? Try --port 0.")
    }
  }
}
