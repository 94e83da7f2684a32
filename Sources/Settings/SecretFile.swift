import Glibc

/// A file that only its owner may read: opened once, judged by what was opened, then read.
enum SecretFile {
  /// No secret of ours is longer, in bytes.
  static let sizeLimit = 65_536

  /// Who may be able to read the file.
  enum Guardianship {
    /// Owned by us or by root, and closed to group and others.
    case ownerOnly
    /// A file below `$CREDENTIALS_DIRECTORY`: systemd grants it by an access list, which shows as group rights.
    case systemd
  }

  /// Reads the whole file.
  ///
  /// Throws a sentence that names the way out, never the content.
  static func read(_ path: String, key: String, guardianship: Guardianship) throws(ConfigurationError)
    -> [UInt8]
  {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .secret(key: key, reason: refusal(path, errno)) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .secret(key: key, reason: "\(path) is not a regular file")
    }
    let forbidden: mode_t = guardianship == .ownerOnly ? 0o077 : 0o007
    guard status.st_mode & forbidden == 0 else {
      let mode = String(status.st_mode & 0o777, radix: 8)
      throw .secret(
        key: key, reason: "\(path) can be read by others (mode \(mode)); close it with: chmod 600 \(path)")
    }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw .secret(
        key: key, reason: "\(path) belongs to another user; give it to the one who runs refpassport")
    }
    guard status.st_size <= sizeLimit else {
      throw .secret(key: key, reason: "\(path) is longer than \(sizeLimit) bytes; it holds something else")
    }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0, content.count + count <= sizeLimit else {
        throw .secret(key: key, reason: "\(path) could not be read")
      }
      if count == 0 { return content }
      content += chunk[..<count]
    }
  }

  private static func refusal(_ path: String, _ code: Int32) -> String {
    switch code {
    case ENOENT, ENOTDIR:
      "\(path) does not exist; write the secret into it and close it with: chmod 600 \(path)"
    case EACCES, EPERM: "\(path) may not be read by the user who runs refpassport; check its owner"
    default: "\(path) could not be opened (errno \(code))"
    }
  }
}
