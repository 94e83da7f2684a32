import Foundation
import Glibc
import Testing

@testable import Settings

@Suite struct SecretTests {
  private func source(_ bench: Bench, _ environment: [String: String] = [:]) throws -> SecretSource {
    try bench.load(environment).bob.token
  }

  private func refusal(_ bench: Bench, _ environment: [String: String] = [:]) throws -> String {
    let token = try source(bench, environment)
    return bench.brief(try #require(throws: ConfigurationError.self) { try token.load() })
  }

  @Test("one trailing newline is cut off, spaces inside stay", arguments: ["a b", "a b\n", "a b\r\n"])
  func trimmed(_ content: String) throws {
    let bench = try Bench()
    try bench.write(content, to: "bob-token")
    #expect(try source(bench).load().text == "a b")
  }

  @Test("owner-only files are read, whether writable or not", arguments: [0o600, 0o400])
  func closed(_ mode: Int) throws {
    let bench = try Bench()
    try bench.write("t", to: "bob-token", mode: mode)
    #expect(try source(bench).load().text == "t")
  }

  @Test(
    "a file that others can read is refused with the command that closes it",
    arguments: [0o640, 0o604, 0o644, 0o620])
  func open(_ mode: Int) throws {
    let bench = try Bench()
    let path = try bench.write("canary", to: "bob-token", mode: mode)
    let token = try source(bench)
    let error = try #require(throws: ConfigurationError.self) { try token.load() }
    let octal = String(mode, radix: 8)
    #expect(
      error.description
        == "bob.token_file: \(path) can be read by others (mode \(octal)); close it with: chmod 600 \(path)")
  }

  @Test(
    "what is no secret is refused",
    arguments: [
      ("", "bob.token_file: bob-token is empty; write the secret into it, or use bob.token_file"),
      ("\n", "bob.token_file: bob-token is empty"),
      (
        "canary\ncanary\n", "bob.token_file: bob-token must hold one line of text, without control characters"
      ),
      ("canary\r\nX-Evil: 1", "bob.token_file: bob-token must hold one line of text"),
      ("canary\u{0}", "bob.token_file: bob-token must hold one line of text"),
    ])
  func shape(_ content: String, _ sentence: String) throws {
    let bench = try Bench()
    try bench.write(content, to: "bob-token")
    let text = try refusal(bench)
    #expect(text.hasPrefix(sentence))
    #expect(!text.contains("canary"))
  }

  @Test("a missing file, a directory and an endless file say so")
  func places() throws {
    let bench = try Bench()
    #expect(
      try refusal(bench)
        == "bob.token_file: bob-token does not exist; write the secret into it and close it with: "
        + "chmod 600 bob-token")
    try FileManager.default.createDirectory(
      atPath: bench.directory + "/bob-token", withIntermediateDirectories: false)
    #expect(try refusal(bench) == "bob.token_file: bob-token is not a regular file")
    try FileManager.default.removeItem(atPath: bench.directory + "/bob-token")
    try bench.write(String(repeating: "a", count: 70_000), to: "bob-token")
    #expect(try refusal(bench).contains("is longer than 65536 bytes"))
  }

  @Test("a file of another user is refused", .enabled(if: geteuid() == 0))
  func foreign() throws {
    let bench = try Bench()
    let path = try bench.write("t", to: "bob-token")
    try FileManager.default.setAttributes([.ownerAccountID: 54_321], ofItemAtPath: path)
    #expect(try refusal(bench).hasPrefix("bob.token_file: bob-token belongs to another user"))
  }

  @Test("the variable wins over the credential, the credential over the file")
  func order() throws {
    let bench = try Bench()
    try bench.write("from-file", to: "bob-token")
    #expect(try source(bench).load().text == "from-file")
    let credentials = bench.directory + "/credentials"
    try FileManager.default.createDirectory(atPath: credentials, withIntermediateDirectories: false)
    try bench.write("other", to: "credentials/bounces-password", mode: 0o440)
    #expect(try source(bench, ["CREDENTIALS_DIRECTORY": credentials]).load().text == "from-file")
    // systemd's access list for the service's user shows as a right of the group.
    try bench.write("from-credential\n", to: "credentials/bob-token", mode: 0o440)
    let environment = ["CREDENTIALS_DIRECTORY": credentials]
    #expect(try source(bench, environment).load().text == "from-credential")
    #expect(try source(bench, environment).file == credentials + "/bob-token")
    let both = environment.merging(["REFPASSPORT_BOB_TOKEN": "from-variable"]) { $1 }
    #expect(try source(bench, both).load().text == "from-variable")
    #expect(try source(bench, both).file == nil)
    #expect(
      try refusal(bench, ["REFPASSPORT_BOB_TOKEN": ""]).hasPrefix(
        "REFPASSPORT_BOB_TOKEN: REFPASSPORT_BOB_TOKEN is empty"))
  }

  @Test("a relay's login takes its password from any door")
  func login() throws {
    let yaml = minimal.replacingOccurrences(of: "smtp: {", with: "smtp: {username: sender, ")
    let bench = try Bench(yaml)
    let relay = try bench.load(["REFPASSPORT_SMTP_PASSWORD": "canary"]).relay
    #expect(relay.login?.username == "sender")
    #expect(try relay.login?.secret.load().text == "canary")
  }

  @Test("a secret can be handed on but not printed")
  func redacted() {
    let secret = Secret(bytes: Array("canary".utf8))
    var dumped = ""
    dump(["token": Optional(secret)], to: &dumped)
    for text in [
      "\(secret)", String(reflecting: secret), String(describing: Optional(secret)), "\([secret])", dumped,
    ] {
      #expect(!text.contains("canary") && !text.contains("99"))
    }
    #expect(secret.text == "canary")
  }
}
