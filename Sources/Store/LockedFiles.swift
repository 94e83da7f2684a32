import Glibc
import Synchronization

/// Descriptors of the files that SQLite holds locks on, kept open for good.
///
/// A scan reads the database while SQLite has it open. Closing any descriptor of a file drops every lock that the same
/// process holds on it (fcntl(2)), SQLite's included, and another process could then take the database for unused. So a
/// file that was opened beside SQLite is never closed again: two descriptors for each data directory.
enum LockedFiles {
  private struct Identity: Hashable {
    let device: UInt64
    let inode: UInt64
  }

  private static let kept = Mutex<[Identity: Descriptor]>([:])

  /// The one descriptor of this file.
  static func descriptor(_ path: String) throws(StoreError) -> Descriptor {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      throw .unusable(file: String(path.split(separator: "/").last ?? ""), operation: "finding", code: errno)
    }
    let identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    let result: Result<Descriptor, StoreError> = kept.withLock { kept in
      if let descriptor = kept[identity] { return .success(descriptor) }
      do throws(StoreError) {
        let descriptor = try Descriptor(path, flags: O_RDONLY | O_NOFOLLOW)
        kept[identity] = descriptor
        return .success(descriptor)
      } catch { return .failure(error) }
    }
    return try result.get()
  }
}
