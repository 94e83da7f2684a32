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
  package static func root(ofLeafHashes leaves: [[UInt8]]) -> [UInt8] { root(leaves[...], TreeHasher()) }

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
    guard leafHashes.indices.contains(index) else { return nil }
    let hasher = TreeHasher()
    var proof: [[UInt8]] = []
    var range = leafHashes[...]
    while range.count > 1 {
      let split = range.startIndex + largestPowerOfTwo(below: range.count)
      proof.append(root(index < split ? range[split...] : range[..<split], hasher))
      range = index < split ? range[..<split] : range[split...]
    }
    return proof.reversed()
  }

  /// The hashes that show the tree of the first `oldSize` leaves to be a part of this one (RFC 9162 §2.1.4.1).
  ///
  /// Empty for an old size of 0 or of all leaves; `nil` when there are fewer leaves than that.
  package static func consistencyProof(from oldSize: Int, leafHashes: [[UInt8]]) -> [[UInt8]]? {
    guard 0...leafHashes.count ~= oldSize else { return nil }
    guard oldSize > 0, oldSize < leafHashes.count else { return [] }
    let hasher = TreeHasher()
    var proof: [[UInt8]] = []
    var range = leafHashes[...]
    var rangeIsWholeOldTree = true
    while range.endIndex != oldSize {
      let split = range.startIndex + largestPowerOfTwo(below: range.count)
      if oldSize <= split {
        proof.append(root(range[split...], hasher))
        range = range[..<split]
      } else {
        proof.append(root(range[..<split], hasher))
        range = range[split...]
        rangeIsWholeOldTree = false
      }
    }
    if !rangeIsWholeOldTree { proof.append(root(range, hasher)) }
    return proof.reversed()
  }

  private static func root(_ leaves: ArraySlice<[UInt8]>, _ hasher: TreeHasher) -> [UInt8] {
    var frontier = MerkleFrontier()
    for leaf in leaves { frontier.push(leaf, hasher) }
    return frontier.root
  }

  /// The `k` of RFC 9162 §2.1.1, for a count of at least 2.
  private static func largestPowerOfTwo(below count: Int) -> Int {
    1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
  }
}

/// Hashes leaves and nodes with one OpenSSL context for all of them.
struct TreeHasher {
  private let stream = SHA256Stream()

  func leaf(_ entry: [UInt8]) -> [UInt8] {
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
