import ArgumentParser
import Delivery
import Foundation
import Mail
import Settings
import Store

/// `purge`: what waits for its purge, doing it, and looking for what must not be there.
struct PurgeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "purge", abstract: "Shows, runs and proves the destruction of personal data.",
    subcommands: [Status.self, Run.self, Scan.self, Hold.self, Release.self])

  struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows which cases hold personal data, and until when.")
    @OptionGroup var options: ConfigOptions
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      let configuration = try options.load()
      let reader = try Wiring.reader(options)
      let now = SystemClock().now()
      let open = try reader.cases(at: Set(Stage.allCases).subtracting([.purged]))
      let document = PurgeStatusDocument(
        holding: open.count, due: open.count { configuration.retention.purgeDue($0, now: now) },
        purged: try reader.cases(at: [.purged]).count,
        oldest: open.map(\.opened).min()?.iso8601,
        lastScan: try reader.lastScan().map(PastScanDocument.init),
        cases: open.map { row in
          .init(
            case: row.id.description, stage: row.stage.rawValue, ground: row.ground?.rawValue,
            due: configuration.retention.purgeDue(row, now: now),
            latest: configuration.retention.latest(row).iso8601,
            legalHold: row.legalHold.map(LegalHoldDocument.init))
        })
      if json { return try Terminal.json(document) }
      Terminal.say(
        "\(document.holding) cases hold sealed personal data, \(document.due) of them due; \(document.purged) are purged."
      )
      if let scan = document.lastScan {
        Terminal.say("The newest scan, at \(scan.at), found \(scan.hits) remains in \(scan.files) files.")
      }
      guard !document.cases.isEmpty else { return }
      var table = TextTable("CASE", "STAGE", "GROUND", "DUE", "LATEST", "LEGAL HOLD")
      for row in document.cases {
        table.add(
          row.case, row.stage, row.ground ?? "-", row.due ? "now" : "-", row.latest, row.legalHold?.text ?? "-")
      }
      Terminal.say(table.text)
    }
  }

  struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Purges every case that is due: shreds its key, removes its rows, scans, and writes the entry.")
    @OptionGroup var options: ConfigOptions
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      guard let document = try await ActDispatch.carryOut(.purge, options).purge else { return }
      if json {
        try Terminal.json(document)
      } else {
        Terminal.say(
          "\(document.purged) purged, \(document.kept.count) not; \(document.files) files scanned, \(document.residueHits) hits."
        )
        for row in document.kept {
          Terminal.say("Not purged: case \(row.case): \(row.residue.joined(separator: "; "))")
        }
      }
      if !document.kept.isEmpty { throw CommandFailure(.no) }
    }
  }

  struct Scan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Looks through every byte for personal data that must not be there, and for orphaned ciphertext.",
      discussion: """
        Without a path: data_dir with everything in it, and `purge.scan_paths`; this runs by itself every day too. With \
        paths, such as a backup or a directory of logs, those: also for copies of the key slots and of the \
        key-encryption key, with which a purged case could be read again. Files that are compressed or encrypted are \
        counted, since nothing can be found in them.
        """)
    @OptionGroup var options: ConfigOptions
    @Argument(help: "Files and directories to search instead.", completion: .file()) var paths: [String] = []
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      guard let document = try await ActDispatch.carryOut(.scan(absolute), options).scan else { return }
      if json {
        try Terminal.json(document)
      } else {
        Terminal.say("\(document.files) files, \(document.bytes) bytes scanned: \(document.residueHits) hits.")
        for line in document.residue { Terminal.say(line) }
        if document.opaque > 0 {
          Terminal.say("\(document.opaque) files are compressed or encrypted: nothing can be found in them.")
        }
        if document.unreadable > 0 {
          Terminal.say("\(document.unreadable) files in shared directories could not be read, or were too large.")
        }
      }
      if document.residueHits > 0 { throw CommandFailure(.no) }
    }

    private var absolute: [String] {
      let here = URL(fileURLWithPath: FileManager.default.currentDirectoryPath, isDirectory: true)
      return paths.map { URL(fileURLWithPath: $0, relativeTo: here).standardizedFileURL.path }
    }
  }
}

extension PurgeCommand {
  struct Hold: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Keeps a case from being purged for a legal reason, until it is released.",
      discussion: """
        The case goes its way otherwise: it is mailed, confirmed, or expires. Reason and review date stand in the ledger; \
        past the review date the hold still stands, and ops get an alarm. A second hold takes the place of the first.
        """)
    @OptionGroup var options: ConfigOptions
    @Argument(help: "The case number.") var number: String
    @Option(help: "litigation, investigation, authority or subject-request.") var reason: LegalHold.Reason
    @Option(help: "The day on which somebody looks at it again, such as 2027-01-31.") var review: String
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      try show(try await ActDispatch.carryOut(.holdPurge(number, reason, review: review), options), json: json)
    }
  }

  struct Release: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ends a legal hold: the case is purged as soon as it is due.")
    @OptionGroup var options: ConfigOptions
    @Argument(help: "The case number.") var number: String
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      try show(try await ActDispatch.carryOut(.releasePurge(number), options), json: json)
    }
  }
}

extension LegalHold.Reason: ExpressibleByArgument {}

private struct PurgeStatusDocument: Encodable {
  struct Row: Encodable {
    var `case`: String
    var stage: String
    var ground: String?
    var due: Bool
    var latest: String
    var legalHold: LegalHoldDocument?
  }
  var holding: Int
  var due: Int
  var purged: Int
  var oldest: String?
  var lastScan: PastScanDocument?
  var cases: [Row]
}

/// The newest scan of everything, as `purge status --json` prints it.
struct PastScanDocument: Encodable {
  var at: String
  var files: Int
  var hits: Int

  init(_ scan: PastScan) {
    at = scan.at.iso8601
    files = scan.files
    hits = scan.hits
  }
}

/// What a purge came to, as `purge run --json` prints it.
struct PurgeRunDocument: Codable, Sendable {
  struct Row: Codable, Sendable {
    var `case`: String
    var residue: [String]
  }
  var purged: Int
  var files: Int
  var residueHits: Int
  var kept: [Row]

  init(_ results: [PurgeResult]) {
    purged = results.count { $0.purged }
    files = results.map(\.files).max() ?? 0
    residueHits = results.reduce(0) { $0 + $1.residue.count }
    kept = results.filter { !$0.purged }.map {
      Row(case: $0.caseID.description, residue: $0.residue.map(\.description))
    }
  }
}

/// What a scan came to, as `purge scan --json` prints it.
struct ScanDocument: Codable, Sendable {
  var files: Int
  var bytes: Int
  var residueHits: Int
  var residue: [String]
  var opaque: Int
  var unreadable: Int

  init(_ report: ScanReport) {
    files = report.files
    bytes = report.bytes
    residueHits = report.residue.count
    residue = report.residue.map(\.description)
    opaque = report.opaque
    unreadable = report.unreadable
  }
}
