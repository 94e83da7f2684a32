import Glibc

/// One open file descriptor, closed when it is dropped; its errors name the file and what was tried.
final class Descriptor: Sendable {
  let number: Int32
  /// The file's name for messages, without its directory.
  let name: String

  /// Opens `path`; `flags` as for open(2), `O_CLOEXEC` is always added, new files get mode 0600.
  init(_ path: String, flags: Int32) throws(StoreError) {
    name = path.split(separator: "/").last.map(String.init) ?? path
    number = Glibc.open(path, flags | O_CLOEXEC, 0o600)
    guard number >= 0 else { throw .unusable(file: name, operation: "opening", code: errno) }
  }

  deinit { close(number) }

  /// The length of the file in bytes.
  func size() throws(StoreError) -> Int {
    var status = stat()
    guard fstat(number, &status) == 0 else { throw failure("measuring") }
    return Int(status.st_size)
  }

  /// Writes all of `bytes` at `offset`.
  func write(_ bytes: [UInt8], at offset: Int) throws(StoreError) {
    var done = 0
    while done < bytes.count {
      let written = bytes.withUnsafeBytes { buffer in
        pwrite(number, buffer.baseAddress?.advanced(by: done), bytes.count - done, off_t(offset + done))
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw failure("writing") }
      done += written
    }
  }

  /// Reads up to `count` bytes at `offset`; fewer at the end of the file.
  func read(_ count: Int, at offset: Int) throws(StoreError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let got = bytes.withUnsafeMutableBytes { buffer in
        pread(number, buffer.baseAddress?.advanced(by: done), count - done, off_t(offset + done))
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw failure("reading") }
      if got == 0 { break }
      done += got
    }
    bytes.removeLast(count - done)
    return bytes
  }

  /// Makes everything written so far durable.
  func synchronise() throws(StoreError) {
    guard fdatasync(number) == 0 else { throw failure("making durable") }
  }

  func failure(_ operation: String) -> StoreError { .unusable(file: name, operation: operation, code: errno) }
}
