import COpenSSL
import Cryptography
import Glibc

extension IssuerKeys {
  /// The files of a key directory.
  package enum File: String, CaseIterable, Sendable {
    case record = "record.key.pem"
    case sealing = "sealing.key.pem"
    case leaf = "sealing.pem"
    case root = "root.pem"
    case rootKey = "root.key.pem"
  }

  /// Writes the set as a new directory (mode 0700, files 0600), all of it or nothing.
  ///
  /// The files are written beside `directory` and renamed into place, so a crash leaves no half set. Throws
  /// `.keysExist` if `directory` is there and not empty, `.keysNotSaved` if the system refuses.
  package func save(to directory: String) throws {
    let temporary = "\(directory).new-\(Hex.encode(Randomness.bytes(6)))"
    try check(mkdir(temporary, 0o700))
    do {
      try Self.write(record.pem, to: "\(temporary)/\(File.record.rawValue)")
      try Self.write(sealing.pem, to: "\(temporary)/\(File.sealing.rawValue)")
      try Self.write(leaf.pem, to: "\(temporary)/\(File.leaf.rawValue)")
      try Self.write(root.pem, to: "\(temporary)/\(File.root.rawValue)")
      if let rootKey { try Self.write(rootKey.pem, to: "\(temporary)/\(File.rootKey.rawValue)") }
      try Self.synchronise(temporary)
      // rename() replaces an empty directory and refuses any other (POSIX).
      guard rename(temporary, directory) == 0 else {
        throw errno == ENOTEMPTY || errno == EEXIST ? ReferenceError.keysExist : .keysNotSaved(errno: errno)
      }
    } catch {
      for file in File.allCases { unlink("\(temporary)/\(file.rawValue)") }
      rmdir(temporary)
      throw error
    }
    try Self.synchronise(Self.parent(of: directory))
  }

  /// Reads a set that `save` wrote.
  ///
  /// Throws `.keysReadable` if anybody but the owner may read or write a file, `.keysUnusable` if a file is
  /// missing, is no key, or the parts do not belong together.
  package static func load(from directory: String) throws -> IssuerKeys {
    func text(_ file: File) throws -> String {
      guard let text = try read("\(directory)/\(file.rawValue)", file) else {
        throw ReferenceError.keysUnusable(file: file.rawValue, reason: "missing")
      }
      return text
    }
    func parse<Value>(_ file: File, _ parse: (String) throws -> Value) throws -> Value {
      let text = try text(file)
      do { return try parse(text) } catch {
        throw ReferenceError.keysUnusable(file: file.rawValue, reason: "does not hold what it should")
      }
    }
    let keys = IssuerKeys(
      record: try parse(.record) { try Ed25519.PrivateKey(pem: $0) },
      sealing: try parse(.sealing) { try SealingKey(pem: $0) },
      leaf: try parse(.leaf) { try Certificate(pem: $0) },
      root: try parse(.root) { try Certificate(pem: $0) },
      rootKey: try read("\(directory)/\(File.rootKey.rawValue)", .rootKey).map { text in
        do { return try SealingKey(pem: text) } catch {
          throw ReferenceError.keysUnusable(
            file: File.rootKey.rawValue, reason: "does not hold what it should")
        }
      })
    try keys.checkCoherence()
    return keys
  }

  /// Parts of two sets must not be mixed: a seal that nobody can verify would be found only by the leaver.
  private func checkCoherence() throws {
    func mismatch(_ file: File, _ reason: String) -> ReferenceError {
      .keysUnusable(file: file.rawValue, reason: reason)
    }
    defer { ERR_clear_error() }
    guard X509_check_private_key(leaf.handle, sealing.handle) == 1 else {
      throw mismatch(.leaf, "belongs to another key")
    }
    guard X509_verify(leaf.handle, X509_get0_pubkey(root.handle)) == 1 else {
      throw mismatch(.leaf, "was not issued by this root")
    }
    if let rootKey, X509_check_private_key(root.handle, rootKey.handle) != 1 {
      throw mismatch(.root, "belongs to another key")
    }
  }

  /// The file's text, or nil if there is no such file.
  private static func read(_ path: String, _ file: File) throws -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      guard errno == ENOENT else {
        throw ReferenceError.keysUnusable(file: file.rawValue, reason: "cannot be opened")
      }
      return nil
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= 65_536 else {
      throw ReferenceError.keysUnusable(file: file.rawValue, reason: "is no file of keys")
    }
    guard status.st_mode & 0o077 == 0 else { throw ReferenceError.keysReadable(file: file.rawValue) }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
      }
      guard count >= 0 else {
        throw ReferenceError.keysUnusable(file: file.rawValue, reason: "cannot be read")
      }
      if count == 0 { break }
      filled += count
    }
    defer { bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
    return String(decoding: bytes.prefix(filled), as: UTF8.self)
  }

  private static func write(_ text: String, to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    try check(descriptor)
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
      }
      try check(Int32(clamping: count))
      written += count
    }
    try check(fsync(descriptor))
  }

  private static func synchronise(_ directory: String) throws {
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    try check(descriptor)
    defer { close(descriptor) }
    try check(fsync(descriptor))
  }

  private static func parent(of path: String) -> String {
    var components = path.split(separator: "/", omittingEmptySubsequences: true)
    if !components.isEmpty { components.removeLast() }
    let joined = components.joined(separator: "/")
    if path.hasPrefix("/") { return "/" + joined }
    return joined.isEmpty ? "." : joined
  }
}

/// Turns a system call's -1 into an error.
private func check(_ result: Int32) throws {
  guard result >= 0 else { throw ReferenceError.keysNotSaved(errno: errno) }
}
