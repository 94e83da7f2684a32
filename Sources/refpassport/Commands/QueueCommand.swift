import ArgumentParser
import Delivery
import Mail
import Store

/// `queue`: the open cases, and what a person may do to one.
struct QueueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue", abstract: "Shows the cases under way, and moves them.",
    subcommands: [
      List.self, Show.self, Hold.self, Release.self, Retry.self, Redeliver.self, Confirm.self, Cancel.self,
    ])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists cases: number, stage, attempts, evidence, what is due.")
    @OptionGroup var options: ConfigOptions
    @Flag(help: "Also list cases already purged.") var all = false
    @Flag(help: "Print one JSON document.") var json = false

    @Option(help: "Only cases at this stage.") var stage: Stage?
    @Option(help: "Only cases with this hold reason or class of outcome.") var why: String?

    func run() async throws {
      let reader = try Wiring.reader(options)
      let selection = Selection(stage: stage, why: why)
      let cases = try reader.cases(at: all ? Set(Stage.allCases) : Set(Stage.allCases).subtracting([.purged]))
        .filter { selection.fits($0) }
      let alarms = try reader.alarms()
      let reports = try reader.reports(ofCasesAt: Set(cases.map(\.stage)))
      let documents = cases.map { CaseDocument($0, reports: reports[$0.id] ?? []) }
      if json {
        return try Terminal.json(QueueDocument(alarms: alarms.map(AlarmDocument.init), cases: documents))
      }
      for alarm in alarms { Terminal.say("! \(alarm.kind.rawValue), since \(alarm.since.iso8601): \(alarm.detail)") }
      guard !cases.isEmpty else { return Terminal.say("No open cases.") }
      var table = TextTable("CASE", "STAGE", "SINCE", "ATTEMPTS", "EVIDENCE", "NEXT", "WHY")
      for document in documents {
        table.add(
          document.case, document.stage, document.since, String(document.attempts), document.evidence ?? "-",
          document.next ?? "-", document.why ?? "-")
      }
      Terminal.say(table.text)
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows one case with its attempts; with --reveal also what is sealed of it.",
      discussion: "Whoever reveals a case is told of in the ledger, by a salted commitment.")
    @OptionGroup var options: ConfigOptions
    @Argument(help: "The case number.") var number: String
    @Flag(help: "Open the sealed facts, the address and the relay's replies.") var reveal = false
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      let reader = try Wiring.reader(options)
      let id = try caseID(number)
      guard let row = try reader.find(id) else { throw CaseStoreError.notFound(id) }
      let reports = try reader.reports(of: id)
      var document = CaseDocument(row, reports: reports, attempts: try reader.attempts(of: id))
      document.reports = reports.map(ReportDocument.init)
      document.confirmed = ConfirmationDocument(try reader.entries(of: id))
      if reveal {
        document.revealed = try await ActDispatch.carryOut(.reveal(number), options).revealed.map(RevealedDocument.init)
      }
      if json { return try Terminal.json(document) }
      Terminal.say("Case \(document.case): \(document.stage) since \(document.since), opened \(document.opened)")
      if let hold = row.hold { Terminal.say("Held: \(hold.reason.explanation). Goes on at: \(hold.resume.rawValue).") }
      if let legal = document.legalHold { Terminal.say("Not to be purged since \(legal.since): \(legal.text).") }
      if let next = document.next { Terminal.say("Next step due: \(next)") }
      var table = TextTable("ATTEMPT", "STARTED", "INTENT", "ENDED", "VERDICT", "CLASS", "CODE")
      for attempt in document.history ?? [] {
        table.add(
          String(attempt.number), attempt.started, attempt.intent ?? "-", attempt.finished ?? "-",
          attempt.verdict ?? "-", attempt.class ?? "-", attempt.code.map(String.init) ?? "-")
      }
      if !table.isEmpty { Terminal.say(table.text) }
      if let evidence = document.evidence { Terminal.say("Evidence: \(evidence)") }
      var told = TextTable("REPORTED", "ATTEMPT", "WHAT", "REASON", "STATUS", "COUNTS")
      for report in document.reports ?? [] {
        told.add(
          report.at, String(report.attempt), report.level, report.reason, report.status ?? "-",
          report.waits ? "when the case goes on" : "yes")
      }
      if !told.isEmpty { Terminal.say(told.text) }
      if let confirmed = document.confirmed { Terminal.say(confirmed.text) }
      if let revealed = document.revealed { Terminal.say(revealed.text) }
    }
  }

  struct Hold: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Keeps cases from going on until they are released.")
    @OptionGroup var options: ConfigOptions
    @OptionGroup var selection: CaseSelection
    func run() async throws { try await move(.hold, selection, options) }
  }

  struct Release: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lets held cases go on; if the facts were wrong, the person is read again in Bob first.")
    @OptionGroup var options: ConfigOptions
    @OptionGroup var selection: CaseSelection
    func run() async throws { try await move(.release, selection, options) }
  }

  struct Retry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Has the same mail tried again now: a deferred one early, an unknown or undeliverable one once more.")
    @OptionGroup var options: ConfigOptions
    @OptionGroup var selection: CaseSelection
    func run() async throws { try await move(.retry, selection, options) }
  }

  struct Confirm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Says that the mail arrived; the ledger tells that an operator said so.")
    @OptionGroup var options: ConfigOptions
    @OptionGroup var selection: CaseSelection
    func run() async throws { try await move(.confirm, selection, options) }
  }

  struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Closes cases for good; their purge is due at once.")
    @OptionGroup var options: ConfigOptions
    @OptionGroup var selection: CaseSelection
    func run() async throws { try await move(.cancel, selection, options) }
  }

  struct Redeliver: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Sends the same document to another address of the leaver.",
      discussion: """
        The address is read from the terminal, or from standard input, never from the command line. The mail is a new \
        one, with its own Message-ID and receipt; the ledger gets a second `sent` entry.
        """)
    @OptionGroup var options: ConfigOptions
    @Argument(help: "The case number.") var number: String
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      _ = try caseID(number)
      let address = try Terminal.ask("Address to send the reference to")
      try show(try await ActDispatch.carryOut(.redeliver(number, to: address), options), json: json)
    }
  }
}

