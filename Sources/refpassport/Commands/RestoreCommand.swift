import ArgumentParser
import Audit
import Delivery
import Foundation
import Settings
import Store

/// `restore`: an appliance from its backup, standing still until a person has looked.
struct RestoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Brings the appliance back from a backup; nothing is mailed then without a person.",
    discussion: """
      The ledger goes on under a new name and key, from an entry that cites the last checkpoint that came back: nobody can \
      take it for the old one, and the officer is mailed its first checkpoint. Give --known the newest checkpoint that the \
      officer holds: the entry then tells how much was lost.

      Cases that would be mailed or wait for reports, and every new leaver, are held: nobody knows what was mailed, or \
      reported, after the backup was made. Look at the relay's log, release or cancel each (`refpassport queue list`), then \
      end it with --finish. Who had left by the day of the restore, and is seen only later, is held all the same.

      Cases whose keys are gone are closed as lost and purged. Put the key-encryption key back before, if cases were open.
      """)
  @OptionGroup var options: ConfigOptions
  @Argument(help: "The directory that `refpassport backup` wrote.", completion: .directory) var directory: String?
  @Option(help: "The newest checkpoint that anybody holds, as it was mailed.") var known: String?
  @Flag(help: "End the time after a restore: new leavers are no longer held for it.") var finish = false
  @Flag(help: "Print one JSON document.") var json = false

  func validate() throws {
    guard (directory == nil) == finish else {
      throw ValidationError("Give the directory of a backup, or --finish.")
    }
    guard !finish || known == nil else { throw ValidationError("--known goes with the directory of a backup.") }
  }

  func run() async throws {
    guard let directory else { return try await end() }
    let configuration = try options.load()
    let known = try known.map { try LedgerFiles.text($0) }
    let passphrase = try Passphrase.of(configuration, isNew: false)
    let document = try RestoreDocument(
      Recall(configuration).bring(directory, passphrase: passphrase, known: known) { done, size in
        if Terminal.isInteractive { Terminal.redraw("\(done * 100 / max(1, size)) % restored") }
      })
    if Terminal.isInteractive { Terminal.redraw("") }
    if json { return try Terminal.json(document) }
    for line in document.lines { Terminal.say(line) }
  }

  private func end() async throws {
    let ended = try await ActDispatch.carryOut(.endRestore, options).ended ?? false
    if json { try Terminal.json(["finished": ended]) }
    guard ended else { throw CommandFailure(.no, json ? "" : "There is no restore to end.") }
    if !json { Terminal.say("New leavers are mailed again. Cases that are held stay so until each is released.") }
  }
}

/// What `restore` tells.
private struct RestoreDocument: Encodable {
  var from: String
  var ledger: String
  var vkey: String
  /// Entries that came back.
  var entries: Int
  /// How many the old ledger is known to have had; absent if nobody could say.
  var known: Int?
  var held: Int
  var lost: Int
  var left: Int

  init(_ recall: Recall.Result) {
    from = recall.succession.checkpoint.origin
    ledger = recall.ledger.name
    vkey = recall.ledger.vkey
    entries = recall.succession.checkpoint.size
    known = recall.succession.known
    (held, lost, left) = (recall.cases.held, recall.cases.lost, recall.cases.left)
  }

  var lines: [String] {
    let missing =
      known.map { $0 > entries ? "\($0 - entries) later entries are lost" : "the checkpoint you gave is of just these" }
      ?? "how many came after them is not known"
    return [
      "\(entries) entries of \(from) came back; \(missing).",
      "The ledger goes on as \(ledger); its verifier key: \(vkey)",
      "Cases: \(held) held for a person, \(lost) closed as lost, \(left) go on as they were.",
      "Until `refpassport restore --finish` every new leaver is held too.",
    ]
  }
}
