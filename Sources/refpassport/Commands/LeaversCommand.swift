import ArgumentParser
import Cryptography
import Delivery
import Mail
import Store

/// `leavers`: what was seen in Bob, and why a case was or was not made; marks only, no names are kept.
struct LeaversCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leavers", abstract: "Shows what was seen in Bob and why a case was or was not made.",
    subcommands: [List.self, Reissue.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists handled departures by their keyed marks.")
    @OptionGroup var options: ConfigOptions
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      let reader = try Wiring.reader(options)
      let stages = Dictionary(
        try reader.cases(at: Set(Stage.allCases)).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
      let rows = try reader.handled().values.sorted { ($0.at, $0.mark) < ($1.at, $1.mark) }.map {
        LeaverDocument($0, row: $0.caseID.flatMap { stages[$0] })
      }
      let baseline = try reader.baseline()
      if json { return try Terminal.json(LeaversDocument(baseline: baseline?.iso8601, leavers: rows)) }
      Terminal.say(
        baseline.map { "Baseline taken \($0.iso8601)." } ?? "No baseline yet: Bob was never read successfully.")
      guard !rows.isEmpty else { return Terminal.say("No departures seen.") }
      var table = TextTable("MARK", "HANDLED", "WHY", "CASE", "STAGE", "HOLD")
      for row in rows { table.add(row.mark, row.at, row.why, row.case ?? "-", row.stage ?? "-", row.hold ?? "-") }
      Terminal.say(table.text)
    }
  }
}

extension LeaversCommand {
  struct Reissue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes a new case for a leaver whose old one is purged; the old reference is revoked.",
      discussion: "Bob's number of the person is read from the terminal, or from standard input.")
    @OptionGroup var options: ConfigOptions
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      let employee = try Terminal.ask("Bob's number of the person")
      try show(try await ActDispatch.carryOut(.reissue(employee: employee), options), json: json)
    }
  }
}

/// `leavers list --json`.
private struct LeaversDocument: Encodable {
  var baseline: String?
  var leavers: [LeaverDocument]
}

private struct LeaverDocument: Encodable {
  /// The first 8 bytes of the keyed mark, in hexadecimal.
  var mark: String
  var at: String
  /// `baseline` or `case`.
  var why: String
  var `case`: String?
  var stage: String?
  var hold: String?

  init(_ handled: HandledDeparture, row: Case?) {
    mark = handled.mark
    at = handled.at.iso8601
    why = handled.reason.rawValue
    self.case = handled.caseID?.description
    stage = row?.stage.rawValue
    hold = row?.hold?.reason.rawValue
  }
}

extension HandledDeparture {
  fileprivate var mark: String { Hex.encode(Array(departure.person.bytes.prefix(8))) }
}
