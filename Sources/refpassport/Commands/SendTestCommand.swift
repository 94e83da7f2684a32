import ArgumentParser
import Cryptography
import DNS
import Delivery
import Foundation
import Mail
import SMTP
import Settings

/// `send-test`: one plain mail through the relay, to an address typed at a prompt, with the relay's own words.
struct SendTestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "send-test",
    abstract: "Sends a test mail through the relay; the address is asked for, never an argument.")
  @OptionGroup var options: ConfigOptions
  @Flag(help: "Print one JSON document.") var json = false

  func run() async throws {
    let configuration = try options.load()
    if isatty(STDIN_FILENO) == 1 { FileHandle.standardError.write(Data("Address to send to: ".utf8)) }
    guard let line = readLine(strippingNewline: true) else {
      throw CommandFailure(.usage, "No address was given on standard input.")
    }
    let recipient: Address
    do {
      recipient = try Address(parsing: line.trimmingCharacters(in: .whitespaces), domains: IDN2Domains())
    } catch {
      throw CommandFailure(.usage, "That is no address: \(error).")
    }
    let id = MessageID(random: Randomness.bytes(16), domain: configuration.organisation.domain)
    let mail = try Message(
      from: configuration.relay.from, to: recipient, replyTo: configuration.relay.replyTo,
      subject: "Test of the reference appliance", date: SystemClock().now(), id: id,
      content: .plainText(
        "This is a test mail of the appliance that sends employment references.\nIf you can read it, the relay works.\n"
      ))
    let transport = SMTPTransport(try Wiring.relay(configuration))
    let envelope = Envelope(
      sender: configuration.relay.bounceAddress, recipient: recipient, dsn: DSNRequest(envid: "send-test"))
    let outcome = try await transport.send(envelope, message: mail.bytes()) {}
    await transport.close()
    let result = outcome.result
    let document = TestDocument(
      verdict: result.verdict.rawValue, code: result.code, status: result.enhanced?.description,
      class: result.class?.rawValue, messageID: id.text)
    if json {
      try Terminal.json(document)
    } else {
      Terminal.say("The relay's answer: \(document.verdict)\(document.code.map { " (\($0))" } ?? "").")
      if let reply = outcome.reply { Terminal.say(reply.lines.joined(separator: "\n")) }
    }
    if result.verdict != .accepted { throw CommandFailure(.outside) }
  }
}

private struct TestDocument: Encodable {
  var verdict: String
  var code: Int?
  var status: String?
  var `class`: String?
  var messageID: String
}
