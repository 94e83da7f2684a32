/// A perfect subtree: 2^`level` leaves, and the root over them, which no later leaf changes.
package struct MerkleSubtree: Hashable, Sendable {
  /// Its height: 0 for a leaf.
  package let level: Int
  /// How many subtrees of this height lie to the left.
  package let place: Int
  /// The root over its leaves; 32 bytes.
  package let hash: [UInt8]

  package init(level: Int, place: Int, hash: [UInt8]) {
    self.level = level
    self.place = place
    self.hash = hash
  }

  /// The leaves it covers.
  package var leaves: Range<Int> { place << level..<(place + 1) << level }
}

/// Gives the root over any subtree from few hashes: kept ones of the larger perfect subtrees, and leaf hashes below.
///
/// A proof in a tree of *n* leaves takes some hundreds of leaf hashes and log₂ *n* kept ones, however large *n* is.
package struct MerkleSubtreeReader<Failure: Error> {
  /// The height from which on perfect subtrees are kept; those below are made of their leaves.
  package let keptLevel: Int
  private let kept: (_ level: Int, _ place: Int) throws(Failure) -> [UInt8]
  private let leaves: (Range<Int>) throws(Failure) -> [[UInt8]]

  /// - Parameters:
  ///   - kept: the root of a perfect subtree of at least `keptLevel`.
  ///   - leaves: the leaf hashes of a range of at most 2^`keptLevel`.
  package init(
    keptLevel: Int, kept: @escaping (Int, Int) throws(Failure) -> [UInt8],
    leaves: @escaping (Range<Int>) throws(Failure) -> [[UInt8]]
  ) {
    self.keptLevel = keptLevel
    self.kept = kept
    self.leaves = leaves
  }

  /// The root over a range of leaves that is a subtree of a tree beginning at leaf 0.
  package func root(of range: Range<Int>) throws(Failure) -> [UInt8] {
    if range.count.nonzeroBitCount == 1, range.count >= 1 << keptLevel {
      let level = range.count.trailingZeroBitCount
      return try kept(level, range.lowerBound >> level)
    }
    guard range.count > 1 << keptLevel else { return MerkleTree.root(ofLeafHashes: try leaves(range)) }
    let (left, right) = MerkleTree.halves(of: range)
    return MerkleTree.nodeHash(try root(of: left), try root(of: right))
  }
}
