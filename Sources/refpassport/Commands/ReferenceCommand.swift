import ArgumentParser
import DNS
import Foundation
import Reference

/// `reference`: what a reference says, and whether it is true.
struct ReferenceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reference", abstract: "Shows and verifies a reference; needs no account, no configuration, no issuer.",
    subcommands: [Inspect.self, Verify.self])

  struct Inspect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows what a PDF carries, without judging it.")
    @Argument(help: "The PDF.") var file: String
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      let inspection = ReferenceInspection(try ReferenceFile.read(file))
      if json { return try Terminal.json(inspection) }
      Terminal.say(inspection.text)
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
      let pdf = try ReferenceFile.read(file)
      let lookup: (any TXTLookup)? = offline ? nil : try Resolver(server: dnsServer)
      let pinned = try PinnedTrust(rootPEM: root.map { try ReferenceFile.text($0) }, recordKey: key)
      let verdict = await ReferenceVerifier.verify(pdf, pinned: pinned, txt: lookup)
      if json {
        try Terminal.json(verdict)
      } else {
        Terminal.say(verdict.text)
      }
      if !verdict.isProven { throw CommandFailure(.no) }
    }
  }
}

/// Reads the files a verifier is given.
private enum ReferenceFile {
  static let maximumSize = 32 << 20

  static func read(_ path: String) throws -> [UInt8] {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw CommandFailure(.usage, "\(path) cannot be read: is it there, and may you read it?")
    }
    defer { try? handle.close() }
    let data = try handle.read(upToCount: maximumSize + 1) ?? Data()
    guard data.count <= maximumSize else { throw CommandFailure(.usage, "\(path) is larger than 32 MiB: no reference is.") }
    return [UInt8](data)
  }

  static func text(_ path: String) throws -> String { String(decoding: try read(path), as: UTF8.self) }
}
