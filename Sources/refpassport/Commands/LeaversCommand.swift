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
    static let configuration = CommandConfiguration(
      abstract: "Lists what was seen in Bob, by keyed marks: when, and why there is a case or none.",
      discussion: """
        A mark is the same for one person for as long as the appliance lives, and says nothing without its key. What was \
        seen beside handled departures is kept for a year.
        """)
    @OptionGroup var options: ConfigOptions
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      let reader = try Wiring.reader(options)
      let cases = Dictionary(
        try reader.cases(at: Set(Stage.allCases)).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
      let leavers = try reader.departures().map { LeaverDocument($0, row: $0.caseID.flatMap { cases[$0] }) }
      let seen = try reader.observations().map(LeaverDocument.init)
      let document = LeaversDocument(
        baseline: try reader.baseline()?.iso8601, lastPoll: try reader.lastPoll()?.iso8601, leavers: leavers + seen)
      if json { return try Terminal.json(document) }
      Terminal.say(
        document.baseline.map { "Baseline taken \($0); Bob last read \(document.lastPoll ?? "before this version")." }
          ?? "No baseline yet: Bob was never read successfully.")
      guard !document.leavers.isEmpty else { return Terminal.say("No departures seen.") }
      Terminal.say(document.table)
    }
  }
}

extension LeaversCommand {
  struct Reissue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes a new case for a leaver whose old one is purged, which revokes it, or who has none on purpose.",
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
  var lastPoll: String?
  var leavers: [LeaverDocument]

  /// The rows, and below them what their words mean.
  var table: String {
    var table = TextTable("MARK", "SEEN", "LAST", "TIMES", "WHAT", "CASE", "STAGE", "HOLD")
    for row in leavers {
      table.add(
        row.mark, row.at, row.last ?? "-", row.times.map(String.init) ?? "-", row.what, row.case ?? "-",
        row.stage ?? "-", row.hold ?? "-")
    }
    var meanings: [String] = []
    for row in leavers {
      let words = ["\(row.what): \(row.why)"] + (row.hold.map { ["\($0): \(row.holdWhy ?? "")"] } ?? [])
      meanings += words.filter { !meanings.contains($0) }
    }
    return table.text + "\n\n" + meanings.joined(separator: "\n")
  }
}

private struct LeaverDocument: Encodable {
  /// The first 8 bytes of the keyed mark, in hexadecimal.
  var mark: String
  /// When it was seen first, or handled.
  var at: String
  /// When it was seen last, and how often, of what was not handled.
  var last: String?
  var times: Int?
  /// `baseline`, `case`, `excluded`, or a remark such as `settling`.
  var what: String
  /// The same as a sentence.
  var why: String
  var `case`: String?
  var stage: String?
  var hold: String?
  /// Why it is held, as a sentence with the way out.
  var holdWhy: String?

  init(_ handled: HandledDeparture, row: Case?) {
    mark = handled.departure.person.short
    at = handled.at.iso8601
    what = handled.reason.rawValue
    why = handled.reason.explanation
    self.case = handled.caseID?.description
    stage = row?.stage.rawValue
    hold = row?.hold?.reason.rawValue
    holdWhy = row?.hold?.reason.explanation
  }

  init(_ seen: Observation) {
    mark = seen.person.short
    (at, last, times) = (seen.first.iso8601, seen.last.iso8601, seen.times)
    (what, why) = (seen.remark.rawValue, seen.remark.explanation)
  }
}

extension PersonMark {
  fileprivate var short: String { Hex.encode(Array(bytes.prefix(8))) }
}
