import Bob
import Delivery
import Foundation
import Mail
import Sandbox
import Settings
import Store

/// The demo's little world: a Bob and a relay on loopback, and an appliance of its own in a directory below `out`.
struct DemoStage {
  let out: String
  let bob: SandboxBob
  let relay: SMTPSink
  let leavers: [SandboxBob.Person]
  let configurationFile: String

  var applianceDirectory: String { out + "/appliance" }

  /// Starts both stand-ins and writes the appliance's configuration.
  init(leavers count: Int, out: String, templates: String, onMail: @escaping @Sendable (SMTPSinkMail) -> Void)
    async throws
  {
    self.out = out
    let company = SandboxBob.company(size: max(40, count * 4), leavers: count)
    leavers = company.suffix(count).map { $0 }
    bob = SandboxBob(people: company)
    relay = try SMTPSink.standing(secure: true, onMail: onMail)
    let bobPort = try await bob.start()
    let relayPort = try relay.start()
    for directory in ["", "/mail", "/pdf", "/appliance"] {
      try FileManager.default.createDirectory(atPath: out + directory, withIntermediateDirectories: true)
    }
    configurationFile = out + "/appliance/refpassport.yaml"
    try Self.write("sandbox-token\n", to: out + "/appliance/bob-token")
    try Self.write(SMTPSink.login.password + "\n", to: out + "/appliance/smtp-password")
    try relay.identity?.writeCertificate(to: out + "/appliance/relay.pem")
    try Self.write(
      Self.configuration(bobPort: bobPort, relayPort: relayPort, templates: templates), to: configurationFile)
  }

  func stop() async {
    await bob.stop()
    await relay.stop()
  }

  /// Waits are nil, silence confirms at once: a week in a few seconds, and the ledger tells it as it was.
  private static func configuration(bobPort: Int, relayPort: Int, templates: String) -> String {
    """
    organisation: {name: Acme Ltd, domain: acme.example, locale: en-GB, time_zone: Europe/London}
    data_dir: data
    templates: "\(templates)"
    keys: {kek_file: kek}
    bob: {environment: "", base_url: "http://127.0.0.1:\(bobPort)/v1", service_user: SERVICE-1234, token_file: bob-token,
      reread_after: 0s, surge_limit: 100000}
    smtp: {url: "smtp://127.0.0.1:\(relayPort)", tls: required, ca_file: relay.pem, username: \(SMTPSink.login.user),
      password_file: smtp-password, from: "Acme People Team <people@acme.example>", bounce_address: bounces@acme.example}
    confirm: {quiet_period: 0s, unwatched: true}
    purge: {scan_paths: []}
    notices: {hr: people@acme.example, ops: ops@acme.example, officer: compliance@acme.example}
    verify: {url: "https://references.acme.example/verify", selector: REF1}

    """
  }

  private static func write(_ text: String, to path: String) throws {
    guard
      FileManager.default.createFile(
        atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
    else { throw CommandFailure(.usage, "\(path) cannot be written.") }
  }
}
