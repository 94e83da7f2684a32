import ArgumentParser
import Audit
import Delivery
import Foundation
import Mail
import Store

/// `audit`: the ledger as the officer and a stranger see it.
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Lists, proves, verifies and exports the tamper-evident ledger.",
    subcommands: [
      List.self, Show.self, Verify.self, Prove.self, Lookup.self, CertificateCommand.self, ReportCommand.self,
      CheckpointCommand.self, Export.self,
    ])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists the entries, oldest first.")
    @OptionGroup var options: ConfigOptions
    @Option(help: "Only the entries of this case.") var `case`: String?
    @Option(help: "Only the newest N entries.") var last: Int?
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      let reader = try Wiring.reader(options)
      let rows = try LedgerRow.list(of: `case`.map { try caseID($0) }, last: last.map { max(0, $0) }, in: reader)
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
      abstract: "Recomputes the tree and checks signature, order and times; or checks a receipt, a proof or a paper.",
      discussion: """
        Needs no appliance for an export, a receipt of `audit prove`, a proof of `audit checkpoint --since`, or a paper of \
        `audit certificate` or `audit report`, PDF or JSON: only the file and the verifier key, which should reach you on \
        another way than the file. A paper that nothing you pin vouches for may have been made by anybody: exit 1.
        """)
    @OptionGroup var options: ConfigOptions
    @Argument(
      help: "A directory made by `audit export`, a receipt, a proof or a paper; left out: this appliance's own ledger.")
    var path: String?
    @Option(help: "The verifier key you were given, instead of the one in the export.") var vkey: String?
    @Option(help: "Of a paper: the issuer's root certificate (PEM) that you trust.") var root: String?
    @Option(help: "Of a paper: the issuer's record key (base64, as in the DNS record) that you trust.") var key: String?
    @Option(help: "A checkpoint you kept; the ledger must still contain it. May be repeated.") var held: [String] = []
    @Option(
      name: .customLong("tsa-ca"),
      help: """
        The PEM file with the roots of a timestamp authority: checks the timestamp (.tsr) beside the checkpoint of an \
        export, and beside each that you kept.
        """)
    var tsaCA: String?
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      if let path, !LedgerFiles.isDirectory(path) { return try verifyProof(path) }
      let timestamps = try TimestampFile.verdicts(
        on: (path.map { [$0 + "/checkpoint.txt"] } ?? []) + held, roots: tsaCA)
      let export = try path.map { try LedgerFiles(directory: $0) } ?? LedgerFiles(reader: Wiring.reader(options))
      let report = LedgerVerifier.verify(
        entries: export.entries, checkpoint: export.checkpoint, vkey: vkey ?? export.vkey,
        held: try held.map { try LedgerFiles.text($0) }
      ) { done in
        if Terminal.isInteractive { Terminal.redraw("\(done) of \(export.entries.count) entries verified") }
      }
      if Terminal.isInteractive { Terminal.redraw("") }
      let document = VerifyDocument(report, timestamps)
      if json {
        try Terminal.json(document)
      } else {
        for finding in document.findings { Terminal.say(finding) }
        for timestamp in document.timestamps { Terminal.say(timestamp.sentence) }
        Terminal.say(
          report.ok
            ? "The ledger verifies: \(document.entries) entries under the signed checkpoint\(document.left)."
            : "The ledger does NOT verify: \(document.findings.count) findings in \(document.entries) entries.")
      }
      if !document.ok { throw CommandFailure(.no) }
    }

    private func verifyProof(_ file: String) throws {
      if let bytes = try VerifiedFile.paper(file) { return try verifyPaper(bytes) }
      guard let key = try vkey ?? Wiring.ledgerKey(options) else {
        throw CommandFailure(
          .usage, "Give the verifier key of the ledger with --vkey: a proof does not vouch for itself.")
      }
      if tsaCA != nil { throw TimestampFile.nothingToCheck }
      guard let verdict = try ProofFile.verify(try LedgerFiles.text(file), vkey: key, held: held) else {
        throw CommandFailure(.usage, "\(file) is neither an export's directory nor a receipt, a proof or a paper.")
      }
      if json { try Terminal.json(verdict) } else { Terminal.say(verdict.detail) }
      if !verdict.ok { throw CommandFailure(.no) }
    }
  }

  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Writes ledger.jsonl (one entry a line, exactly as hashed), checkpoint.txt and vkey.txt.",
      discussion: "Also checkpoint.tsr, if that checkpoint bears the timestamp of an authority (`audit.timestamp_url`)."
    )
    @OptionGroup var options: ConfigOptions
    @Argument(help: "The directory to write; made if it is missing.") var directory: String
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      let files = try LedgerFiles(reader: Wiring.reader(options))
      try files.write(to: directory)
      let document = ExportDocument(directory: directory, entries: files.entries.count, files: files.names)
      if json { return try Terminal.json(document) }
      Terminal.say("\(document.entries) entries written to \(directory): \(document.files.joined(separator: ", ")).")
      Terminal.say("Check them anywhere: refpassport audit verify \(directory)")
    }
  }
}

/// An entry with its place in the tree.
struct LedgerRow {
  let index: Int
  let entry: Entry

  /// The entries of a case or of all, oldest first; the newest `last` of them.
  static func list(of id: CaseID?, last: Int?, in reader: ApplianceStore) throws -> [LedgerRow] {
    if let id {
      return try reader.places(of: id).suffix(last ?? .max).map {
        LedgerRow(index: $0.index, entry: try Entry(parsing: $0.bytes))
      }
    }
    let size = try reader.size()
    let first = max(0, size - (last ?? size))
    return try reader.entries(first..<size).enumerated().compactMap { offset, line in
      // What was dropped after its retention is in the export, as a hash.
      guard case .entry(let bytes) = LedgerLine(line) else { return nil }
      return LedgerRow(index: first + offset, entry: try Entry(parsing: bytes))
    }
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
  /// How many of them were dropped after their retention.
  var pruned: Int
  var findings: [String]
  /// The timestamps that lie beside the checkpoints.
  var timestamps: [TimestampVerdict]

  /// What a sentence says of those that were dropped.
  var left: String { pruned == 0 ? "" : ", \(pruned) of which left only their hash after their retention" }

  init(_ report: LedgerReport, _ timestamps: [TimestampVerdict]) {
    ok = report.ok && timestamps.allSatisfy(\.ok)
    pruned = report.pruned
    self.timestamps = timestamps
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
