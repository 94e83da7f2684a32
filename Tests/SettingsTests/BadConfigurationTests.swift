import Foundation
import Testing

@testable import Settings

/// What an operator reads after a mistake: the file and line, the key, and what would be right.
@Suite struct BadConfigurationTests {
  /// A line to add to the least configuration (as its fifth), and what must be said of it.
  struct Mistake: CustomTestStringConvertible, Sendable {
    var line: String
    var sentence: String
    var testDescription: String { line }

    init(_ line: String, _ sentence: String) { (self.line, self.sentence) = (line, sentence) }
  }

  @Test(
    "one wrong line is named with its number, its key and the way out",
    arguments: [
      // Keys.
      Mistake(
        "confrim: {requires: quiet}", "refpassport.yaml:5: confrim: unknown key; did you mean confirm?"),
      Mistake(
        "confirm: {require: quiet}",
        "refpassport.yaml:5: confirm.require: unknown key; did you mean confirm.requires?"),
      Mistake(
        "confirm: {quiet-period: 5d}",
        "refpassport.yaml:5: confirm.quiet-period: unknown key; did you mean confirm.quiet_period?"),
      Mistake(
        "purge: {quiet_period: 5d}",
        "refpassport.yaml:5: purge.quiet_period: unknown key; did you mean confirm.quiet_period?"),
      Mistake("console: {zzz: 1}", "refpassport.yaml:5: console.zzz: unknown key; known here are listen"),
      Mistake("poll_every: 5m", "refpassport.yaml:5: poll_every: unknown key; did you mean bob.poll_every?"),
      Mistake("? [a]\n: b", "refpassport.yaml:5: its keys must be plain words"),
      // Forms.
      Mistake(
        "confirm: quiet",
        "refpassport.yaml:5: confirm: must hold keys of its own: requires, quiet_period, unwatched"),
      Mistake("console: [a]", "refpassport.yaml:5: console: must hold keys of its own: listen"),
      Mistake(
        "data_dir: {path: /srv}", "refpassport.yaml:5: data_dir: must be one value, not keys of its own"),
      Mistake("data_dir: [/srv]", "refpassport.yaml:5: data_dir: must be one value, not a list"),
      Mistake("data_dir: ''", "refpassport.yaml:5: data_dir: must be the path of a file or directory"),
      Mistake(
        "purge: {scan_paths: [[a]]}",
        "refpassport.yaml:5: purge.scan_paths: must be one value or a list of plain values"),
      Mistake(
        "purge: {scan_paths: [tmp]}", "refpassport.yaml:5: purge.scan_paths: must be a list of absolute paths"
      ),
      // Words and numbers.
      Mistake(
        "confirm: {requires: delivred}",
        "confirm.requires: must be delivered, relayed or quiet; did you mean delivered?"),
      Mistake("confirm: {unwatched: yes}", "refpassport.yaml:5: confirm.unwatched: must be true or false"),
      Mistake(
        "audit: {lookup_retention: 365}",
        "audit.lookup_retention: must be a whole number with one unit (s, m, h or d), such as 20s, 5m, 72h or 14d"
      ),
      Mistake(
        "audit: {lookup_retention: -1d}", "refpassport.yaml:5: audit.lookup_retention: must be a whole number"
      ),
      Mistake(
        "audit: {timestamp_url: 'http://tsa.acme.example'}",
        "refpassport.yaml:5: audit.timestamp_url: needs audit.timestamp_ca_file too: the PEM file with the root certificate"
      ),
      Mistake(
        "audit: {timestamp_url: 'ftp://tsa.acme.example', timestamp_ca_file: ca.pem}",
        "refpassport.yaml:5: audit.timestamp_url: must be a URL of the form https:// or http://"),
      Mistake(
        "audit: {timestamp_url: 'https://u:p@tsa.acme.example', timestamp_ca_file: ca.pem}",
        "refpassport.yaml:5: audit.timestamp_url: must be a URL without user name and password"),
      Mistake(
        "audit: {timestamp_url: 'https://tsa.acme.example', timestamp_ca_file: [a, b]}",
        "refpassport.yaml:5: audit.timestamp_ca_file: must be one value, not a list"),
      Mistake(
        "audit: {timestamp_uri: 'https://tsa.acme.example'}",
        "refpassport.yaml:5: audit.timestamp_uri: unknown key; did you mean audit.timestamp_url?"),
      Mistake("purge: {held_after: 1h30m}", "refpassport.yaml:5: purge.held_after: must be a whole number"),
      Mistake(
        "purge: {latest_after: 999999d}", "refpassport.yaml:5: purge.latest_after: must be a whole number"),
      // Addresses of machines and people.
      Mistake(
        "console: {listen: '8480'}", "refpassport.yaml:5: console.listen: must be an IP address and a port"),
      Mistake(
        "console: {listen: '127.0.0.1:70000'}",
        "refpassport.yaml:5: console.listen: must be an IP address and a port"),
      Mistake(
        "console: {listen: 'acme.example:80'}",
        "refpassport.yaml:5: console.listen: must be an IP address and a port"),
      Mistake(
        "notices: {ops: ops}",
        "refpassport.yaml:5: notices.ops: must be a mail address, such as people@acme.example"),
      Mistake(
        "bounces: {imap_url: 'pop3://mail.acme.example'}",
        "bounces.imap_url: must be a URL of the form imap://"),
      Mistake(
        "bounces: {imap_url: 'imaps://a:b@mail.acme.example'}",
        "bounces.imap_url: must be a URL without user name and password"),
      Mistake(
        "bounces: {imap_url: 'imap://mail.acme.example', tls: none}",
        "bounces.tls: must be required: none is for a server on this machine only"),
      Mistake(
        "bounces: {imap_url: 'imaps://mail.acme.example', username: u, password_file: p, token_file: t}",
        "bounces.token_file: gives a token beside a password; leave one of them out"),
      Mistake(
        "bounces: {imap_url: 'imaps://mail.acme.example', username: u, token_command: [cat]}",
        "bounces.token_command: must begin with the absolute path of a program that may be executed"),
      Mistake("bounces: {after: burn}", "bounces.after: must be delete, move or keep"),
      // Secrets.
      Mistake(
        "bounces: {password: hunter2}",
        "refpassport.yaml:5: bounces.password: secrets never stand in this file; use bounces.password_file, the variable REFPASSPORT_BOUNCES_PASSWORD or the systemd credential bounces-password"
      ),
      Mistake(
        "keys: {kek: 00ff}",
        "refpassport.yaml:5: keys.kek: secrets never stand in this file; use keys.kek_file or the systemd credential kek"
      ),
      Mistake(
        "keys: {kek_file: /var/lib/refpassport/../refpassport/kek}",
        "refpassport.yaml:5: keys.kek_file: must lie outside data_dir"),
    ])
  func mistakes(_ mistake: Mistake) throws {
    let complaint = try Bench(minimal + "\n" + mistake.line).complaint()
    #expect(complaint.contains(mistake.sentence))
    #expect(complaint.split(separator: "\n").count == 1)
  }

