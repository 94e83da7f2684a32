import Audit
package import Cryptography
import Delivery
import Foundation
import GRDB
package import Logging
import Mail
import Synchronization

/// The appliance's memory in one data directory: cases, ledger, departures and keys.
///
/// One object a process writes (`open`); beside it, commands that only look use `reader`.
package final class ApplianceStore: Sendable {
  let directory: DataDirectory
  let queue: DatabaseQueue
  /// Nil in a reader.
  let owner: Owner?
  let logger: Logger
  /// Other directories a purge looks into, such as those of temporary files and logs.
  let extraRoots: [String]
  /// Words of the organisation's own, such as its name, that are no trace of a leaver.
  let vocabulary: [String]
  /// Held during a purge.
  let purging = Mutex(())

  /// What only the owner of the directory has.
  struct Owner: Sendable {
    let lock: DataDirectoryLock
    let slots: SlotFile
    let book: LedgerBook
  }

  init(
    directory: DataDirectory, queue: DatabaseQueue, owner: Owner?, logger: Logger, extraRoots: [String],
    vocabulary: [String]
  ) {
    self.directory = directory
    self.queue = queue
    self.owner = owner
    self.logger = logger
    self.extraRoots = extraRoots
    self.vocabulary = vocabulary
  }

  /// Opens the data directory as its owner, beginning it if it is new; checks everything before it answers.
  ///
  /// - Parameters:
  ///   - lock: the right to the directory, if the caller has taken it; left out, it is taken.
  ///   - kek: the key-encryption key, 32 bytes.
  ///   - signer: signs the ledger's checkpoints.
  ///   - origin: the ledger's name, `<domain>/refpassport/<log id>`; a directory keeps its first one.
  ///   - extraRoots: directories besides `data_dir` that a purge scans: those of temporary files and logs.
  ///   - vocabulary: the organisation's own words (its name), which a scan must not take for a leaver's.
  ///   - lookupRetention: seconds after the end of a quarter at which its lookup key is destroyed; 0 makes no tags.
  /// - Throws: `StoreError`, each naming what the operator does next.
  package static func open(
    dataDirectory: String, lock: DataDirectoryLock? = nil, kek: SecretKey, signer: Ed25519.PrivateKey, origin: String,
    extraRoots: [String] = [], vocabulary: [String] = [], lookupRetention: Int64 = 0, logger: Logger? = nil
  ) throws -> ApplianceStore {
    let directory = DataDirectory(dataDirectory)
    let logger = logger ?? Logger(label: "store")
    let lock = try lock ?? DataDirectoryLock(dataDirectory: dataDirectory)
    try Restoration.clear(directory)
    let queue = try openDatabase(in: directory)
    let signer = try NoteSigner(name: origin, key: signer)
    let head = try queue.read { try LedgerInspection(verifier: signer.verifier).run(in: $0) }
    try queue.write { try pin(signer.verifier, in: $0) }
    let slots = try SlotFile(directory, kek: kek, claimed: queue.read { try claimedSlots(in: $0) })
    let keys = LookupKeys(slots, retention: lookupRetention)
    try directory.synchronise()
    return ApplianceStore(
      directory: directory, queue: queue,
      owner: Owner(lock: lock, slots: slots, book: LedgerBook(head: head, signer: signer, keys: keys, queue: queue)),
      logger: logger,
      extraRoots: extraRoots, vocabulary: vocabulary)
  }

  /// The database, made if it is missing, at the newest schema and with every setting asserted.
  static func openDatabase(in directory: DataDirectory) throws -> DatabaseQueue {
    try directory.createFiles()
    return try openDatabase(at: directory.database, isNew: !directory.hasKeys)
  }

  /// The database in a file that is there, brought to the newest schema; one of a later version is left as it is.
  ///
  /// - Parameter isNew: whether there may be no tables yet.
  static func openDatabase(at path: String, isNew: Bool) throws -> DatabaseQueue {
    let queue = try DatabaseQueue(path: path, configuration: configuration(readOnly: false))
    try queue.read { database in
      guard try isNew || Schema.isBegun(database) else { throw StoreError.databaseLost }
      try Schema.refuseLater(database)
    }
    try queue.writeWithoutTransaction { try SafetyPragmas.establish(in: $0) }
    try Schema.migrator.migrate(queue)
    return queue
  }

  /// Opens the data directory for reading only, also beside a running owner: rows, ledger and departures; sealed parts
  /// stay closed, and every write throws `readOnly`.
  ///
  /// - Throws: `StoreError.olderVersion` while an owner that has just started is still making the tables, or before the
  ///   first start of a new version; `laterVersion` if a newer program ran here; `databaseLost` if there are keys and no
  ///   tables.
  package static func reader(dataDirectory: String, logger: Logger? = nil) throws -> ApplianceStore {
    let directory = DataDirectory(dataDirectory)
    let queue = try DatabaseQueue(path: directory.database, configuration: configuration(readOnly: true))
    // Asked first: an owner that is just beginning makes them after the tables.
    let hasKeys = directory.hasKeys
    try queue.read { database in
      guard try Schema.isBegun(database) else { throw hasKeys ? StoreError.databaseLost : .olderVersion }
      try Schema.check(database)
    }
    return ApplianceStore(
      directory: directory, queue: queue, owner: nil, logger: logger ?? Logger(label: "store"),
      extraRoots: [],
      vocabulary: [])
  }

  /// Reads.
  ///
  /// The owner's one connection serves one caller at a time, so nothing comes between. GRDB's own `read` guards it with a
  /// pragma, at which SQLite compiles every statement anew: measured at a third of the time of a delivery.
  func look<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try owner == nil ? queue.read(body) : queue.unsafeRead(body)
  }

  /// The owner's means; throws `readOnly` in a reader.
  func owned() throws(StoreError) -> Owner {
    guard let owner else { throw .readOnly }
    return owner
  }

  /// The slots that a case or a quarter names as its own.
  static func claimedSlots(in database: Database) throws -> Set<Int> {
    Set(
      try database.all(#"SELECT slot FROM "case" WHERE slot IS NOT NULL UNION ALL SELECT slot FROM epoch"#).map {
        $0["slot"] as Int
      })
  }

  private static func configuration(readOnly: Bool) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = readOnly
    configuration.label = "store"
    // A reader's short transaction may be in the way of a checkpoint, never for long.
    configuration.busyMode = .timeout(5)
    return configuration
  }

  /// Remembers whose ledger this is, or throws `otherLedger` if it is somebody else's.
  private static func pin(_ verifier: NoteVerifier, in database: Database) throws {
    try database.run("INSERT OR IGNORE INTO meta (key, value) VALUES ('ledger', ?)", [verifier.vkey])
    let row = try database.first("SELECT value FROM meta WHERE key = 'ledger'")
    let found: String = row?["value"] ?? ""
    guard found == verifier.vkey else { throw StoreError.otherLedger(expected: verifier.vkey, found: found) }
  }
}
