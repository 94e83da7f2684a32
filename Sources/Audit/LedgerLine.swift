import Cryptography

/// One line of the ledger as it is stored and exported: an entry, or what is left of one whose retention is over.
///
/// An entry that was dropped leaves its leaf hash, `{"leaf":"BASE64URL"}`, so that the tree and every proof stay as they
/// were. Its nonce went with it: nobody can guess from the hash what it said. No entry can be taken for such a line, since
/// it lacks every common field.
package enum LedgerLine: Hashable, Sendable {
  case entry([UInt8])
  case pruned(leaf: [UInt8])

  private static let head = Array(#"{"leaf":""#.utf8)
  private static let tail = Array(#""}"#.utf8)
  /// The length of the second kind: 43 characters stand for 32 bytes.
  private static let size = head.count + 43 + tail.count

  /// Tells what the bytes are; an entry is not read.
  package init(_ bytes: [UInt8]) {
    guard
      bytes.count == Self.size, bytes.starts(with: Self.head), bytes.suffix(Self.tail.count).elementsEqual(Self.tail),
      let leaf = Base64URL.decode(
        String(decoding: bytes[Self.head.count..<(Self.size - Self.tail.count)], as: UTF8.self)),
      leaf.count == SHA256.size
    else {
      self = .entry(bytes)
      return
    }
    self = .pruned(leaf: leaf)
  }

  /// The bytes of the line, without a line feed.
  package var bytes: [UInt8] {
    switch self {
    case .entry(let bytes): bytes
    case .pruned(let leaf): Self.head + Array(Base64URL.encode(leaf).utf8) + Self.tail
    }
  }

  /// The leaf of the line in the tree.
  package var leafHash: [UInt8] {
    switch self {
    case .entry(let bytes): MerkleTree.leafHash(bytes)
    case .pruned(let leaf): leaf
    }
  }
}
