import Glibc

/// A directory to scan.
struct ScanRoot: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    /// `data_dir`: every file, whoever made it.
    case own
    /// A directory shared with other programs (temporary files, logs): only files of our user that were modified at or
    /// after so many seconds since 1970, up to `largest` bytes each.
    case shared(since: Int64)
  }
  static let largest = 256 << 20

  let path: String
  let kind: Kind

  /// A regular file below the root.
  struct File: Sendable, Hashable {
    let path: String
    /// The path below the root.
    let name: String
    let size: Int
  }

  /// The files to scan, by name, and how many could not be looked at.
  ///
  /// Symbolic links are not followed.
  func files() -> (files: [File], unreadable: Int) {
    var files: [File] = []
    var unreadable = 0
    var pending = [""]
    while let directory = pending.popLast() {
      guard let stream = opendir(directory.isEmpty ? path : "\(path)/\(directory)") else {
        // What went away while we looked is gone; all else might hide something.
        if errno != ENOENT { unreadable += 1 }
        continue
      }
      defer { closedir(stream) }
      while let item = readdir(stream) {
        let entry = withUnsafePointer(to: &item.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        guard entry != ".", entry != ".." else { continue }
        let name = directory.isEmpty ? entry : "\(directory)/\(entry)"
        var status = stat()
        guard lstat("\(path)/\(name)", &status) == 0 else {
          if errno != ENOENT { unreadable += 1 }
          continue
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: if kind == .own || status.st_uid == geteuid() { pending.append(name) }
        case S_IFREG where takes(status):
          files.append(File(path: "\(path)/\(name)", name: name, size: Int(status.st_size)))
        case S_IFREG where isTooLarge(status): unreadable += 1
        default: break
        }
      }
    }
    return (files.sorted { $0.name < $1.name }, unreadable)
  }

  private func takes(_ status: stat) -> Bool { concerns(status) && !isTooLarge(status) }

  private func isTooLarge(_ status: stat) -> Bool {
    kind != .own && concerns(status) && Int(status.st_size) > Self.largest
  }

  private func concerns(_ status: stat) -> Bool {
    switch kind {
    case .own: true
    case .shared(let since): status.st_uid == geteuid() && Int64(status.st_mtim.tv_sec) >= since
    }
  }
}
