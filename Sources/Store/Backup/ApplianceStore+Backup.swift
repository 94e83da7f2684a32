package import Cryptography
import Delivery
import Foundation
import GRDB
import GRDBSQLite
import Glibc

/// What a backup holds, for those who made it.
package struct BackupSummary: Sendable, Hashable {
  /// Entries of the ledger that the newest checkpoint in it signs.
  package var entries: Int
  /// Cases whose sealed parts are in it.
  package var openCases: Int
  /// The length of the file.
  package var bytes: Int
}

extension ApplianceStore {
  /// The name of a backup in its directory, and of the database in it.
  package static let backupName = "refpassport.backup"
  static let databaseItem = "refpassport.db"

  /// Writes a backup into a directory, in the place of one that is there: the database as it stands, with sealed cases
  /// still sealed, and the files of keys that are given. Never the slots, nor the key-encryption key, nor a lookup key: a
  /// case that is purged afterwards cannot be read from it, whoever has the passphrase.
  ///
  /// Works beside a running owner; nothing of it is ever on the disk in clear.
  ///
  /// - Parameters:
  ///   - keys: paths below `keys/`, and contents.
  ///   - directory: must be there.
  package func backUp(
    keys: [(path: String, bytes: SecretKey)], to directory: String, passphrase: SecretKey
  ) throws -> BackupSummary {
    let image = try BackupImage(of: self)
    let fresh = "\(directory)/\(Self.backupName).new"
    unlink(fresh)
    do {
      let descriptor = try Descriptor(fresh, flags: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW)
      let writer = try BackupArchive.Writer(descriptor, passphrase: passphrase)
      for (path, bytes) in keys { try bytes.withBytes { try writer.add("keys/\(path)", $0) } }
      try writer.add(Self.databaseItem, image.bytes)
      try writer.finish()
      guard rename(fresh, "\(directory)/\(Self.backupName)") == 0 else {
        throw StoreError.unusable(file: Self.backupName, operation: "writing", code: errno)
      }
      try DataDirectory(directory).synchronise()
      return BackupSummary(entries: image.entries, openCases: image.openCases, bytes: try descriptor.size())
    } catch {
      unlink(fresh)
      throw error
    }
  }
}

/// A copy of the database in memory, as a file would hold it, without what no backup may hold. It takes twice the length of
/// the database while it is made (1,000,000 entries: some 350 MB), in the process that makes the backup.
private final class BackupImage {
  let bytes: UnsafeRawBufferPointer
  let entries: Int
  let openCases: Int

  init(of store: ApplianceStore) throws {
    // A page at a time would begin anew with every commit of the owner.
    let copy = try DatabaseQueue()
    try store.queue.backup(to: copy)
    (bytes, entries, openCases) = try copy.inDatabase { database in
      try database.execute(sql: "PRAGMA temp_store = MEMORY")
      try database.execute(sql: "PRAGMA secure_delete = ON")
      try database.execute(sql: "UPDATE purgeRecord SET slot = x''")
      let open: Int = try database.first("SELECT count(DISTINCT caseID) AS number FROM sealed")?["number"] ?? 0
      let signed: Int = try database.first("SELECT max(size) AS size FROM checkpoint")?["size"] ?? 0
      var size: sqlite3_int64 = 0
      guard let image = sqlite3_serialize(database.sqliteConnection, "main", &size, 0) else {
        throw StoreError.unusable(file: "refpassport.db", operation: "copying", code: ENOMEM)
      }
      return (UnsafeRawBufferPointer(start: image, count: Int(size)), signed, open)
    }
    try copy.close()
  }

  deinit { sqlite3_free(UnsafeMutableRawPointer(mutating: bytes.baseAddress)) }
}
