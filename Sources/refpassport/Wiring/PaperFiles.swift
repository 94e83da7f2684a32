import Foundation
import Glibc
import Reference

/// The two files of a paper: written beside, with mode 0600, and renamed, so that nobody sees half of one.
enum PaperFiles {
  /// Writes `NAME.pdf` and `NAME.json` into a directory, which is made if it is missing; returns their paths.
  static func write(_ papers: PaperIssuer.Papers, name: String, to directory: String) throws -> [String] {
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw CommandFailure(.outside, "\(directory) cannot be made: does its parent exist, and may you write there?")
    }
    return try [("pdf", papers.pdf), ("json", papers.json)].map { ending, bytes in
      let path = "\(directory == "/" ? "" : directory)/\(name).\(ending)"
      guard replace(path, with: bytes) else {
        throw CommandFailure(.outside, "\(path) cannot be written: is there room, and may you write there?")
      }
      return path
    }
  }

  private static func replace(_ path: String, with bytes: [UInt8]) -> Bool {
    let fresh = "\(path).new-\(getpid())"
    unlink(fresh)
    let descriptor = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return false }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      rest = rest.dropFirst(count)
    }
    let whole = rest.isEmpty && fsync(descriptor) == 0
    guard close(descriptor) == 0, whole, rename(fresh, path) == 0 else {
      unlink(fresh)
      return false
    }
    return true
  }
}
