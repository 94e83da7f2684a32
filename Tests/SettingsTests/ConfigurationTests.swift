import Delivery
import Foundation
import Mail
import Testing

@testable import Settings

@Suite struct ConfigurationTests {
  @Test("the four required things are enough, and everything else has its default")
  func defaults() throws {
    let bench = try Bench()
    let configuration = try bench.load()
    #expect(
      configuration.organisation
        == Organisation(name: "Acme Ltd", domain: "acme.example", locale: "en-GB", timeZone: "UTC", logo: nil)
    )
    #expect(configuration.dataDirectory == "/var/lib/refpassport")
    #expect(configuration.templates == "/usr/share/refpassport/mail-templates")
    #expect(configuration.kek.file == "/etc/refpassport/kek")
    #expect(configuration.bob.site == .production)
    #expect(configuration.bob.token.file == bench.directory + "/bob-token")
    #expect(configuration.bob.pollEvery == 900)
    #expect(configuration.bob.rereadAfter == 20)
    #expect(configuration.bob.triggerStatuses == ["terminated", "offboarded"])
    #expect(configuration.bob.leadDays == 0)
    #expect(configuration.bob.maxAge == 30 * 86_400)
    #expect(configuration.bob.surgeLimit == 25)
    #expect(configuration.bob.approval == .none)
    #expect(configuration.bob.excludedDepartments == [])
    #expect(configuration.bob.alarmAfter == 7200)
    #expect(configuration.relay.tls == .required)
    #expect(configuration.relay.caFile == nil)
    #expect(configuration.relay.login == nil)
    #expect(configuration.relay.sessions == 2)
    #expect(configuration.relay.replyTo == nil)
    #expect(configuration.relay.bounceAddress == configuration.relay.from.address)
    #expect(configuration.relay.returnPath == .verp)
    #expect(configuration.retryPolicyFile == nil)
    #expect(try configuration.retryPolicy() == .standard)
    #expect(configuration.confirm == ConfirmRule(requires: .quiet, quietPeriod: 144 * 3600, unwatched: false))
    #expect(!configuration.bounces.isConfigured)
    #expect(configuration.retention == Retention())
    #expect(configuration.scanPaths == ["/tmp", "/var/tmp"])
    #expect(configuration.notices.hr == configuration.relay.from.address)
    #expect(configuration.notices.officer == configuration.notices.hr)
    #expect(configuration.lookupRetention == 365 * 86_400)
    #expect(configuration.timestamps == nil)
    #expect(configuration.verify.url.description == "https://references.acme.example/verify")
    #expect(configuration.verify.selector == "REF1")
    #expect(configuration.listen?.description == "127.0.0.1:8480")
  }

  @Test("the block of keys that operators are promised loads as it stands")
  func promisedKeys() throws {
    let bench = try Bench(
      """
      organisation: {name: Acme Ltd, domain: acme.example, locale: en-GB, time_zone: Europe/London, logo: logo.png}
      data_dir: /var/lib/refpassport
      keys: {kek_file: /etc/refpassport/kek}
      bob: {environment: production, base_url: "", service_user: SERVICE-1234, token_file: bob-token, poll_every: 15m,
            reread_after: 20s, trigger_statuses: [terminated, offboarded], lead_days: 0, max_age: 30d, surge_limit: 25,
            approval: none}
      smtp: {url: "smtp://relay.acme.example:587", tls: required, ca_file: "", username: "", password_file: "",
             sessions: 2, from: "Acme People Team <people@acme.example>", reply_to: "",
             bounce_address: bounces@acme.example, return_path: verp}
      retry_policy: retry-policy.yaml
      confirm: {requires: quiet, quiet_period: 144h, unwatched: false}
      bounces: {imap_url: "imaps://mail.acme.example/INBOX", username: "", password_file: "", token_file: "",
                maildir: ""}
      purge: {undeliverable_after: 14d, held_after: 30d, latest_after: 45d}
      notices: {hr: people@acme.example, ops: ops@acme.example, officer: compliance@acme.example}
      audit: {lookup_retention: 365d}
      verify: {url: "https://references.acme.example/verify", selector: REF1}
      console: {listen: "127.0.0.1:8480"}
      """)
    let configuration = try bench.load()
    #expect(configuration.organisation.logo == bench.directory + "/logo.png")
    #expect(configuration.organisation.timeZone == "Europe/London")
    #expect(configuration.retryPolicyFile == bench.directory + "/retry-policy.yaml")
    #expect(configuration.bounces.imap?.endpoint.description == "imaps://mail.acme.example/INBOX")
    #expect(configuration.relay.endpoint.port == 587)
  }

  @Test("a timestamp authority is an address and a file of roots, which lies beside the configuration")
  func timestamps() throws {
    let bench = try Bench(
      minimal + "\naudit: {timestamp_url: 'http://tsa.acme.example/tsr', timestamp_ca_file: tsa.pem}")
    let timestamps = try #require(try bench.load().timestamps)
    #expect(timestamps.url.description == "http://tsa.acme.example/tsr")
    #expect(timestamps.caFile == bench.directory + "/tsa.pem")
    let variables = try Bench().load([
      "REFPASSPORT_AUDIT_TIMESTAMP_URL": "https://tsa.acme.example:8443",
      "REFPASSPORT_AUDIT_TIMESTAMP_CA_FILE": "/etc/ssl/tsa.pem",
    ])
    #expect(variables.timestamps?.url.port == 8443)
    #expect(variables.timestamps?.caFile == "/etc/ssl/tsa.pem")
    // A file alone waits for its address.
    #expect(try Bench(minimal + "\naudit: {timestamp_ca_file: tsa.pem}").load().timestamps == nil)
  }

  @Test("a stand-in on this machine: empty environment, base_url and tls none on loopback, zero waits")
  func loopback() throws {
    let bench = try Bench(
      """
      organisation: {name: Acme Ltd, domain: acme.example}
      bob: {environment: "", base_url: "http://127.0.0.1:18080", service_user: S, reread_after: 0s}
      smtp: {url: "smtp://[::1]:2525", tls: none, from: people@acme.example}
      confirm: {quiet_period: 0s, unwatched: true}
      verify: {url: "http://localhost:8480/verify"}
      console: {listen: ""}
      """)
    let configuration = try bench.load()
    guard case .loopback(let endpoint) = configuration.bob.site else {
      Issue.record("not a stand-in")
      return
    }
    #expect(endpoint.description == "http://127.0.0.1:18080")
    #expect(configuration.relay.endpoint.host == "::1")
    #expect(configuration.relay.tls == .none)
    #expect(configuration.bob.rereadAfter == 0)
    #expect(configuration.listen == nil)
  }

  @Test("variables win over the file, and lists stand between commas")
  func variables() throws {
    let bench = try Bench()
    let configuration = try bench.load([
      "REFPASSPORT_SMTP_URL": "smtps://other.acme.example",
      "REFPASSPORT_DATA_DIR": "data",
      "REFPASSPORT_BOB_TRIGGER_STATUSES": "Terminated, garden leave ,",
      "REFPASSPORT_PURGE_SCAN_PATHS": "/srv",
      "REFPASSPORT_CONFIRM_UNWATCHED": "true",
      "HOME": "/root", "REFPASSPORTX": "not ours",
    ])
    #expect(configuration.relay.endpoint.description == "smtps://other.acme.example")
    #expect(configuration.relay.endpoint.port == 465)
    #expect(configuration.dataDirectory == bench.directory + "/data")
    #expect(configuration.bob.triggerStatuses == ["terminated", "garden leave"])
    #expect(configuration.scanPaths == ["/srv"])
    #expect(configuration.confirm.unwatched)
  }

  @Test("every key has a variable of its own")
  func variablesAreDistinct() {
    let variables = SettingKey.allCases.map(\.variable) + SecretName.allCases.compactMap(\.variable)
    #expect(Set(variables).count == variables.count)
    #expect(SettingKey.smtpURL.variable == "REFPASSPORT_SMTP_URL")
    #expect(SettingKey.confirmQuietPeriod.variable == "REFPASSPORT_CONFIRM_QUIET_PERIOD")
    #expect(SecretName.smtpPassword.variable == "REFPASSPORT_SMTP_PASSWORD")
  }

  @Test("templates and retry policy beside the file are found without being named")
  func neighbours() throws {
    let bench = try Bench()
    try FileManager.default.createDirectory(
      atPath: bench.directory + "/mail-templates", withIntermediateDirectories: false)
    try bench.write(
      "fallback: {schedule: [1m], expiry: 1d}\nunknown: {after: 0s, then: hold}\nroute_pauses: [5s]",
      to: "retry-policy.yaml")
    let configuration = try bench.load()
    #expect(configuration.templates == bench.directory + "/mail-templates")
    #expect(try configuration.retryPolicy().fallback == RetryPolicy.Rule(schedule: [60], expiry: 86_400))
  }

  @Test("a key with nothing behind it counts as not written")
  func empty() throws {
    let bench = try Bench(minimal + "\nconfirm:\ndata_dir:\nnotices: {hr: }\nretry_policy: null")
    #expect(try bench.load().dataDirectory == "/var/lib/refpassport")
  }

  @Test("the printed form says of every setting where it was written, and of secrets only that")
  func printed() throws {
    let bench = try Bench(minimal + "\npurge: {latest_after: 40d}")
    let configuration = try bench.load([
      "REFPASSPORT_BOB_TOKEN": "canary-token", "REFPASSPORT_CONSOLE_LISTEN": "[::1]:1",
    ])
    let text = configuration.redactedDescription
    #expect(configuration.settings.map(\.key) == SettingKey.allCases)
    #expect(text.contains("purge.latest_after: 40d  # \(bench.file):5"))
    #expect(text.contains("console.listen: [::1]:1  # REFPASSPORT_CONSOLE_LISTEN"))
    #expect(text.contains("smtp.tls: required  # default"))
    #expect(text.contains("bob.token: <secret>  # variable REFPASSPORT_BOB_TOKEN"))
    var dumped = ""
    dump(configuration, to: &dumped)
    for shown in [text, dumped, String(describing: configuration), String(reflecting: configuration)] {
      #expect(!shown.contains("canary"))
    }
  }
}
