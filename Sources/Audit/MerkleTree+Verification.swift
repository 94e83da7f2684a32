import Cryptography

extension MerkleTree {
  /// Whether the proof leads from `leafHash` at `index` to the root of a tree of `size` leaves
  /// (RFC 9162 §2.1.3.2).
  package static func verifyInclusion(
    leafHash: [UInt8], index: Int, size: Int, proof: [[UInt8]], root: [UInt8]
  ) -> Bool {
    guard 0 <= index, index < size, isHash(leafHash), isHash(root), proof.allSatisfy(isHash) else {
      return false
    }
    let hasher = TreeHasher()
    var place = index
    var last = size - 1
    var hash = leafHash
    for sibling in proof {
      guard last != 0 else { return false }
      if !place.isMultiple(of: 2) || place == last {
        hash = hasher.node(sibling, hash)
        climb(&place, &last)
      } else {
        hash = hasher.node(hash, sibling)
      }
      place >>= 1
      last >>= 1
    }
    return last == 0 && hash == root
  }

  /// Whether the proof shows that the tree of `newSize` leaves begins with the tree of `oldSize` leaves
  /// (RFC 9162 §2.1.4.2).
  ///
  /// Any tree extends the empty one, and every tree itself; both take an empty proof only.
  package static func verifyConsistency(
    oldSize: Int, oldRoot: [UInt8], newSize: Int, newRoot: [UInt8], proof: [[UInt8]]
  ) -> Bool {
    guard 0 <= oldSize, oldSize <= newSize, isHash(oldRoot), isHash(newRoot), proof.allSatisfy(isHash) else {
      return false
    }
    if oldSize == newSize {
      return proof.isEmpty && oldRoot == newRoot && (newSize > 0 || newRoot == emptyRoot)
    }
    if oldSize == 0 { return proof.isEmpty && oldRoot == emptyRoot }
    guard !proof.isEmpty else { return false }

    let oldIsPerfect = oldSize.nonzeroBitCount == 1
    let start = oldIsPerfect ? oldRoot : proof[0]
    var place = oldSize - 1
    var last = newSize - 1
    while !place.isMultiple(of: 2) {
      place >>= 1
      last >>= 1
    }
    let hasher = TreeHasher()
    var oldHash = start
    var newHash = start
    for sibling in oldIsPerfect ? proof[...] : proof.dropFirst() {
      guard last != 0 else { return false }
      if !place.isMultiple(of: 2) || place == last {
        oldHash = hasher.node(sibling, oldHash)
        newHash = hasher.node(sibling, newHash)
        climb(&place, &last)
      } else {
        newHash = hasher.node(newHash, sibling)
      }
      place >>= 1
      last >>= 1
    }
    return last == 0 && oldHash == oldRoot && newHash == newRoot
  }

  /// Skips the levels on which the right-most node has no sibling.
  private static func climb(_ place: inout Int, _ last: inout Int) {
    while place.isMultiple(of: 2), place != 0 {
      place >>= 1
      last >>= 1
    }
  }

  private static func isHash(_ bytes: [UInt8]) -> Bool { bytes.count == SHA256.size }
}