  @Test(
    "one wrong value in a required section is named as well",
    arguments: [
      // organisation, bob, smtp, verify: what replaces the line.
      (
        1, "organisation: {name: '', domain: acme.example}",
        "refpassport.yaml:1: organisation.name: is missing: the legal name"
      ),
      (
        1, "organisation: {name: \"A\\nB\", domain: acme.example}",
        "refpassport.yaml:1: organisation.name: must be one line of text"
      ),
      (
        1, "organisation: {name: A, domain: acme}",
        "refpassport.yaml:1: organisation.domain: must be a DNS name"
      ),
      (1, "organisation: {name: A, domain: bücher.example}", "(xn--… for other alphabets)"),
      (
        1, "organisation: {name: A, domain: a.example, time_zone: Europe/Londn}",
        "organisation.time_zone: must be an IANA time zone, such as Europe/London or UTC; did you mean Europe/London?"
      ),
      (
        1, "organisation: {name: A, domain: a.example, locale: ../../etc}",
        "refpassport.yaml:1: organisation.locale: must be a language tag"
      ),
      (
        2, "bob: {service_user: S, token: abc}",
        "refpassport.yaml:2: bob.token: secrets never stand in this file; use bob.token_file, the variable REFPASSPORT_BOB_TOKEN or the systemd credential bob-token"
      ),
      (
        2, "bob: {service_user: S, token_file: ''}",
        "refpassport.yaml:2: bob.token_file: is empty and there is no token"
      ),
      (
        2, "bob: {service_user: S, environment: prod}",
        "refpassport.yaml:2: bob.environment: must be production, sandbox or \"\" (empty)"
      ),
      (
        2, "bob: {service_user: S, base_url: 'http://127.0.0.1:1'}",
        "bob.base_url: must be empty with bob.environment production"
      ),
      (
        2, "bob: {service_user: S, environment: ''}",
        "bob.base_url: is missing: with an empty bob.environment it names a stand-in"
      ),
      (
        2, "bob: {service_user: S, environment: '', base_url: 'http://127.evil.example'}",
        "refpassport.yaml:2: bob.base_url: must be on this machine"
      ),
      (
        2, "bob: {service_user: S, environment: '', base_url: 'https://api.hibob.com'}",
        "refpassport.yaml:2: bob.base_url: must be on this machine"
      ),
      (
        2, "bob: {service_user: S, lead_days: many}",
        "refpassport.yaml:2: bob.lead_days: must be a whole number from 0 to 365"
      ),
      (
        2, "bob: {service_user: S, surge_limit: 0}",
        "refpassport.yaml:2: bob.surge_limit: must be a whole number from 1 to 100000"
      ),
      (2, "bob: {service_user: S, approval: every}", "refpassport.yaml:2: bob.approval: must be none or all"),
      (
        2, "bob: {service_user: S, trigger_statuses: [terminated, '']}",
        "refpassport.yaml:2: bob.trigger_statuses: must be one line of text"
      ),
      (
        3, "smtp: {url: relay.acme.example, from: a@acme.example}",
        "refpassport.yaml:3: smtp.url: must be a URL of the form smtp:// or smtps://"
      ),
      (
        3, "smtp: {url: 'smtp://u:p@relay.acme.example', from: a@acme.example}",
        "refpassport.yaml:3: smtp.url: must be a URL without user name and password; those have keys of their own"
      ),
      (
        3, "smtp: {url: 'smtp://relay.acme.example:0', from: a@acme.example}",
        "refpassport.yaml:3: smtp.url: must be a URL of the form"
      ),
      (
        3, "smtp: {url: 'smtp://relay.acme.example/x', from: a@acme.example}",
        "refpassport.yaml:3: smtp.url: must be a URL without a path"
      ),
      (
        3, "smtp: {url: 'smtp://relay.acme.example', from: people}",
        "refpassport.yaml:3: smtp.from: must be a mail address with or without a name"
      ),
      (
        3, "smtp: {url: 'smtp://relay.acme.example', from: a@acme.example, tls: none}",
        "refpassport.yaml:3: smtp.tls: must be required or opportunistic: none is for a relay on this machine only"
      ),
      (
        3, "smtp: {url: 'smtp://relay.acme.example', from: a@acme.example, password_file: p}",
        "smtp.username: is missing though there is a password"
      ),
      (
        4, "verify: {url: 'http://references.acme.example'}",
        "refpassport.yaml:4: verify.url: must be an https:// URL"
      ),
      (
        4, "verify: {url: 'https://references.acme.example/?x'}",
        "refpassport.yaml:4: verify.url: must be a URL without query"
      ),
      (
        4, "verify: {url: 'https://references.acme.example', selector: a.b}",
        "refpassport.yaml:4: verify.selector: must be one label of a DNS name"
      ),
    ])
  func replaced(_ number: Int, _ line: String, _ sentence: String) throws {
    var lines = minimal.components(separatedBy: "\n")
    lines[number - 1] = line
    let complaint = try Bench(lines.joined(separator: "\n")).complaint()
    #expect(complaint.contains(sentence))
    #expect(complaint.split(separator: "\n").count == 1)
  }

