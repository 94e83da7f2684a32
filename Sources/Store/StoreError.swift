package import Delivery

/// Why the store does not open or cannot go on, named for what the operator does next; holds nothing personal.
package enum StoreError: Error, Sendable, Hashable {
  /// Another process owns the data directory: stop it, or talk to it through its control socket.
  case locked(pid: Int32?)
  /// The data directory or a file in it cannot be used. `operation` is a fixed text, `code` is errno.
  case unusable(file: String, operation: String, code: Int32)
  /// SQLite does not keep a setting that deletion or durability rests on.
  case unsafeSetting(name: String, expected: String, found: String)
  /// The key-encryption key is not the one that this data directory was made with.
  case wrongKEK
  /// `keys.slots` is not a slot file of this appliance.
  case slotFileDamaged(reason: String)
  /// The ledger was altered outside of the appliance: do not run, take the last backup and ask who had access.
  /// `index` is the first entry that is wrong, if one can be named.
  case ledgerDamaged(index: Int?, reason: String)
  /// The data directory belongs to a ledger of another origin or key.
  case otherLedger(expected: String, found: String)
  /// A row holds a value that this version does not know.
  case unreadableRow(table: String)
  /// The database has not all tables of this version: it is just being made, or only an earlier version ran on it.
  case olderVersion
  /// A later version of the program has changed the tables; what it keeps there is not known to this one.
  case laterVersion
  /// The store was opened for reading only.
  case readOnly
  /// The key slots are there and the database is not, or is empty: restore a backup, or give the directory up.
  case databaseLost
  /// A backup was being brought back when the power went: run that again.
  case restoreUnfinished
  /// There is an appliance in the data directory already; a backup takes no other's place.
  case inhabited(file: String)
  /// What came back is not what it should be.
  case unusableBackup(reason: String)
  /// There is no entry of this kind for the case.
  case noSuchEntry(CaseID)
}

extension StoreError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .locked(let pid?): "data_dir is in use by process \(pid)"
    case .locked(nil): "data_dir is in use by another process"
    case .unusable(let file, let operation, let code): "\(operation) \(file) failed (errno \(code))"
    case .unsafeSetting(let name, let expected, let found):
      "SQLite does not keep \(name) = \(expected) (it says \(found)); refusing to store personal data on it"
    case .wrongKEK: "keys.kek_file is not the key that data_dir was made with"
    case .slotFileDamaged(let reason): "keys.slots is damaged: \(reason)"
    case .ledgerDamaged(let index?, let reason): "the audit ledger was altered at entry \(index): \(reason)"
    case .ledgerDamaged(nil, let reason): "the audit ledger was altered: \(reason)"
    case .otherLedger(let expected, let found):
      "data_dir holds the ledger \(found), configured is \(expected)"
    case .unreadableRow(let table): "the table \(table) holds a value that this version does not know"
    case .olderVersion: "refpassport.db has not all tables of this version yet"
    case .laterVersion: "refpassport.db belongs to a later version of this program"
    case .readOnly: "the store was opened for reading only"
    case .databaseLost: "refpassport.db is missing in data_dir, or empty, though this appliance has run before"
    case .restoreUnfinished: "a restore was cut off before data_dir was whole"
    case .inhabited(let file): "data_dir holds an appliance already (\(file))"
    case .unusableBackup(let reason): "the backup cannot be used: \(reason)"
    case .noSuchEntry(let id): "the ledger holds no such entry for the case \(id)"
    }
  }
}
