import ArgumentParser
import Audit
import Delivery
import Foundation
import Mail
import Store

/// `audit`: the ledger as the officer and a stranger see it.
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Lists, verifies and exports the tamper-evident ledger.",
    subcommands: [List.self, Verify.self, Export.self, CheckpointCommand.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists the entries, oldest first.")
    @OptionGroup var options: ConfigOptions
    @Option(help: "Only the entries of this case.") var `case`: String?
    @Option(help: "Only the newest N entries.") var last: Int?
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      let reader = try Wiring.reader(options)
      let wanted = try `case`.map { try caseID($0).description }
      var rows = try LedgerRow.all(in: reader).filter { wanted == nil || $0.entry.case == wanted }
      if let last { rows = Array(rows.suffix(max(0, last))) }
      if json { return try Terminal.json(EntriesDocument(entries: rows.map(EntryDocument.init))) }
      var table = TextTable("INDEX", "TIME", "EVENT", "CASE", "TELLS")
      for row in rows {
        let document = EntryDocument(row)
        table.add(String(row.index), document.time, document.event, document.case ?? "-", document.tells)
      }
      Terminal.say(table.isEmpty ? "The ledger holds no such entry." : table.text)
    }
  }

  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Recomputes the tree and checks signature, order and times: of this appliance, or of an export.")
    @OptionGroup var options: ConfigOptions
    @Argument(help: "A directory made by `audit export`; left out: this appliance's own ledger.") var directory: String?
    @Option(help: "The verifier key you were given, instead of the one in the export.") var vkey: String?
    @Option(help: "A checkpoint you kept; the ledger must still contain it. May be repeated.") var held: [String] = []
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      let export = try directory.map { try LedgerFiles(directory: $0) } ?? LedgerFiles(reader: Wiring.reader(options))
      let report = LedgerVerifier.verify(
        entries: export.entries, checkpoint: export.checkpoint, vkey: vkey ?? export.vkey,
        held: try held.map { try LedgerFiles.text($0) })
      let document = VerifyDocument(report)
      if json {
        try Terminal.json(document)
      } else {
        for finding in document.findings { Terminal.say(finding) }
        Terminal.say(
          document.ok
            ? "The ledger verifies: \(document.entries) entries under the signed checkpoint."
            : "The ledger does NOT verify: \(document.findings.count) findings in \(document.entries) entries.")
      }
      if !document.ok { throw CommandFailure(.no) }
    }
  }

  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Writes ledger.jsonl (one entry a line, exactly as hashed), checkpoint.txt and vkey.txt.")
    @OptionGroup var options: ConfigOptions
    @Argument(help: "The directory to write; made if it is missing.") var directory: String
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      let files = try LedgerFiles(reader: Wiring.reader(options))
      try files.write(to: directory)
      let document = ExportDocument(directory: directory, entries: files.entries.count, files: LedgerFiles.names)
      if json { return try Terminal.json(document) }
      Terminal.say("\(document.entries) entries written to \(directory): \(document.files.joined(separator: ", ")).")
      Terminal.say("Check them anywhere: refpassport audit verify \(directory)")
    }
  }

  struct CheckpointCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "checkpoint", abstract: "Prints the newest signed checkpoint; keep it to hold the ledger to it.")
    @OptionGroup var options: ConfigOptions
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      let files = try LedgerFiles(reader: Wiring.reader(options))
      if json { return try Terminal.json(["checkpoint": files.checkpoint, "vkey": files.vkey]) }
      Terminal.say(files.checkpoint + "\nVerifier key: " + files.vkey)
    }
  }
}

/// An entry with its place in the tree.
struct LedgerRow {
  let index: Int
  let entry: Entry

  /// All entries of the newest checkpoint.
  static func all(in reader: ApplianceStore) throws -> [LedgerRow] {
    let files = try LedgerFiles(reader: reader)
    return try files.entries.enumerated().map { LedgerRow(index: $0.offset, entry: try Entry(parsing: $0.element)) }
  }
}

private struct EntriesDocument: Encodable { var entries: [EntryDocument] }

/// An entry as `audit list` shows it.
private struct EntryDocument: Encodable {
  var index: Int
  var time: String
  var event: String
  var `case`: String?
  var fields: [String: String]

  init(_ row: LedgerRow) {
    index = row.index
    time = Timestamp(seconds: row.entry.seconds).iso8601
    event = row.entry.event.rawValue
    self.case = row.entry.case
    fields = row.entry.fields.mapValues { value in
      value.string ?? (try? value.bytes()).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
  }

  /// The fields in one cell; commitments shortened.
  var tells: String {
    fields.sorted { $0.key < $1.key }.map {
      "\($0.key)=\($0.value.count > 14 ? $0.value.prefix(12) + "…" : $0.value[...])"
    }
    .joined(separator: " ")
  }
}

private struct VerifyDocument: Encodable {
  var ok: Bool
  var entries: Int
  var findings: [String]

  init(_ report: LedgerReport) {
    ok = report.ok
    entries = report.entries
    findings = report.findings.map { finding in
      finding.index.map { "entry \($0): \(finding.text)" } ?? finding.text
    }
  }
}

private struct ExportDocument: Encodable {
  var directory: String
  var entries: Int
  var files: [String]
}
