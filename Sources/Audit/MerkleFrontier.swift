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

  /// Appends a leaf, and returns its inclusion proof in the tree that now ends with it.
  @discardableResult
  package mutating func append(leafHash: [UInt8]) -> [[UInt8]] {
    // The last leaf has every earlier perfect subtree as a sibling on its way up.
    let proof = Array(peaks.reversed())
    push(leafHash, TreeHasher())
    return proof
  }

  /// The root over all leaves so far.
  package var root: [UInt8] {
    guard var hash = peaks.last else { return MerkleTree.emptyRoot }
    let hasher = TreeHasher()
    for peak in peaks.dropLast().reversed() { hash = hasher.node(peak, hash) }
    return hash
  }

  mutating func push(_ leafHash: [UInt8], _ hasher: TreeHasher) {
    var hash = leafHash
    for _ in 0..<size.trailingOneBits { hash = hasher.node(peaks.removeLast(), hash) }
    peaks.append(hash)
    size += 1
  }
}

extension Int {
  /// How many perfect subtrees the next leaf completes in a tree of this size.
  fileprivate var trailingOneBits: Int { (~self).trailingZeroBitCount }
}
