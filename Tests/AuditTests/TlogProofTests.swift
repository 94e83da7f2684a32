import Audit
import Cryptography
import Testing

@Suite("a tlog-proof stands by itself")
struct TlogProofTests {
  static let entries = (0..<13).map { Array("entry \($0)".utf8) }
  let signer: NoteSigner

  init() throws {
    signer = try NoteSigner(
      name: "harbour.example/refpassport/1", key: Ed25519.PrivateKey(seed: SecretKey(Array(1...32))))
  }

  func proof(of index: Int, extra: [UInt8]? = nil) throws -> TlogProof {
    let leaves = Self.entries.map { MerkleTree.leafHash($0) }
    let root = MerkleTree.root(ofLeafHashes: leaves)
    return TlogProof(
      index: index, hashes: try #require(MerkleTree.inclusionProof(index: index, leafHashes: leaves)),
      extra: extra,
      checkpoint: try signer.sign(Checkpoint(origin: signer.verifier.name, size: leaves.count, root: root)))
  }

  @Test("every entry is proved by its text alone", arguments: 0..<13)
  func roundTrip(index: Int) throws {
    let text = try proof(of: index).serialised
    let again = try TlogProof(parsing: text)
    #expect(again.serialised == text)
    #expect(try again.verify(entryBytes: Self.entries[index], by: signer.verifier).size == 13)
    for other in Self.entries.indices where other != index {
      #expect(throws: AuditError.notIncluded) {
        try again.verify(entryBytes: Self.entries[other], by: signer.verifier)
      }
    }
  }

  @Test("the text has the lines of c2sp.org/tlog-proof@v1")
  func textForm() throws {
    let proof = try proof(of: 12, extra: [1, 2, 3])
    let lines = proof.serialised.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[..<3] == ["c2sp.org/tlog-proof@v1", "extra AQID", "index 12"])
    #expect(lines[3...4].allSatisfy { Base64Standard.decode($0)?.count == 32 })
    #expect(lines[5...7] == ["", "harbour.example/refpassport/1", "13"])
    #expect(try TlogProof(parsing: proof.serialised) == proof)
  }

  @Test("a proof by another key, or with a changed hash, place or head, proves nothing")
  func tampered() throws {
    let proof = try proof(of: 5)
    let stranger = try NoteSigner(name: signer.verifier.name, key: .generate())
    #expect(throws: AuditError.signatureRefused(reason: "no signature of this key")) {
      try proof.verify(entryBytes: Self.entries[5], by: stranger.verifier)
    }
    for position in proof.hashes.indices {
      var hashes = proof.hashes
      hashes[position][3] ^= 1
      let changed = TlogProof(index: 5, hashes: hashes, checkpoint: proof.checkpoint)
      #expect(throws: AuditError.notIncluded) {
        try changed.verify(entryBytes: Self.entries[5], by: signer.verifier)
      }
    }
    for index in [4, 6, 12, 13, 1 << 40] {
      let changed = TlogProof(index: index, hashes: proof.hashes, checkpoint: proof.checkpoint)
      #expect(throws: AuditError.notIncluded) {
        try changed.verify(entryBytes: Self.entries[5], by: signer.verifier)
      }
    }
    // Another size in the head; an empty line that makes the hashes a part of the note.
    for (part, replacement) in [("\n13\n", "\n14\n"), ("index 5\n", "index 5\n\n")] {
      let text = proof.serialised.replacing(part, with: replacement)
      #expect(throws: AuditError.signatureRefused(reason: "the signature does not match the text")) {
        try TlogProof(parsing: text).verify(entryBytes: Self.entries[5], by: signer.verifier)
      }
    }
  }

  @Test(
    "texts that are no proof",
    arguments: [
      ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"), ("index 5", "index 05"), ("index 5", "index -5"),
      ("index 5", "index  5"), ("index 5", "index"), ("index 5", "index 5\nextra AQID"), ("index 5\n", ""),
      ("index 5", "extra\nindex 5"), ("index 5", "extra A\nindex 5"), ("index 5", "index 5\nAQID"),
      ("index 5", "index 5\r"), ("\n\nharbour", "\nharbour"),
      (
        "index 5",
        "index 5" + String(repeating: "\n" + Base64Standard.encode(MerkleTree.emptyRoot), count: 64)
      ),
    ])
  func malformed(part: String, replacement: String) throws {
    let text = try proof(of: 5).serialised
    #expect(throws: AuditError.self) { try TlogProof(parsing: text.replacing(part, with: replacement)) }
  }
}
