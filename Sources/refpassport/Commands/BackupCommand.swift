import ArgumentParser
import Cryptography
import Foundation
import Settings
import Store

/// `backup`: everything that must outlive the machine, and nothing that would outlive a purge.
struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Writes an encrypted backup, also beside the running daemon.",
    discussion: """
      In it: the ledger, the marks of handled departures, the cases as they are sealed, and the keys that sign references. \
      Never the key slots, the key-encryption key or a lookup key: whoever is purged afterwards cannot be read from it. \
      Nor the ledger's own key: what comes back goes on under another. Configuration and mail templates are files of yours; \
      copy them with the rest of the machine.

      The passphrase is read from `backup.passphrase_file`, or asked for. Without it a backup opens no more.
      """)
  @OptionGroup var options: ConfigOptions
  @Argument(
    help: "The directory to write refpassport.backup into; one that is there is replaced.", completion: .directory)
  var directory: String
  @Flag(help: "Print one JSON document.") var json = false

  func run() async throws {
    let configuration = try options.load()
    let reader = try Wiring.reader(options)
    let keys = try ApplianceKeys.backupFiles(in: configuration.dataDirectory + "/keys")
    let passphrase = try Passphrase.of(configuration, isNew: true)
    do {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw CommandFailure(.outside, "\(directory) cannot be made: may you write there?")
    }
    let summary = try reader.backUp(keys: keys, to: directory, passphrase: passphrase)
    _ = try await ActDispatch.carryOut(.noteBackup(entries: summary.entries), options)
    let document = BackupDocument(
      file: "\(directory)/\(ApplianceStore.backupName)", entries: summary.entries, openCases: summary.openCases,
      bytes: summary.bytes)
    if json { return try Terminal.json(document) }
    Terminal.say(
      "\(document.file): \(document.entries) entries of the ledger and \(document.openCases) open cases, \(document.bytes) bytes."
    )
  }
}

private struct BackupDocument: Encodable {
  var file: String
  /// Entries of the ledger under its newest checkpoint.
  var entries: Int
  var openCases: Int
  var bytes: Int
}
