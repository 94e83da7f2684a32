import Glibc

/// The right to write to a data directory: held by one process, released by the kernel when it ends, however it ends.
final class DataDirectoryLock: Sendable {
  private let descriptor: Descriptor

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
