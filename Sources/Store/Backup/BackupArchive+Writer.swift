import Cryptography

extension BackupArchive {
  /// Writes an archive from its beginning to its end.
  final class Writer {
    private let descriptor: Descriptor
    private let key: SecretKey
    private let head: [UInt8]
    private var offset: Int
    private var number = 0
    private var pending: [UInt8] = []

    /// Begins the archive in an empty file.
    init(_ descriptor: Descriptor, passphrase: SecretKey, cost: UInt8 = PassphraseKey.cost) throws {
      let salt = Randomness.bytes(BackupArchive.saltSize)
      self.descriptor = descriptor
      key = try PassphraseKey.derive(from: passphrase, salt: salt, cost: cost)
      head = BackupArchive.magic + [cost] + salt
      try descriptor.write(head, at: 0)
      offset = head.count
    }

    deinit { wipe(&pending) }

    /// Adds an item of at most 255 bytes of name.
    func add(_ name: String, _ bytes: UnsafeRawBufferPointer) throws {
      try append(Array([UInt8(name.utf8.count)] + Array(name.utf8) + UInt64(bytes.count).bigEndianBytes))
      for start in stride(from: 0, to: bytes.count, by: BackupArchive.chunk) {
        try append(Array(bytes[start..<min(start + BackupArchive.chunk, bytes.count)]))
      }
    }

    /// Ends the archive; it is durable when this returns.
    func finish() throws {
      try seal(pending, isLast: true)
      try descriptor.synchronise()
    }

    private func append(_ bytes: [UInt8]) throws {
      pending += bytes
      while pending.count > BackupArchive.chunk {
        try seal(Array(pending.prefix(BackupArchive.chunk)), isLast: false)
        pending.removeFirst(BackupArchive.chunk)
      }
    }

    private func seal(_ plaintext: [UInt8], isLast: Bool) throws {
      let sealed = try AES256GCM.seal(
        plaintext, key: key, authenticating: BackupArchive.context(head, number, isLast: isLast))
      try descriptor.write(UInt32(sealed.count).bigEndianBytes + sealed, at: offset)
      offset += 4 + sealed.count
      number += 1
    }
  }
}
