import Foundation
import Glibc

/// The key-encryption key, which wraps the key of every case: 32 bytes, kept outside `data_dir` and outside backups.
package enum KEKFile {
  package static let length = 32

  /// Reads the key: 32 bytes as they are, or 64 hexadecimal digits, or base64, the last two with a newline or without.
  package static func load(_ source: SecretSource) throws(ConfigurationError) -> Secret {
    let (bytes, whence) = try source.raw()
    guard let key = decode(bytes) else {
      throw .secret(
        key: source.name.fileKey.rawValue,
        reason: "\(whence) must hold 32 bytes: raw, as 64 hexadecimal digits, or as base64")
    }
    return Secret(bytes: key)
  }

  /// Makes a new random key and writes it to a file that must not exist yet, mode 0600, as hexadecimal digits; returns
  /// when file and directory are on the disk.
  package static func create(at path: String) throws(ConfigurationError) {
    let key = SettingKey.kekFile.rawValue
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      let reason =
        errno == EEXIST
        ? "\(path) exists already; a new key would make every open case unreadable"
        : "\(path) could not be created (errno \(errno)); its directory must exist and be writable"
      throw .secret(key: key, reason: reason)
    }
    var generator = SystemRandomNumberGenerator()
    let digits = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
      .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    let text = Array((digits + "\n").utf8)
    // 65 bytes into a new file: a short write means a full disk, not a slow one.
    let written = write(descriptor, text, text.count) == text.count && fsync(descriptor) == 0
    close(descriptor)
    guard written, syncDirectory(of: path) else {
      unlink(path)
      throw .secret(key: key, reason: "\(path) could not be written; the disk may be full")
    }
  }

  private static func syncDirectory(of path: String) -> Bool {
    let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return fsync(descriptor) == 0
  }

  private static func decode(_ bytes: [UInt8]) -> [UInt8]? {
    if bytes.count == length { return bytes }
    let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    if text.utf8.count == 2 * length { return hexadecimal(Array(text.utf8)) }
    guard let data = Data(base64Encoded: text), data.count == length else { return nil }
    return Array(data)
  }

  private static func hexadecimal(_ digits: [UInt8]) -> [UInt8]? {
    let values = digits.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    guard values.count == digits.count else { return nil }
    return stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
  }
}
