import Cryptography

/// The file that a backup is: named items, one after another, sealed by a passphrase.
///
/// It begins with `refpassport backup 1 ⏎`, the cost of the key derivation (1 byte) and its salt (16). Chunks follow, each a
/// length (4 bytes, big endian) and so many bytes of AES-256-GCM; authenticated with each are the beginning of the file, the
/// chunk's number, and whether it is the last, so that nothing can be cut off, put in another order or exchanged. Inside,
/// an item is the length of its name (1 byte), the name, its own length (8 bytes, big endian), and its bytes.
package enum BackupArchive {
  static let magic = Array("refpassport backup 1\n".utf8)
  static let saltSize = 16
  static let headSize = magic.count + 1 + saltSize
  /// The most plaintext in one chunk.
  static let chunk = 1 << 20

  /// What a chunk is bound to.
  static func context(_ head: [UInt8], _ number: Int, isLast: Bool) -> [UInt8] {
    head + UInt64(number).bigEndianBytes + [isLast ? 1 : 0]
  }

  /// Why an archive cannot be read: what the operator does next.
  package enum Failure: Error, Sendable, Hashable {
    /// It is no backup, or one of a later version.
    case foreign
    /// The passphrase is another one, or the first bytes were changed.
    case passphrase
    /// A part of it is missing or was changed; take an older backup.
    case damaged
  }
}

extension FixedWidthInteger {
  var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }

  init(bigEndianBytes bytes: some Sequence<UInt8>) {
    self = bytes.reduce(0) { $0 << 8 | Self($1) }
  }
}
