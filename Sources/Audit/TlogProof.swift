import Cryptography

/// Proof for one entry, complete in itself: its place, the hashes up to the root, and the signed checkpoint.
///
/// The text form is c2sp.org/tlog-proof@v1. It needs no network and no other entry to check.
package struct TlogProof: Hashable, Sendable {
  /// The place of the entry, counted from 0.
  package let index: Int
  /// The inclusion proof, lowest hash first.
  package let hashes: [[UInt8]]
  /// What the format lets an application add; not covered by any signature.
  package let extra: [UInt8]?
  /// The signed checkpoint.
  package let checkpoint: SignedNote

  private static let header = "c2sp.org/tlog-proof@v1"

  /// Puts a proof together; nothing is checked before `verify`.
  package init(index: Int, hashes: [[UInt8]], extra: [UInt8]? = nil, checkpoint: SignedNote) {
    self.index = index
    self.hashes = hashes
    self.extra = extra
    self.checkpoint = checkpoint
  }

  /// Reads the text form; accepts exactly what `serialised` writes.
  package init(parsing text: String) throws(AuditError) {
    var proof = try ProofText(parsing: text)
    guard proof.lines.popFirst() == Self.header else {
      throw .malformedProof(reason: "no proof of this version")
    }
    if let line = proof.lines.first, line.hasPrefix("extra ") {
      guard let bytes = Base64Standard.decode(line.dropFirst(6)) else {
        throw .malformedProof(reason: "the extra data are not base64")
      }
      extra = bytes
      proof.lines.removeFirst()
    } else {
      extra = nil
    }
    guard let index = proof.number(after: "index") else {
      throw .malformedProof(reason: "the index is missing or no plain decimal number")
    }
    self.index = index
    hashes = try proof.hashes()
    checkpoint = proof.checkpoint
  }

  /// The text form.
  package var serialised: String {
    var lines = [Self.header]
    if let extra { lines.append("extra " + Base64Standard.encode(extra)) }
    lines.append("index \(index)")
    return ProofText.serialised(lines, hashes, checkpoint)
  }

  /// Checks that the ledger of `verifier` holds exactly these bytes at this place, and returns the signed head.
  ///
  /// Throws `.signatureRefused` for a head nobody vouches for, `.notIncluded` when the hashes do not lead to it.
  @discardableResult
  package func verify(entryBytes: [UInt8], by verifier: NoteVerifier) throws(AuditError) -> Checkpoint {
    let head = try verifier.checkpoint(in: checkpoint)
    let included = MerkleTree.verifyInclusion(
      leafHash: MerkleTree.leafHash(entryBytes), index: index, size: head.size, proof: hashes, root: head.root
    )
    guard included else { throw .notIncluded }
    return head
  }
}
