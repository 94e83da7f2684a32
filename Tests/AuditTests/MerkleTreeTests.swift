import Audit
import Cryptography
import Testing

@Suite("the tree is the one of RFC 6962 and RFC 9162")
struct MerkleTreeTests {
  /// The eight inputs that implementations of RFC 6962 share, and the root over each prefix of them.
  static let inputs = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
  ]
  static let roots = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ]
  static let leaves = (0..<64).map { MerkleTree.leafHash([UInt8]("entry \($0)".utf8)) }
  static let allRoots = (0...64).map { MerkleTree.root(ofLeafHashes: Array(leaves[..<$0])) }

  @Test("the reference roots, by three ways", arguments: 0...8)
  func referenceRoots(size: Int) throws {
    let entries = try Self.inputs[..<size].map { try #require(Hex.decode($0)) }
    let hashes = entries.map { MerkleTree.leafHash($0) }
    #expect(Hex.encode(MerkleTree.root(ofEntries: entries)) == Self.roots[size])
    #expect(Hex.encode(MerkleTree.root(ofLeafHashes: hashes)) == Self.roots[size])
    #expect(Hex.encode(MerkleFrontier(leafHashes: hashes).root) == Self.roots[size])
  }

  @Test("leaf and node are hashed apart, so that no node passes for an entry")
  func domainSeparation() {
    let left = Self.leaves[0]
    let right = Self.leaves[1]
    #expect(MerkleTree.leafHash([7]) == SHA256.hash([0, 7]))
    #expect(MerkleTree.nodeHash(left, right) == SHA256.hash([1] + left + right))
    #expect(MerkleTree.leafHash(left + right) != MerkleTree.nodeHash(left, right))
  }

  @Test("known proof: leaf 5 of 7, and from 6 to 8")
  func writtenOutProofs() throws {
    // The tree of RFC 9162 §2.1.5: d5 is proved by d4, then i and l; see the drawing there.
    let seven = Array(Self.leaves[..<7])
    let node = MerkleTree.nodeHash
    let left = node(node(seven[0], seven[1]), node(seven[2], seven[3]))
    #expect(MerkleTree.inclusionProof(index: 5, leafHashes: seven) == [seven[4], seven[6], left])
    let eight = Array(Self.leaves[..<8])
    #expect(
      MerkleTree.consistencyProof(from: 6, leafHashes: eight)
        == [node(eight[4], eight[5]), node(eight[6], eight[7]), left])
    #expect(MerkleTree.consistencyProof(from: 4, leafHashes: eight)?.count == 1)
  }

  @Test("a frontier gives the root after each leaf, and the subtrees that the leaf completes")
  func frontier() {
    var frontier = MerkleFrontier()
    #expect(frontier.root == MerkleTree.emptyRoot)
    for (index, leaf) in Self.leaves.enumerated() {
      var completed: [MerkleSubtree] = []
      frontier.append(leafHash: leaf) { completed.append($0) }
      #expect(frontier.size == index + 1)
      #expect(frontier.root == Self.allRoots[index + 1])
      #expect(completed.map(\.level) == Array(1..<(index + 1).trailingZeroBitCount + 1))
      #expect(
        completed.allSatisfy {
          $0.leaves.upperBound == index + 1 && $0.hash == MerkleTree.root(ofLeafHashes: Self.leaves[$0.leaves])
        })
    }
    #expect(frontier == MerkleFrontier(leafHashes: Self.leaves))
  }

  @Test("inclusion proofs hold for every leaf of every tree, and for no other place", arguments: 1..<64)
  func inclusion(size: Int) throws {
    let leaves = Array(Self.leaves[..<size])
    let root = Self.allRoots[size]
    for index in 0..<size {
      let proof = try #require(MerkleTree.inclusionProof(index: index, leafHashes: leaves))
      func holds(
        leaf: [UInt8]? = nil, index other: Int? = nil, size otherSize: Int? = nil,
        proof otherProof: [[UInt8]]? = nil,
        root otherRoot: [UInt8]? = nil
      ) -> Bool {
        MerkleTree.verifyInclusion(
          leafHash: leaf ?? leaves[index], index: other ?? index, size: otherSize ?? size,
          proof: otherProof ?? proof, root: otherRoot ?? root)
      }
      #expect(holds())
      for other in -1...size where other != index { #expect(!holds(index: other)) }
      #expect(!holds(leaf: Self.leaves[63]))
      #expect(!holds(root: Self.allRoots[size - 1]))
      #expect(!holds(leaf: Array(leaves[index].dropLast())))
      #expect(!holds(proof: proof + [root]))
      #expect(!holds(proof: [root] + proof))
      for position in proof.indices {
        var changed = proof
        changed[position][31] ^= 1
        #expect(!holds(proof: changed))
        changed = proof
        changed.remove(at: position)
        #expect(!holds(proof: changed))
        changed = proof
        changed[position].removeLast()
        #expect(!holds(proof: changed))
      }
      if proof.count > 1 { #expect(!holds(proof: proof.reversed())) }
      #expect(!holds(size: 0))
    }
    #expect(MerkleTree.inclusionProof(index: size, leafHashes: leaves) == nil)
    #expect(MerkleTree.inclusionProof(index: -1, leafHashes: leaves) == nil)
  }

  @Test("consistency proofs hold from every earlier head, and for no other pair", arguments: 0..<64)
  func consistency(newSize: Int) throws {
    let leaves = Array(Self.leaves[..<newSize])
    for oldSize in 0...newSize {
      let proof = try #require(MerkleTree.consistencyProof(from: oldSize, leafHashes: leaves))
      func holds(
        old: Int? = nil, new: Int? = nil, oldRoot: [UInt8]? = nil, newRoot: [UInt8]? = nil,
        proof other: [[UInt8]]? = nil
      ) -> Bool {
        MerkleTree.verifyConsistency(
          oldSize: old ?? oldSize, oldRoot: oldRoot ?? Self.allRoots[oldSize], newSize: new ?? newSize,
          newRoot: newRoot ?? Self.allRoots[newSize], proof: other ?? proof)
      }
      #expect(holds())
      var changedRoot = Self.allRoots[oldSize]
      changedRoot[0] ^= 0x80
      #expect(!holds(oldRoot: changedRoot))
      #expect(!holds(proof: proof + [changedRoot]))
      #expect(!holds(old: newSize + 1))
      #expect(!holds(old: -1))
      #expect(!holds(oldRoot: []))
      guard oldSize > 0, oldSize < newSize else { continue }
      #expect(!holds(newRoot: changedRoot))
      #expect(!holds(newRoot: Self.allRoots[oldSize]))
      #expect(!holds(proof: []))
      #expect(!holds(proof: [changedRoot] + proof))
      #expect(!holds(old: newSize, new: oldSize))
      // The proof of one pair shows nothing about the heads of the pair beside it.
      #expect(!holds(old: oldSize - 1, oldRoot: Self.allRoots[oldSize - 1]))
      #expect(!holds(new: newSize + 1, newRoot: Self.allRoots[newSize + 1]))
      for position in proof.indices {
        var changed = proof
        changed[position][0] ^= 1
        #expect(!holds(proof: changed))
        changed = proof
        changed.remove(at: position)
        #expect(!holds(proof: changed))
      }
    }
    #expect(MerkleTree.consistencyProof(from: newSize + 1, leafHashes: leaves) == nil)
  }

  @Test("a tree of the empty size has the empty root only")
  func emptyTrees() {
    let other = [UInt8](repeating: 1, count: 32)
    #expect(
      !MerkleTree.verifyConsistency(oldSize: 0, oldRoot: other, newSize: 0, newRoot: other, proof: []))
    #expect(
      !MerkleTree.verifyConsistency(
        oldSize: 0, oldRoot: other, newSize: 3, newRoot: Self.allRoots[3], proof: []))
  }
}
