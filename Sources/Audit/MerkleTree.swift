import Cryptography

/// The hash tree over the entries (RFC 6962 §2.1, RFC 9162 §2.1): SHA-256, all hashes 32 bytes.
package enum MerkleTree {
  /// The root of a tree without leaves: SHA-256 of nothing.
  package static let emptyRoot = SHA256.hash([])

  /// The hash of an entry: SHA-256(0x00 ‖ entry).
  package static func leafHash(_ entry: [UInt8]) -> [UInt8] { TreeHasher().leaf(entry) }

  /// The hash of two subtrees: SHA-256(0x01 ‖ left ‖ right).
  package static func nodeHash(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    TreeHasher().node(left, right)
  }

  /// The root over leaf hashes in order.
  package static func root(ofLeafHashes leaves: some Sequence<[UInt8]>) -> [UInt8] {
    MerkleFrontier(leafHashes: leaves).root
  }

  /// The root over the bytes of entries in order.
  package static func root(ofEntries entries: [[UInt8]]) -> [UInt8] {
    let hasher = TreeHasher()
    var frontier = MerkleFrontier()
    for entry in entries { frontier.push(hasher.leaf(entry), hasher) }
    return frontier.root
  }

  /// The hashes that lead from leaf `index` to the root, lowest first (RFC 9162 §2.1.3.1).
  ///
  /// `nil` when there is no such leaf.
  package static func inclusionProof(index: Int, leafHashes: [[UInt8]]) -> [[UInt8]]? {
    inclusionProof(index: index, size: leafHashes.count) { root(ofLeafHashes: leafHashes[$0]) }
  }

  /// The same for the tree over the first `size` leaves, of which `root` gives the root over any range of leaves that is
  /// a subtree there.
  package static func inclusionProof<Failure: Error>(
    index: Int, size: Int, root: (Range<Int>) throws(Failure) -> [UInt8]
  ) throws(Failure) -> [[UInt8]]? {
    guard 0 <= index, index < size else { return nil }
    var proof: [[UInt8]] = []
    var range = 0..<size
    while range.count > 1 {
      let (left, right) = halves(of: range)
      proof.append(try root(index < right.lowerBound ? right : left))
      range = index < right.lowerBound ? left : right
    }
    return proof.reversed()
  }

  /// The hashes that show the tree of the first `oldSize` leaves to be a part of this one (RFC 9162 §2.1.4.1).
  ///
  /// Empty for an old size of 0 or of all leaves; `nil` when there are fewer leaves than that.
  package static func consistencyProof(from oldSize: Int, leafHashes: [[UInt8]]) -> [[UInt8]]? {
    consistencyProof(from: oldSize, to: leafHashes.count) { root(ofLeafHashes: leafHashes[$0]) }
  }

  /// The same for the tree over the first `newSize` leaves, of which `root` gives the root over any range of leaves that
  /// is a subtree there.
  package static func consistencyProof<Failure: Error>(
    from oldSize: Int, to newSize: Int, root: (Range<Int>) throws(Failure) -> [UInt8]
  ) throws(Failure) -> [[UInt8]]? {
    guard 0 <= oldSize, oldSize <= newSize else { return nil }
    guard oldSize > 0, oldSize < newSize else { return [] }
    var proof: [[UInt8]] = []
    var range = 0..<newSize
    while range.upperBound != oldSize {
      let (left, right) = halves(of: range)
      proof.append(try root(oldSize <= right.lowerBound ? right : left))
      range = oldSize <= right.lowerBound ? left : right
    }
    // The verifier has the root of the whole old tree already.
    if range.lowerBound > 0 { proof.append(try root(range)) }
    return proof.reversed()
  }

  /// The two subtrees of the tree over two leaves or more.
  static func halves(of range: Range<Int>) -> (Range<Int>, Range<Int>) {
    let split = range.lowerBound + largestPowerOfTwo(below: range.count)
    return (range.lowerBound..<split, split..<range.upperBound)
  }

  /// The `k` of RFC 9162 §2.1.1, for a count of at least 2.
  private static func largestPowerOfTwo(below count: Int) -> Int {
    1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
  }
}

/// Hashes leaves and nodes with one OpenSSL context for all of them.
package struct TreeHasher {
  private let stream = SHA256Stream()

  package init() {}

  package func leaf(_ entry: [UInt8]) -> [UInt8] {
    stream.update(byte: 0)
    stream.update(entry)
    return stream.finish()
  }

  func node(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    stream.update(byte: 1)
    stream.update(left)
    stream.update(right)
    return stream.finish()
  }
}
