package import Audit
package import Cryptography
import Delivery
import Foundation
import GRDB
import Glibc
package import Logging
package import Mail

/// Brings an appliance back from a backup.
///
/// Everything happens in a directory of its own below `data_dir` first: the backup is read to its end, its ledger is
/// recomputed, and goes on under a new name and key with an entry that cites the head that came back. Then key files and
/// database are renamed into their place. A crash before that leaves a directory that refuses to run until the restore is
/// run again. Until then no key is lost: slots that the backup does not know are shredded at the first start, not here.
package final class Restoration {
  private let directory: DataDirectory
  private let staged: DataDirectory
  private let lock: DataDirectoryLock
  /// Where the new set of key files is to be written, as a directory.
  package var keys: String { staged.path + "/keys" }

  /// Takes the data directory, which must hold no database; what a restore that was cut off has left is removed.
  package init(dataDirectory: String) throws {
    directory = DataDirectory(dataDirectory)
    try directory.create()
    lock = try DataDirectoryLock(directory)
    for file in [directory.database, directory.database + "-wal", directory.database + "-shm"]
    where access(file, F_OK) == 0 {
      throw StoreError.inhabited(file: file.split(separator: "/").last.map(String.init) ?? file)
    }
    staged = DataDirectory(directory.restoration, slots: directory.slots)
    try putKeysBack()
    try Self.clear(directory)
    try staged.create()
    try directory.synchronise()
  }

  /// Gives up: the data directory is as it was before, without a database.
  package func abandon() {
    do {
      try putKeysBack()
      try Self.clear(directory)
    } catch {
      // What is left is cleared by the next try; until then nothing runs on it.
    }
  }

  /// As long as the database is not in its place, the keys that were replaced are the ones that count.
  private func putKeysBack() throws {
    let replaced = staged.path + "/keys.old"
    guard access(directory.database, F_OK) != 0, access(replaced, F_OK) == 0 else { return }
    let current = directory.path + "/keys"
    if access(current, F_OK) == 0 { try move(current, to: staged.path + "/keys.taken") }
    try move(replaced, to: current)
    try directory.synchronise()
  }

  /// Reads the backup to its end; returns the files of keys in it, by their path below `keys/`.
  ///
  /// - Parameters:
  ///   - source: the directory that `backUp` wrote.
  ///   - progress: told how many bytes of the database are done, of how many.
  package func unpack(
    _ source: String, passphrase: SecretKey, progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> [String: SecretKey] {
    let reader = try BackupArchive.Reader(
      Descriptor("\(source)/\(ApplianceStore.backupName)", flags: O_RDONLY), passphrase: passphrase)
    let database = try Descriptor(staged.database, flags: O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW)
    var files: [String: SecretKey] = [:]
    var done = 0
    try reader.read { name, size, piece in
      switch name {
      case ApplianceStore.databaseItem:
        try database.write(Array(piece), at: done)
        done += piece.count
        progress(done, size)
      case let name where name.hasPrefix("keys/") && size == piece.count && size <= 1 << 16 && files.count < 32:
        files[String(name.dropFirst(5))] = SecretKey(Array(piece))
      default:
        throw BackupArchive.Failure.foreign
      }
    }
    guard done > 0, !files.isEmpty else { throw BackupArchive.Failure.foreign }
    try database.synchronise()
    return files
  }

  /// Opens what came back, still in its own place: its ledger goes on as that of `signer`, from an entry that cites the old
  /// one. New leavers are held from now on.
  ///
  /// - Parameters:
  ///   - known: the newest checkpoint of the old ledger that anybody holds, a signed note; tells how much was lost.
  /// - Throws: `StoreError.unusableBackup` if that checkpoint is of another ledger.
  package func open(
    kek: SecretKey, signer: Ed25519.PrivateKey, origin: String, lookupRetention: Int64, known: String?,
    logger: Logger, at now: Timestamp
  ) throws -> (store: ApplianceStore, succession: Succession) {
    let queue = try ApplianceStore.openDatabase(in: staged)
    let (head, old) = try queue.read { database in
      guard
        let vkey = try database.first("SELECT value FROM meta WHERE key = 'ledger'")?["value"] as String?,
        let verifier = try? NoteVerifier(vkey: vkey)
      else { throw StoreError.unusableBackup(reason: "it holds no ledger") }
      return (try LedgerInspection(verifier: verifier).run(in: database), verifier)
    }
    let succession = Succession(
      from: try Checkpoint(origin: old.name, size: head.frontier.size, root: head.frontier.root),
      known: try known.flatMap { try Self.known($0, by: old, in: queue, size: head.frontier.size) })
    let slots = try SlotFile(
      staged, kek: kek, claimed: queue.read { try ApplianceStore.claimedSlots(in: $0) }, restoring: true)
    let lookupKeys = LookupKeys(slots, retention: lookupRetention)
    let signer = try NoteSigner(name: origin, key: signer)
    let book = LedgerBook(head: head, signer: signer, keys: lookupKeys, queue: queue)
    try book.transaction { database, head in
      // What is to be told, and what was told, belongs to the time that is lost.
      for table in ["notice", "alarm", "handover", "look", "probe", "scan", "timestampFailure"] {
        try database.run("DELETE FROM \(table)")
      }
      try database.run("UPDATE meta SET value = ? WHERE key = 'ledger'", [signer.verifier.vkey])
      try database.run(
        "INSERT OR REPLACE INTO meta (key, value) VALUES ('restored', ?)", [String(now.seconds)])
      try database.run("DELETE FROM meta WHERE key IN ('restorePolled', 'restoreEnded')")
      try book.append([EntryDraft(.restore, succession.fields)], to: &head, at: now, in: database)
      for epoch in try lookupKeys.lost(in: database) {
        try database.run("DELETE FROM epoch WHERE quarter = ?", [epoch.description])
        let draft = EntryDraft(.epochDestroyed, ["epoch": .string(epoch.description), "why": "lost"])
        try book.append([draft], to: &head, at: now, in: database)
      }
      _ = try book.checkpoint(of: head, at: now, in: database)
    }
    let store = ApplianceStore(
      directory: staged, queue: queue, owner: ApplianceStore.Owner(lock: lock, slots: slots, book: book),
      logger: logger,
      extraRoots: [], vocabulary: [])
    return (store, succession)
  }

  /// Puts everything into its place. The store of `open` must not be used afterwards.
  package func commit(_ store: ApplianceStore) throws { try commit(store) { _ in } }

  /// The files that are put into their place, in this order.
  enum Move: CaseIterable { case keys, database }

  /// - Parameter after: called after each move; what it throws ends the restore there, as a crash would.
  func commit(_ store: ApplianceStore, after: (Move) throws -> Void) throws {
    try store.queue.close()
    guard access(staged.database + "-wal", F_OK) != 0 else {
      throw StoreError.unusable(file: "refpassport.db-wal", operation: "emptying", code: EBUSY)
    }
    try staged.synchronise()
    let current = directory.path + "/keys"
    if access(current, F_OK) == 0 { try move(current, to: staged.path + "/keys.old") }
    try move(keys, to: current)
    try after(.keys)
    try move(staged.database, to: directory.database)
    try directory.synchronise()
    try after(.database)
    try Self.clear(directory)
  }

  private func move(_ source: String, to target: String) throws {
    guard rename(source, target) == 0 else {
      throw StoreError.unusable(file: "data_dir", operation: "putting the restored files into", code: errno)
    }
  }

  /// The size that a kept checkpoint tells of, if that is no less than what came back: an older one tells nothing of it.
  private static func known(
    _ note: String, by verifier: NoteVerifier, in queue: DatabaseQueue, size: Int
  ) throws -> Int? {
    guard let checkpoint = try? verifier.checkpoint(in: SignedNote(parsing: note)) else {
      throw StoreError.unusableBackup(reason: "the kept checkpoint is not one of its ledger")
    }
    guard checkpoint.size <= size else { return checkpoint.size }
    let root = try queue.read { try LedgerTree(database: $0).root(size: checkpoint.size) }
    guard root == checkpoint.root else {
      throw StoreError.unusableBackup(reason: "its ledger is not the one that the kept checkpoint signs")
    }
    return checkpoint.size == size ? size : nil
  }

  /// Removes what a restore has left: old keys are overwritten first.
  static func clear(_ directory: DataDirectory) throws {
    let path = directory.restoration
    guard access(path, F_OK) == 0 else { return }
    for file in ScanRoot(path: path, kind: .own).files().files {
      let descriptor = try Descriptor(file.path, flags: O_WRONLY | O_NOFOLLOW)
      // The ciphertext of a database needs no overwriting; a key does.
      if file.size <= 1 << 16 {
        try descriptor.write([UInt8](repeating: 0, count: file.size), at: 0)
        try descriptor.synchronise()
      }
    }
    do { try FileManager.default.removeItem(atPath: path) } catch {
      throw StoreError.unusable(file: "restore.partial", operation: "removing", code: EIO)
    }
    try directory.synchronise()
  }
}
