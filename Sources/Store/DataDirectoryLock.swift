import Glibc

/// The right to write to a data directory: held by one process, released by the kernel when it ends, however it ends.
package final class DataDirectoryLock: Sendable {
  private let descriptor: Descriptor

  /// Takes the data directory, made if it is missing, before anything is made in it: of two that begin at once, one does.
  ///
  /// - Throws: `StoreError.locked`; `databaseLost` or `restoreUnfinished` if a part of the directory is missing.
  package convenience init(dataDirectory: String) throws(StoreError) {
    let directory = DataDirectory(dataDirectory)
    try directory.create()
    try self.init(directory)
    try directory.checkWhole()
  }

  /// Takes the lock, or throws `locked` with the number of the process that has it.
  init(_ directory: DataDirectory) throws(StoreError) {
    descriptor = try Descriptor(directory.lock, flags: O_RDWR | O_CREAT | O_NOFOLLOW)
    guard flock(descriptor.number, LOCK_EX | LOCK_NB) == 0 else {
      guard errno == EWOULDBLOCK else { throw descriptor.failure("locking") }
      let text = String(decoding: try descriptor.read(16, at: 0), as: UTF8.self)
      throw .locked(pid: Int32(text.prefix { $0.isNumber }))
    }
    guard ftruncate(descriptor.number, 0) == 0 else { throw descriptor.failure("truncating") }
    try descriptor.write(Array("\(getpid())\n".utf8), at: 0)
  }
}
