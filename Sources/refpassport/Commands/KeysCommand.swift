import ArgumentParser
import Audit
import Cryptography
import Delivery
import Foundation
import Reference
import Settings

/// `keys`: what is public about this appliance's keys.
struct KeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Shows the public keys and the DNS record to publish.",
    subcommands: [Show.self, DNSRecord.self])

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows record key, root certificate and ledger key; the root is what verifiers may pin.")
    @OptionGroup var options: ConfigOptions
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      let keys = try PublicKeys(options)
      if json { return try Terminal.json(keys) }
      Terminal.say(
        "Record key (Ed25519): \(keys.recordKey)\nLedger key (vkey):    \(keys.vkey)\n\n\(keys.rootCertificate)")
    }
  }

  struct DNSRecord: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "dns", abstract: "Prints the TXT record that makes your references gold.")
    @OptionGroup var options: ConfigOptions
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      let keys = try PublicKeys(options)
      if json { return try Terminal.json(["name": keys.dnsName, "type": "TXT", "value": keys.dnsValue]) }
      Terminal.say("\(keys.dnsName). IN TXT \"\(keys.dnsValue)\"")
    }
  }
}

/// The public halves, as `keys show --json` prints them.
private struct PublicKeys: Encodable {
  var recordKey: String
  var vkey: String
  var origin: String
  var rootCertificate: String
  var dnsName: String
  var dnsValue: String

  init(_ options: ConfigOptions) throws {
    let configuration = try options.load()
    let directory = configuration.dataDirectory + "/keys"
    guard FileManager.default.fileExists(atPath: directory) else {
      throw CommandFailure(.usage, "There are no keys yet: the first `refpassport run --once` makes them.")
    }
    let keys = try ApplianceKeys.load(from: directory)
    guard let selector = KeySelector(configuration.verify.selector) else {
      throw CommandFailure(.usage, "verify.selector must be 1 to 63 letters and digits, such as REF1.")
    }
    let record = keys.issuer.dnsRecord(selector: selector, domain: configuration.organisation.domain)
    recordKey = Base64Standard.encode(keys.issuer.record.publicKey.raw)
    origin = Wiring.origin(of: keys, domain: configuration.organisation.domain)
    vkey = try NoteSigner(name: origin, key: keys.ledger).verifier.vkey
    rootCertificate = try keys.issuer.root.pem
    dnsName = record.name
    dnsValue = record.value
  }
}
