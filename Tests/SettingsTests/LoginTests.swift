import Foundation
import Testing

@testable import Settings

/// `smtp.*`: how the appliance shows the relay who it is.
@Suite struct LoginTests {
  private func bench(_ smtp: String) throws -> Bench {
    try Bench(minimal.replacingOccurrences(of: "smtp: {", with: "smtp: {\(smtp), "))
  }

  @Test(
    "the kind of login follows from the secret unless one is pinned",
    arguments: [
      ("username: a, password_file: p", Configuration.Relay.Auth.any, false),
      ("username: a, password_file: p, auth: ''", .any, false), ("username: a, token_file: t", .any, true),
      ("username: a, token_command: [/bin/echo, x]", .any, true),
      ("username: a, password_file: p, auth: plain", .plain, false),
      ("username: a, password_file: p, auth: cram-md5", .cramMD5, false),
      ("username: a, token_file: t, auth: xoauth2", .xoauth2, true),
      ("username: a, token_command: /bin/echo, auth: oauthbearer", .oauthBearer, true),
    ])
  func kinds(_ smtp: String, _ auth: Configuration.Relay.Auth, _ takesToken: Bool) throws {
    let login = try #require(try bench(smtp).load().relay.login)
    #expect(login.username == "a" && login.auth == auth && login.takesToken == takesToken)
  }

  @Test(
    "half a login, or two at once, is a mistake",
    arguments: [
      (
        "token_file: t", "smtp.username: is missing though there is a password or token; without a login leave out both"
      ),
      ("token_command: [/bin/echo]", "smtp.username: is missing though there is a password or token"),
      (
        "username: a, password_file: p, token_file: t",
        "refpassport.yaml:3: smtp.token_file: gives a token beside a password; leave one of them out"
      ),
      (
        "username: a, password_file: p, token_command: [/bin/echo]",
        "refpassport.yaml:3: smtp.token_command: gives a token beside a password; leave one of them out"
      ),
      (
        "username: a, token_file: t, token_command: [/bin/echo]",
        "refpassport.yaml:3: smtp.token_command: is set though there is a token; leave one of them out"
      ),
      (
        "username: a, token_file: t, auth: login",
        "refpassport.yaml:3: smtp.auth: is login, which takes a password: use smtp.password_file"
      ),
      (
        "username: a, password_file: p, auth: xoauth2",
        "refpassport.yaml:3: smtp.auth: is xoauth2, which takes a token: use smtp.token_file or smtp.token_command"
      ),
      (
        "username: a, password_file: p, auth: ntlm",
        "refpassport.yaml:3: smtp.auth: must be \"\" (empty), plain, login, cram-md5, xoauth2 or oauthbearer"
      ),
      (
        "username: a, token_command: [echo, x]",
        "refpassport.yaml:3: smtp.token_command: must begin with the absolute path of a program that may be executed"
      ),
      ("username: a, token_command: [/no/such/program]", "smtp.token_command: must begin with the absolute path"),
      ("username: a, token_command: [/etc/passwd]", "smtp.token_command: must begin with the absolute path"),
      ("tls_minimum: '1.1'", "refpassport.yaml:3: smtp.tls_minimum: must be 1.2 or 1.3"),
      (
        "client_key_file: k", "smtp.client_certificate_file: is missing though smtp.client_key_file is set"
      ),
    ])
  func mistakes(_ smtp: String, _ sentence: String) throws {
    let complaint = try bench(smtp).complaint()
    #expect(complaint.contains(sentence), "\(complaint)")
    #expect(complaint.split(separator: "\n").count == 1)
  }

  @Test(
    "a secret that is not to be seen from here stops only what needs it: the service may have it as a credential",
    arguments: [
      ("username: a", "smtp.password_file: is missing though smtp.username is set; use smtp.password_file"),
      (
        "username: a, auth: plain", "smtp.password_file: is missing though smtp.username is set; use smtp.password_file"
      ),
      (
        "username: a, auth: xoauth2",
        "smtp.token_file: is missing though smtp.username is set; use smtp.token_file, the variable "
          + "REFPASSPORT_SMTP_TOKEN or the systemd credential smtp-token, or smtp.token_command"
      ),
    ])
  func elsewhere(_ smtp: String, _ sentence: String) throws {
    let bench = try bench(smtp)
    let login = try #require(try bench.load().relay.login)
    let error = #expect(throws: ConfigurationError.self) { try login.secret.load() }
    #expect(error?.description.hasPrefix(sentence) == true)
    try FileManager.default.createDirectory(atPath: bench.directory + "/c", withIntermediateDirectories: false)
    try bench.write("canary", to: login.takesToken ? "c/smtp-token" : "c/smtp-password", mode: 0o440)
    let service = try bench.load(["CREDENTIALS_DIRECTORY": bench.directory + "/c"])
    #expect(try service.relay.login?.secret.load().text == "canary")
  }

