import Cryptography

extension BackupArchive {
  /// Reads an archive from its beginning to its end, in bounded memory; nothing it gave counts before `read` has returned.
  final class Reader {
    private let descriptor: Descriptor
    private let key: SecretKey
    private let head: [UInt8]
    private let size: Int
    private var offset: Int
    private var number = 0
    private var pending: ArraySlice<UInt8> = []
    private var ended = false

    init(_ descriptor: Descriptor, passphrase: SecretKey) throws {
      self.descriptor = descriptor
      size = try descriptor.size()
      head = try descriptor.read(BackupArchive.headSize, at: 0)
      let cost = head.dropFirst(BackupArchive.magic.count).first ?? 0
      guard
        head.count == BackupArchive.headSize, head.starts(with: BackupArchive.magic), PassphraseKey.costs.contains(cost)
      else { throw Failure.foreign }
      key = try PassphraseKey.derive(from: passphrase, salt: head.suffix(BackupArchive.saltSize), cost: cost)
      offset = head.count
    }

    /// Gives every item, in pieces that follow each other: the name, the item's length, and the bytes.
    func read(_ take: (_ name: String, _ size: Int, _ piece: ArraySlice<UInt8>) throws -> Void) throws {
      while try fill(1) {
        guard
          let length = try next(1).first, let name = String(validating: try next(Int(length)), as: UTF8.self),
          let total = Int(exactly: UInt64(bigEndianBytes: try next(8)))
        else { throw Failure.damaged }
        var left = total
        repeat {
          if left > 0, pending.isEmpty { guard try fill(1) else { throw Failure.damaged } }
          let piece = pending.prefix(left)
          pending = pending.dropFirst(piece.count)
          left -= piece.count
          try take(name, total, piece)
        } while left > 0
      }
    }

    private func next(_ count: Int) throws -> ArraySlice<UInt8> {
      guard try fill(count) else { throw Failure.damaged }
      defer { pending = pending.dropFirst(count) }
      return pending.prefix(count)
    }

    /// Sees to it that so many bytes are at hand; false if the archive ends before.
    private func fill(_ count: Int) throws -> Bool {
      while pending.count < count {
        guard !ended else { return false }
        pending = pending + (try chunk())
      }
      return true
    }

    private func chunk() throws -> [UInt8] {
      let field = try descriptor.read(4, at: offset)
      let length = Int(UInt32(bigEndianBytes: field))
      guard field.count == 4, AES256GCM.overhead...(BackupArchive.chunk + AES256GCM.overhead) ~= length else {
        throw Failure.damaged
      }
      let sealed = try descriptor.read(length, at: offset + 4)
      guard sealed.count == length else { throw Failure.damaged }
      offset += 4 + length
      ended = offset == size
      do {
        defer { number += 1 }
        return try AES256GCM.open(
          sealed, key: key, authenticating: BackupArchive.context(head, number, isLast: ended))
      } catch CryptographyError.authenticationFailed {
        // A wrong key does not open the first one; if that was right, what comes later was changed.
        throw number == 1 ? Failure.passphrase : Failure.damaged
      }
    }
  }
}
