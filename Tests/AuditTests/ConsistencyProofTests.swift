import Audit
import Cryptography
import Testing

@Suite("a consistency proof shows to whoever holds a checkpoint that a newer one only adds")
struct ConsistencyProofTests {
  let signer: NoteSigner

  init() throws {
    signer = try NoteSigner(
      name: "harbour.example/refpassport/1", key: Ed25519.PrivateKey(seed: SecretKey(Array(1...32))))
  }

  private func head(_ size: Int, of entries: [[UInt8]]) throws -> Checkpoint {
    try Checkpoint(
      origin: signer.verifier.name, size: size, root: MerkleTree.root(ofEntries: Array(entries[..<size])))
  }

  private func proof(from old: Int, to new: Int, of entries: [[UInt8]]) throws -> ConsistencyProof {
    let leaves = entries[..<new].map { MerkleTree.leafHash($0) }
    return ConsistencyProof(
      oldSize: old, hashes: try #require(MerkleTree.consistencyProof(from: old, leafHashes: leaves)),
      checkpoint: try signer.sign(try head(new, of: entries)))
  }

  @Test("between any two sizes, by its text alone", arguments: 0...13)
  func roundTrip(new: Int) throws {
    let entries = TlogProofTests.entries
    for old in 0...new {
      let text = try proof(from: old, to: new, of: entries).serialised
      let again = try ConsistencyProof(parsing: text)
      #expect(again.serialised == text)
      #expect(try again.verify(since: head(old, of: entries), by: signer.verifier).size == new)
      for other in 0...new where other != old {
        #expect(throws: AuditError.notConsistent) {
          try again.verify(since: head(other, of: entries), by: signer.verifier)
        }
      }
    }
  }

  @Test("the text is the body of add-checkpoint of c2sp.org/tlog-witness")
  func textForm() throws {
    let lines = try proof(from: 6, to: 13, of: TlogProofTests.entries).serialised
      .split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "old 6" && lines[1...4].allSatisfy { Base64Standard.decode($0)?.count == 32 })
    #expect(lines[5...7] == ["", "harbour.example/refpassport/1", "13"])
  }

  @Test("another past, another key, another ledger or a changed hash proves nothing")
  func refused() throws {
    let entries = TlogProofTests.entries
    let proof = try proof(from: 6, to: 13, of: entries)
    var past = entries
    past[2][0] ^= 1
    #expect(throws: AuditError.notConsistent) { try proof.verify(since: head(6, of: past), by: signer.verifier) }
    let other = try Checkpoint(origin: "other.example/1", size: 6, root: head(6, of: entries).root)
    #expect(throws: AuditError.notConsistent) { try proof.verify(since: other, by: signer.verifier) }
    let stranger = try NoteSigner(name: signer.verifier.name, key: .generate())
    #expect(throws: AuditError.signatureRefused(reason: "no signature of this key")) {
      try proof.verify(since: head(6, of: entries), by: stranger.verifier)
    }
    for position in proof.hashes.indices {
      var hashes = proof.hashes
      hashes[position][31] ^= 1
      let changed = ConsistencyProof(oldSize: 6, hashes: hashes, checkpoint: proof.checkpoint)
      #expect(throws: AuditError.notConsistent) { try changed.verify(since: head(6, of: entries), by: signer.verifier) }
    }
  }

  @Test(
    "anything else is refused with a reason",
    arguments: [
      ("", "empty line"), ("old 6\n", "empty line"), ("old -1\n\nx", "last line"), ("old 06\n\nNOTE", "old size"),
      ("new 6\n\nNOTE", "old size"), ("old 6\nAAAA\n\nNOTE", "32 bytes"), ("old 6\n!\n\nNOTE", "32 bytes"),
      ("old 6\n" + String(repeating: "x\n", count: 64) + "\nNOTE", "too many"),
      (String(repeating: "x", count: 70_000), "too long"),
    ])
  func malformed(_ text: String, _ reason: String) throws {
    let note = try signer.sign(try head(0, of: [])).serialised
    let error = #expect(throws: AuditError.self) { try ConsistencyProof(parsing: text.replacing("NOTE", with: note)) }
    #expect(error?.reason.contains(reason) == true, "\(String(describing: error))")
  }
}