/// Which cases a command means.
struct CaseSelection: ParsableArguments {
  @Argument(help: "The case number.") var number: String?
  @Flag(help: "All cases for which it makes sense.") var all = false
  @Option(help: "With --all: only cases at this stage.") var stage: Stage?
  @Option(help: "With --all: only cases with this hold reason or class of outcome.") var why: String?
  @Flag(help: "Print one JSON document.") var json = false

  func validate() throws {
    guard (number != nil) != all else { throw ValidationError("Give a case number, or --all.") }
    guard all || (stage == nil && why == nil) else { throw ValidationError("--stage and --why go with --all.") }
    if let number, CaseID(number) == nil { throw ValidationError(malformedCaseNumber) }
  }
}

extension Stage: ExpressibleByArgument {}

/// Carries out one act on the cases selected and says where they stand.
private func move(_ verb: Act.Verb, _ selection: CaseSelection, _ options: ConfigOptions) async throws {
  let cases = Selection(number: selection.number, stage: selection.stage, why: selection.why)
  try show(try await ActDispatch.carryOut(.move(verb, cases), options), json: selection.json)
}

/// Shows the cases that an act moved; exit code 1 if one of them would not.
func show(_ answer: ActAnswer, json: Bool) throws {
  if json {
    try Terminal.json(["cases": answer.rows])
  } else {
    if answer.rows.isEmpty { Terminal.say("No case fits.") }
    for row in answer.rows {
      if let stage = row.stage { Terminal.say("Case \(row.case): \(stage.rawValue).") }
      if let refused = row.refused { Terminal.say("Case \(row.case): \(refused)") }
    }
  }
  if answer.rows.contains(where: { $0.refused != nil }) { throw CommandFailure(.no) }
}

/// Reads a case number as typed.
func caseID(_ text: String) throws -> CaseID {
  guard let id = CaseID(text) else {
    throw CommandFailure(.usage, malformedCaseNumber)
  }
  return id
}

private let malformedCaseNumber =
  "That is not a case number: it has 22 letters, digits, - or _; see `refpassport queue list`."

/// `queue list --json`.
private struct QueueDocument: Encodable {
  var alarms: [AlarmDocument]
  var cases: [CaseDocument]
}

private struct AlarmDocument: Encodable {
  var kind: String
  var since: String
  var detail: String

  init(_ alarm: Alarm) {
    kind = alarm.kind.rawValue
    since = alarm.since.iso8601
    detail = alarm.detail
  }
}
