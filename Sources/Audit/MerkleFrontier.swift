/// The right edge of a growing tree: enough to append a leaf and to give the root, each in O(log n).
package struct MerkleFrontier: Hashable, Sendable {
  /// How many leaves there are.
  package private(set) var size: Int
  /// The roots of the perfect subtrees that the leaves fill, widest first: one for each bit of `size`.
  private var peaks: [[UInt8]]

  /// The edge of a tree without leaves.
  package init() {
    size = 0
    peaks = []
  }

  /// The edge of the tree over leaf hashes in order.
  package init(leafHashes: some Sequence<[UInt8]>) {
    self.init()
    let hasher = TreeHasher()
    for leaf in leafHashes { push(leaf, hasher) }
  }

  /// Appends a leaf.
  package mutating func append(leafHash: [UInt8]) { push(leafHash, TreeHasher()) }

  /// Appends a leaf.
  ///
  /// - Parameters:
  ///   - hasher: the same one for many leaves saves time.
  ///   - completed: is given each perfect subtree of two leaves or more that ends with this leaf, smallest first.
  package mutating func append<Failure: Error>(
    leafHash: [UInt8], hasher: TreeHasher = TreeHasher(), completed: (MerkleSubtree) throws(Failure) -> Void
  ) throws(Failure) {
    try push(leafHash, hasher, completed)
  }

  /// The root over all leaves so far.
  package var root: [UInt8] {
    guard var hash = peaks.last else { return MerkleTree.emptyRoot }
    let hasher = TreeHasher()
    for peak in peaks.dropLast().reversed() { hash = hasher.node(peak, hash) }
    return hash
  }

  mutating func push(_ leafHash: [UInt8], _ hasher: TreeHasher) { push(leafHash, hasher) { _ in } }

  mutating func push<Failure: Error>(
    _ leafHash: [UInt8], _ hasher: TreeHasher, _ completed: (MerkleSubtree) throws(Failure) -> Void
  ) throws(Failure) {
    var hash = leafHash
    for level in 0..<size.trailingOneBits {
      hash = hasher.node(peaks.removeLast(), hash)
      try completed(MerkleSubtree(level: level + 1, place: size >> (level + 1), hash: hash))
    }
    peaks.append(hash)
    size += 1
  }
}

extension Int {
  /// How many perfect subtrees the next leaf completes in a tree of this size.
  fileprivate var trailingOneBits: Int { (~self).trailingZeroBitCount }
}
