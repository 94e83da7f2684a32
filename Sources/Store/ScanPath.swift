import Glibc

/// Why a named path is not searched.
package enum ScanPathFailure: Error, Sendable, Hashable {
  /// There is nothing, or it is not absolute.
  case missing(String)
  /// It is `data_dir`, or lies in it, which every scan covers.
  case own(String)
}

enum DirectoryPath {
  /// The path without symbolic links; nil if there is nothing.
  static func real(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
