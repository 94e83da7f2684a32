import Glibc

/// The one directory that holds everything the appliance keeps, readable by its owner only.
struct DataDirectory: Sendable {
  let path: String

  var database: String { path + "/refpassport.db" }
  let slots: String
  var lock: String { path + "/lock" }

  /// Where a backup is brought back, until it is whole.
  var restoration: String { path + "/restore.partial" }

  /// - Parameter slots: the path of the key slots; left out, in the directory.
  init(_ path: String, slots: String? = nil) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    self.slots = slots ?? self.path + "/keys.slots"
  }

  /// Refuses a directory of which a part is missing: beginning anew in it would be a second ledger beside the first.
  func checkWhole() throws(StoreError) {
    // The database is moved last: once it is in its place, only what is to be removed is left there.
    let staged = DataDirectory(restoration).database
    if access(restoration, F_OK) == 0, access(staged, F_OK) == 0 || access(database, F_OK) != 0 {
      throw .restoreUnfinished
    }
    if hasKeys, access(database, F_OK) != 0 { throw .databaseLost }
  }

  /// Whether there are key slots, which are made after the tables: without tables the database was lost.
  var hasKeys: Bool {
    var status = stat()
    return stat(slots, &status) == 0 && status.st_size > 0
  }

  /// Makes the directory if it is missing (mode 0700), and takes others' rights away if it has any.
  func create() throws(StoreError) {
    if mkdir(path, 0o700) != 0, errno != EEXIST { throw failure("creating") }
    guard chmod(path, 0o700) == 0 else { throw failure("protecting") }
  }

  /// Makes the files that are missing, all 0600.
  ///
  /// Only for the holder of the lock, before SQLite has the database open: closing any descriptor of a file
  /// drops the locks that SQLite holds on it in the same process (fcntl(2)).
  func createFiles() throws(StoreError) {
    // SQLite gives its -wal and -shm the mode of the database file: making that one first makes all three 0600.
    for file in [database, slots] {
      let descriptor = try Descriptor(file, flags: O_RDWR | O_CREAT | O_NOFOLLOW)
      guard fchmod(descriptor.number, 0o600) == 0 else { throw descriptor.failure("protecting") }
    }
    try synchronise()
  }

  /// Makes the directory's own list of files durable.
  func synchronise() throws(StoreError) {
    let descriptor = try Descriptor(path, flags: O_RDONLY | O_DIRECTORY)
    guard fsync(descriptor.number) == 0 else { throw descriptor.failure("making durable") }
  }

  private func failure(_ operation: String) -> StoreError {
    .unusable(file: "data_dir", operation: operation, code: errno)
  }
}