  @Test(
    "a wrong variable is named instead of a line",
    arguments: [
      (
        "REFPASSPORT_SMTP_TLS", "requierd",
        "REFPASSPORT_SMTP_TLS: smtp.tls: must be required, opportunistic or none; did you mean required?"
      ),
      ("REFPASSPORT_SMPT_URL", "x", "REFPASSPORT_SMPT_URL: unknown; did you mean REFPASSPORT_SMTP_URL?"),
      ("REFPASSPORT_BOB_TOKN", "x", "REFPASSPORT_BOB_TOKN: unknown; did you mean REFPASSPORT_BOB_TOKEN?"),
      ("REFPASSPORT_", "x", "REFPASSPORT_: unknown;"),
    ])
  func variables(_ variable: String, _ value: String, _ sentence: String) throws {
    #expect(try Bench().complaint([variable: value]).hasPrefix(sentence))
  }

  @Test("all problems are reported at once, by line, what is missing at the end")
  func together() throws {
    let complaint = try Bench("smtp: {tls: maybe}\nconfirm: {unwatched: 1}\nconsol: {}").complaint()
    let lines = complaint.components(separatedBy: "\n")
    #expect(
      lines.map { $0.prefix(20) }.prefix(3) == [
        "refpassport.yaml:1: ", "refpassport.yaml:2: ", "refpassport.yaml:3: ",
      ])
    for key in [
      "organisation.name", "organisation.domain", "bob.service_user", "smtp.url", "smtp.from", "verify.url",
    ] {
      #expect(lines.dropFirst(3).contains { $0.hasPrefix("refpassport.yaml: \(key): is missing: ") })
    }
    #expect(lines.count == 9)
  }

  @Test("an endless list of problems is cut at twenty, and the rest is counted")
  func limited() throws {
    let junk = (1...30).map { "qqqqqqqqqqqq\($0): 1" }.joined(separator: "\n")
    let lines = try Bench(minimal + "\n" + junk).complaint().components(separatedBy: "\n")
    #expect(lines.count == 21)
    #expect(lines.last == "… and 10 more")
  }

  @Test(
    "a file that is no YAML is named with the line where it breaks",
    arguments: [
      ("a: [1\nb: 2", "refpassport.yaml:2: is not valid YAML here: "),
      ("data_dir: /a\ndata_dir: /b", "the same key stands twice: data_dir"),
      ("- a\n- b", "refpassport.yaml:1: must be keys and values (key: value)"),
      ("a: \u{7}", "is not valid YAML: "),
    ])
  func syntax(_ yaml: String, _ sentence: String) throws {
    #expect(try Bench(yaml).complaint().contains(sentence))
  }

  @Test("a file that is not there, or is no text, says so")
  func unreadable() throws {
    let bench = try Bench()
    try bench.write([0xFF, 0xFE, 0x00], to: "refpassport.yaml")
    #expect(try bench.complaint() == "refpassport.yaml: is not UTF-8 text")
    try FileManager.default.removeItem(atPath: bench.file)
    #expect(try bench.complaint() == "refpassport.yaml: does not exist")
  }

  @Test("no complaint repeats a value: it may be a secret in the wrong place")
  func discretion() throws {
    let keys = SettingKey.allCases.map(\.rawValue) + SecretName.allCases.map(\.rawValue)
    for key in keys {
      let parts = key.split(separator: ".")
      let line =
        parts.count == 2 ? "\(parts[0]): {\(parts[1]): \"can\\naryXYZ\"}" : "\(key): \"can\\naryXYZ\""
      let complaint = try Bench(line).complaint()
      #expect(complaint.contains(key))
      #expect(!complaint.contains("aryXYZ"))
    }
  }
}
