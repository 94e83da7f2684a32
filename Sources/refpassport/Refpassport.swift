import ArgumentParser
import Glibc

/// The command line. Exit codes are contract: 0 ok, 1 the answer is "no" or "invalid", 2 usage or configuration, 3 an
/// outside system failed.
@main
struct Refpassport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refpassport",
    abstract: "Writes, mails, confirms and forgets employment references when people leave.",
    discussion: """
      Notices leavers in HiBob, writes a tamper-evident reference, mails it through your own SMTP relay, makes sure that \
      it arrived, destroys everything personal, and keeps a hashed ledger that a stranger can check.

      Try it on embedded stand-ins: refpassport demo
      Exit codes: 0 ok, 1 the answer is no or invalid, 2 usage or configuration, 3 an outside system failed.
      """,
    version: "0.1.0",
    subcommands: [
      DemoCommand.self, SandboxCommand.self, RunCommand.self, CheckCommand.self, LeaversCommand.self,
      QueueCommand.self, PurgeCommand.self, AuditCommand.self, ReferenceCommand.self, KeysCommand.self,
      RetryPolicyCommand.self, BounceCommand.self, BackupCommand.self, RestoreCommand.self, SendTestCommand.self,
      DrawCommand.self,
    ])

  static func main() async {
    // A peer that closes early must be an error of one write, not the end of the process; and no core file may hold memory.
    signal(SIGPIPE, SIG_IGN)
    ProcessHygiene.apply()
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let failure as CommandFailure {
      if !failure.sentence.isEmpty { Terminal.complain(failure.sentence) }
      Glibc.exit(failure.exit.rawValue)
    } catch {
      let code = exitCode(for: error)
      let text = fullMessage(for: error)
      if code.isSuccess {
        Terminal.say(text)
        Glibc.exit(Exit.ok.rawValue)
      }
      Terminal.complain(code == .validationFailure ? text : CommandFailure(error).sentence)
      Glibc.exit(code == .validationFailure ? Exit.usage.rawValue : CommandFailure(error).exit.rawValue)
    }
  }
}
