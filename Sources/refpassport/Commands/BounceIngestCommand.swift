import ArgumentParser
import Delivery
import Foundation
import Mail

extension BounceCommand {
  /// One report from a mail system that pipes it in; the exit codes are those that mail systems know (sysexits.h).
  struct Ingest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "ingest",
      abstract: "Takes one message on standard input, for a pipe transport; beside the daemon too.",
      discussion: """
        The envelope recipient is read from ORIGINAL_RECIPIENT or RECIPIENT where the mail system sets them, else from the \
        message. Exit codes: 0 the message was taken, whatever it was; 65 it is longer than 1 MiB; 75 try again later; \
        78 the configuration is at fault.
        """)
    @OptionGroup var options: ConfigOptions
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
      guard let octets = try Self.message() else {
        Terminal.complain("The message is longer than \(ReceivedMessage.longest) octets: that is no report.")
        Glibc.exit(65)
      }
      let answer: ActAnswer
      do {
        answer = try await ActDispatch.carryOut(.ingest(message: octets, recipient: Self.recipient()), options)
      } catch {
        let failure = CommandFailure(error)
        Terminal.complain(failure.sentence)
        // Whatever is wrong with a setting will be put right, but not while the mail system waits.
        Glibc.exit(failure.exit == .usage ? 78 : 75)
      }
      let finding = answer.finding?.rawValue ?? "taken"
      if json { return try Terminal.json(["finding": finding]) }
      Terminal.say(finding)
    }

    /// Nil if it is too long.
    private static func message() throws -> Data? {
      var data = Data()
      while let piece = try FileHandle.standardInput.read(upToCount: 65_536), !piece.isEmpty {
        data += piece
        if data.count > ReceivedMessage.longest { return nil }
      }
      return data
    }

    /// What a mail system tells of the envelope, if it can be an address at all; never an argument, which others can see.
    private static func recipient() -> String? {
      let environment = ProcessInfo.processInfo.environment
      return ["ORIGINAL_RECIPIENT", "RECIPIENT"].lazy.compactMap { environment[$0] }
        .first { $0.utf8.count <= 320 && (try? Address(parsing: $0)) != nil }
    }
  }
}
