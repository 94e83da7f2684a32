import ArgumentParser
import Delivery
import Mail
import Store

/// `queue`: the open cases, and what a person may do to one.
struct QueueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue", abstract: "Shows the cases under way; holds, releases, confirms or cancels one.",
    subcommands: [List.self, Show.self, Hold.self, Release.self, Confirm.self, Cancel.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists cases: number, stage, attempts, what is due.")
    @OptionGroup var options: ConfigOptions
    @Flag(help: "Also list cases already purged.") var all = false
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      let reader = try Wiring.reader(options)
      let cases = try reader.cases(at: all ? Set(Stage.allCases) : Set(Stage.allCases).subtracting([.purged]))
      if json { return try Terminal.json(["cases": cases.map { CaseDocument($0) }]) }
      guard !cases.isEmpty else { return Terminal.say("No open cases.") }
      var table = TextTable("CASE", "STAGE", "SINCE", "ATTEMPTS", "NEXT", "WHY")
      for row in cases {
        let document = CaseDocument(row)
        table.add(
          document.case, document.stage, document.since, String(document.attempts), document.next ?? "-",
          document.why ?? "-")
      }
      Terminal.say(table.text)
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows one case with its attempts.")
    @OptionGroup var options: ConfigOptions
    @Argument(help: "The case number.") var number: String
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      let reader = try Wiring.reader(options)
      let id = try caseID(number)
      guard let row = try reader.find(id) else { throw CaseStoreError.notFound(id) }
      let document = CaseDocument(row, attempts: try reader.attempts(of: id))
      if json { return try Terminal.json(document) }
      Terminal.say("Case \(document.case): \(document.stage) since \(document.since), opened \(document.opened)")
      if let hold = row.hold { Terminal.say("Held: \(hold.reason.explanation). Goes on at: \(hold.resume.rawValue).") }
      if let next = document.next { Terminal.say("Next step due: \(next)") }
      var table = TextTable("ATTEMPT", "STARTED", "INTENT", "ENDED", "VERDICT", "CLASS", "CODE")
      for attempt in document.history ?? [] {
        table.add(
          String(attempt.number), attempt.started, attempt.intent ?? "-", attempt.finished ?? "-",
          attempt.verdict ?? "-", attempt.class ?? "-", attempt.code.map(String.init) ?? "-")
      }
      if !table.isEmpty { Terminal.say(table.text) }
    }
  }

  struct Hold: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Keeps a case from going on until it is released.")
    @OptionGroup var options: ConfigOptions
    @Argument(help: "The case number.") var number: String
    func run() async throws {
      try await act(on: number, options) { desk, id, now in try desk.hold(id, at: now) }
    }
  }

  struct Release: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lets a held case go on; if its facts were wrong, the person is read again in Bob first.")
    @OptionGroup var options: ConfigOptions
    @Argument(help: "The case number.") var number: String
    func run() async throws {
      let wiring = try await Wiring(options)
      let after = try await wiring.desk.release(try caseID(number), from: wiring.watcher, at: wiring.clock.now())
      try wiring.finish()
      Terminal.say("Case \(after.id) goes on at: \(after.stage.rawValue).")
    }
  }

  struct Confirm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Says that the mail arrived; the ledger tells that an operator said so.")
    @OptionGroup var options: ConfigOptions
    @Argument(help: "The case number.") var number: String
    func run() async throws {
      try await act(on: number, options) { desk, id, now in try desk.confirm(id, at: now) }
    }
  }

  struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Closes a case for good; its purge is due at once.")
    @OptionGroup var options: ConfigOptions
    @Argument(help: "The case number.") var number: String
    func run() async throws {
      try await act(on: number, options) { desk, id, now in try desk.cancel(id, at: now) }
    }
  }
}

/// Carries out one act of an operator and says where the case stands.
private func act(
  on number: String, _ options: ConfigOptions, _ body: (CaseDesk, CaseID, Timestamp) throws -> Case
) async throws {
  let wiring = try await Wiring(options)
  let after = try body(wiring.desk, try caseID(number), wiring.clock.now())
  try wiring.finish()
  Terminal.say("Case \(after.id): \(after.stage.rawValue).")
}

/// Reads a case number as typed.
func caseID(_ text: String) throws -> CaseID {
  guard let id = CaseID(text) else {
    throw CommandFailure(
      .usage, "That is not a case number: it has 22 letters, digits, - or _; see `refpassport queue list`.")
  }
  return id
}
