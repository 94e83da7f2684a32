/// Proof that the ledger of a newer checkpoint begins with that of an older one: nothing was changed, only added.
///
/// The text form is the body of an `add-checkpoint` request of c2sp.org/tlog-witness, so that a witness takes it as it is:
/// `old SIZE`, the hashes a line each, an empty line, the newer checkpoint. The older one is with whoever holds it.
package struct ConsistencyProof: Hashable, Sendable {
  /// How many entries the older checkpoint covers.
  package let oldSize: Int
  /// RFC 9162 §2.1.4.1, in its order.
  package let hashes: [[UInt8]]
  /// The newer checkpoint.
  package let checkpoint: SignedNote

  /// Puts a proof together; nothing is checked before `verify`.
  package init(oldSize: Int, hashes: [[UInt8]], checkpoint: SignedNote) {
    self.oldSize = oldSize
    self.hashes = hashes
    self.checkpoint = checkpoint
  }

  /// Reads the text form; accepts exactly what `serialised` writes.
  package init(parsing text: String) throws(AuditError) {
    var proof = try ProofText(parsing: text)
    guard let size = proof.number(after: "old") else {
      throw .malformedProof(reason: "the old size is missing or no plain decimal number")
    }
    oldSize = size
    hashes = try proof.hashes()
    checkpoint = proof.checkpoint
  }

  /// The text form.
  package var serialised: String {
    ProofText.serialised(["old \(oldSize)"], hashes, checkpoint)
  }

  /// Checks that the ledger of `verifier` only grew since `old`, and returns its newer head.
  ///
  /// Throws `.signatureRefused` for a head nobody vouches for, `.notConsistent` when the hashes do not lead from one
  /// to the other.
  @discardableResult
  package func verify(since old: Checkpoint, by verifier: NoteVerifier) throws(AuditError) -> Checkpoint {
    let head = try verifier.checkpoint(in: checkpoint)
    guard
      old.origin == head.origin, old.size == oldSize,
      MerkleTree.verifyConsistency(
        oldSize: oldSize, oldRoot: old.root, newSize: head.size, newRoot: head.root, proof: hashes)
    else { throw .notConsistent }
    return head
  }
}
