import ArgumentParser
import Audit
import Mail

/// `bounce`: reports of failed and of successful delivery.
struct BounceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bounce", abstract: "Reads reports of failed and of successful delivery.",
    subcommands: [Parse.self, Ingest.self])

  struct Parse: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tells what reports say, of any mail system; nothing is stored and no case moves.",
      discussion: """
        A PATH is a file with one message, an mbox, a directory of either, or - for standard input. For each recipient of \
        a report: what was done (failed, delayed, delivered, relayed, expanded), the status, what follows for the address \
        (hard: it is dead; soft: this delivery failed; delayed; delivered), and why. A message that is no report has no \
        recipients.
        """)

    @Argument(help: "Files, mboxes, directories, or - for standard input.") var paths: [String]
    @Flag(help: "Print one JSON object a line, one for each message.") var jsonLines = false
    @Flag(help: "Print one JSON document.") var json = false

    func validate() throws {
      guard !(json && jsonLines) else { throw ValidationError("Choose --json or --json-lines.") }
      guard !paths.isEmpty else { throw ValidationError("Name a file, a directory, or - for standard input.") }
    }

    func run() throws {
      var list = ReportList(format: jsonLines ? .lines : json ? .document : .table)
      var unread = 0
      for found in try MailFiles(paths) {
        switch found {
        case .message(let name, let octets): try list.add(Report(reading: octets), of: name)
        case .unreadable(let name, let cause):
          Terminal.complain("\(name): cannot be read: \(cause).")
          unread += 1
        }
      }
      try list.end()
      guard unread == 0 else {
        throw CommandFailure(.usage, "\(unread) files could not be read; the others are above.")
      }
    }
  }
}
