import Glibc

/// A directory to scan.
struct ScanRoot: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    /// `data_dir`: every file, whoever made it.
    case own
    /// A directory shared with other programs (temporary files, logs): only files of our user that were modified at or
    /// after so many seconds since 1970, up to `largest` bytes each.
    case shared(since: Int64)
    /// A file or directory that somebody names, such as a backup: every file, whoever made it, but not below `besides`,
    /// which is `data_dir`.
    case pointed(besides: String)
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
    if case .pointed = kind, let file = itself { return ([file], 0) }
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
        case S_IFDIR where enters(name, status): pending.append(name)
        case S_IFREG where takes(status):
          files.append(File(path: "\(path)/\(name)", name: name, size: Int(status.st_size)))
        case S_IFREG where isTooLarge(status): unreadable += 1
        default: break
        }
      }
    }
    return (files.sorted { $0.name < $1.name }, unreadable)
  }

  /// True if everything below is to be looked at, so that a file that cannot be read is a finding, and so are words
  /// that others use too, such as a job title.
  var isWhole: Bool {
    if case .shared = kind { false } else { true }
  }

  /// How a finding names a file.
  func shown(_ file: File) -> String {
    if case .pointed = kind { file.path } else { file.name }
  }

  /// The root, if it is a file.
  private var itself: File? {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return File(path: path, name: "", size: Int(status.st_size))
  }

  private func enters(_ name: String, _ status: stat) -> Bool {
    switch kind {
    case .own: true
    case .shared: status.st_uid == geteuid()
    case .pointed(let besides): "\(path)/\(name)" != besides
    }
  }

  private func takes(_ status: stat) -> Bool { concerns(status) && !isTooLarge(status) }

  private func isTooLarge(_ status: stat) -> Bool {
    if case .shared = kind { concerns(status) && Int(status.st_size) > Self.largest } else { false }
  }

  private func concerns(_ status: stat) -> Bool {
    switch kind {
    case .own, .pointed: true
    case .shared(let since): status.st_uid == geteuid() && Int64(status.st_mtim.tv_sec) >= since
    }
  }
}
