import ArgumentParser
import DNS
import Foundation
import Reference

/// `reference`: what a reference says, and whether it is true.
struct ReferenceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reference",
    abstract: "Shows and verifies a reference; needs no account, no configuration, no issuer.",
    subcommands: [Inspect.self, Verify.self])

  struct Inspect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows what a PDF carries, without judging it.")
    @Argument(help: "The PDF.") var file: String
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      let inspection: ReferenceInspection
      do {
        inspection = try ReferenceInspection(try VerifiedFile.reference(file))
      } catch let error as ReferenceError {
        throw CommandFailure(.no, "\(file) is no reference: \(error).")
      }
      if json { return Terminal.json(canonical: try inspection.json()) }
      Terminal.say("\(inspection.size) octets, \(inspection.updates) updates, SHA-256 \(inspection.digest)")
      for attachment in inspection.attachments {
        Terminal.say("  \(attachment.name): \(attachment.bytes.count) octets")
      }
    }
  }

  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Judges a PDF: gold, silver, invalid or revoked.",
      discussion: """
        gold: intact, and the key under the employer's own domain (DNS) signed it.
        silver: intact, but the DNS record is absent or changed: the issuer is proven only if you pin --root or --key.
        invalid: not what the employer signed.
        Exit 0 only for gold, or for silver with --root or --key that matches.
        """)
    @Argument(help: "The PDF.") var file: String
    @Option(help: "The issuer's root certificate (PEM) that you trust.") var root: String?
    @Option(help: "The issuer's record key (base64, as in the DNS record) that you trust.") var key: String?
    @Option(name: .customLong("dns-server"), help: "HOST:PORT of the resolver to ask.") var dnsServer: String?
    @Flag(help: "Ask no DNS server.") var offline = false
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      let pdf = try VerifiedFile.reference(file)
      let lookup: (any TXTLookup)? = offline ? nil : Resolver(server: try nameServer())
      let verifier = ReferenceVerifier(root: try Pin.root(root), key: try Pin.key(key), lookup: lookup)
      let verdict = await verifier.verify(pdf)
      if json {
        Terminal.json(canonical: try verdict.json())
      } else {
        show(verdict)
      }
      if !verdict.isTrusted { throw CommandFailure(.no) }
    }

    private func nameServer() throws -> NameServer? {
      try dnsServer.map { text in
        guard let server = NameServer(text) else {
          throw CommandFailure(.usage, "--dns-server is HOST:PORT, such as 127.0.0.1:53.")
        }
        return server
      }
    }

    private func show(_ verdict: Verdict) {
      Terminal.say(verdict.grade.rawValue.uppercased())
      for check in verdict.checks { Terminal.say("  \(check.ok ? "✓" : "✗") \(check.name.rawValue): \(check.detail)") }
      guard let facts = verdict.facts else { return }
      var table = TextTable("FACT", "VALUE")
      table.add("Employer", verdict.organisation ?? "-")
      table.add("Domain", verdict.issuer?.domain ?? "-")
      table.add("Name", facts.name)
      table.add("Job title", facts.title ?? "-")
      table.add("Department", facts.department ?? "-")
      table.add("From", facts.start)
      table.add("Until", facts.end)
      table.add("Issued", verdict.issued ?? "-")
      table.add("Case", verdict.caseNumber ?? "-")
      Terminal.say(table.text)
    }
  }
}