  @Test("a certificate's key stands beside it or by itself, and is closed to others")
  func certificate() throws {
    let bench = try bench("client_certificate_file: both.pem, tls_minimum: '1.3'")
    let relay = try bench.load().relay
    let both = try #require(relay.clientCertificate)
    #expect(both.file == bench.directory + "/both.pem" && both.keyFile == both.file)
    #expect(relay.tlsMinimum == .tls13)
    try bench.write("key", to: "both.pem", mode: 0o644)
    let refusal = try #require(throws: ConfigurationError.self) { try both.inspectKey() }
    #expect(bench.brief(refusal).hasPrefix("smtp.client_key_file: both.pem can be read by others (mode 644)"))
    try bench.write("key", to: "both.pem")
    try both.inspectKey()
  }

  // MARK: The program that prints a token

  private func load(_ script: String) throws -> String {
    let bench = try bench("username: a, token_command: [/bin/sh, -c, '\(script)']")
    return try #require(try bench.load().relay.login).secret.load().text
  }

  @Test("what it prints is the token, and it is asked anew each time")
  func command() throws {
    #expect(try load("echo canary; echo noise >&2") == "canary")
    let bench = try Bench()
    let file = try bench.write("one", to: "state")
    let source = SecretSource(name: .smtpToken, place: .command(["/bin/cat", file]))
    #expect(try source.load().text == "one")
    try bench.write("two", to: "state")
    #expect(try source.load().text == "two")
    #expect(source.file == nil)
  }

  @Test(
    "what goes wrong is said without what it printed",
    arguments: [
      ("echo canary; exit 3", "smtp.token_command: /bin/sh failed (status 3); run it by hand"),
      ("echo canary; kill -9 $$", "smtp.token_command: /bin/sh was ended by signal 9"),
      ("true", "smtp.token_command: the output of /bin/sh is empty"),
      ("echo canary; echo canary", "smtp.token_command: the output of /bin/sh must hold one line of text"),
      ("yes canary", "smtp.token_command: /bin/sh printed over 65536 bytes"),
    ])
  func failures(_ script: String, _ sentence: String) {
    let error = #expect(throws: ConfigurationError.self) { try load(script) }
    #expect(error?.description.hasPrefix(sentence) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("canary") == false)
  }

  @Test("one that does not end, or leaves its output open, is not waited for")
  func endless() throws {
    for script in ["sleep 60", "echo canary; sleep 60 & exit 0"] {
      var command = SecretCommand(["/bin/sh", "-c", script])
      command.limit = 1
      #expect(throws: ConfigurationError.self) { try command.output(key: "smtp.token_command") }
    }
  }

  @Test("it sees none of our own variables, and hears nothing")
  func surroundings() throws {
    setenv("REFPASSPORT_BOB_TOKEN", "canary", 1)
    defer { unsetenv("REFPASSPORT_BOB_TOKEN") }
    #expect(try load("echo [$REFPASSPORT_BOB_TOKEN]") == "[]")
    #expect(try load("read line; echo [$line]") == "[]")
    // As from a shell: no signal blocked, and none ignored (32 and 33 are the C library's own).
    let signals = try load("echo $(grep -E ^Sig /proc/self/status)").split(separator: " ")
    let masks = Dictionary(zip(signals, signals.dropFirst())) { first, _ in first }
    #expect(masks["SigBlk:"].flatMap { UInt64($0, radix: 16) } == 0)
    #expect(masks["SigIgn:"].flatMap { UInt64($0, radix: 16) }.map { $0 & 0x7FFF_FFFF } == 0)
  }

  @Test("the settings in force name the program and never its output")
  func redacted() throws {
    let configuration = try bench("username: a, token_command: [/bin/echo, canary]").load()
    #expect(configuration.secrets.contains { $0 == ("smtp.token", "<secret>  # smtp.token_command") })
  }
}
