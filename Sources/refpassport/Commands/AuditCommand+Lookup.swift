import ArgumentParser
import Delivery

extension AuditCommand {
  /// `audit lookup`: what is still held on a person.
  struct Lookup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tells whether anything is still held on a person, by their address.",
      discussion: """
        The address is read from the terminal, or from standard input, never from the command line, and is not stored: \
        entries bear a keyed tag of it. The keys are one a quarter, and are destroyed `audit.lookup_retention` after its \
        end; then nobody can tell any more whom those entries were about. That somebody asked is an entry.
        """)
    @OptionGroup var options: ConfigOptions
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      let address = try Terminal.ask("Address to look for")
      guard let found = try await ActDispatch.carryOut(.lookup(address), options).lookup else {
        throw CommandFailure(.outside, "The daemon gave no answer.")
      }
      if json { return try Terminal.json(found) }
      Terminal.say(Self.text(found))
    }

    static func text(_ found: LookupAnswer) -> String {
      guard let oldest = found.quarters.first else {
        return "No lookup key is kept, so nobody can tell. See `audit.lookup_retention`."
      }
      let reach = "Searched back to \(oldest); the keys of earlier quarters are destroyed, if there were any."
      guard !found.cases.isEmpty else { return "Nothing is held on this address, nor was since then.\n\(reach)" }
      var table = TextTable("CASE", "STAGE", "ENTRIES", "PERSONAL DATA")
      for find in found.cases {
        let indices = find.mentions.map { "\($0.index) \($0.event)" }.joined(separator: ", ")
        let held = find.holdsPersonalData ? "held" : find.purge.map { "purged \($0.time), entry \($0.index)" } ?? "none"
        table.add(find.case, find.stage.rawValue, indices, held)
      }
      let proof =
        found.cases.contains { $0.purge != nil }
        ? "\n`refpassport audit prove CASE --event purge` gives the receipt of a purge." : ""
      return "\(table.text)\n\(reach)\(proof)"
    }
  }
}
