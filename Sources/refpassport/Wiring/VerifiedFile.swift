import Foundation
import Reference

/// Reads the files that a verifier is given, which come from anybody.
enum VerifiedFile {
  private static let maximumSize = 32 << 20

  /// The bytes of what should be a reference.
  static func reference(_ path: String) throws -> [UInt8] {
    guard let bytes = try read(path) else {
      throw CommandFailure(.usage, "\(path) is larger than 32 MiB: no reference is.")
    }
    return bytes
  }

  /// The bytes of a paper; nil if it is something else.
  static func paper(_ path: String) throws -> [UInt8]? {
    guard let bytes = try read(path), PaperVerifier.recognises(Array(bytes.prefix(64))) else { return nil }
    return bytes
  }

  /// Nil if it is larger than anything that can be verified.
  private static func read(_ path: String) throws -> [UInt8]? {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw CommandFailure(.usage, "\(path) cannot be read: is it there, and may you read it?")
    }
    defer { try? handle.close() }
    let data = try handle.read(upToCount: maximumSize + 1) ?? Data()
    return data.count <= maximumSize ? [UInt8](data) : nil
  }
}
