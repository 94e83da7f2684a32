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
  /// A tree of 2^63 leaves is no higher.
  private static let maximumHashes = 63

  /// Puts a proof together; nothing is checked before `verify`.
  package init(index: Int, hashes: [[UInt8]], extra: [UInt8]? = nil, checkpoint: SignedNote) {
    self.index = index
    self.hashes = hashes
    self.extra = extra
    self.checkpoint = checkpoint
  }

  /// Reads the text form; accepts exactly what `serialised` writes.
  package init(parsing text: String) throws(AuditError) {
    let units = Array(text.utf8)
    guard units.count <= SignedNote.maximumSize else {
      throw .malformedProof(reason: "the proof is too long")
    }
    guard let end = units.indices.dropLast().first(where: { units[$0] == 0x0A && units[$0 + 1] == 0x0A })
    else {
      throw .malformedProof(reason: "no empty line before the checkpoint")
    }
    var lines = String(decoding: units[..<end], as: UTF8.self).noteLines[...]
    guard lines.popFirst() == Self.header else { throw .malformedProof(reason: "no proof of this version") }
    if let line = lines.first, line.hasPrefix("extra ") {
      guard let bytes = Base64Standard.decode(line.dropFirst(6)) else {
        throw .malformedProof(reason: "the extra data are not base64")
      }
      extra = bytes
      lines.removeFirst()
    } else {
      extra = nil
    }
    guard
      let line = lines.popFirst(), line.hasPrefix("index "), let index = Int(line.dropFirst(6)),
      index >= 0, line == "index \(index)"
    else { throw .malformedProof(reason: "the index is missing or no plain decimal number") }
    guard lines.count <= Self.maximumHashes else { throw .malformedProof(reason: "too many hashes") }
    var hashes: [[UInt8]] = []
    for line in lines {
      guard let hash = Base64Standard.decode(line), hash.count == SHA256.size else {
        throw .malformedProof(reason: "a hash is not base64 of 32 bytes")
      }
      hashes.append(hash)
    }
    self.index = index
    self.hashes = hashes
    checkpoint = try SignedNote(parsing: String(decoding: units[(end + 2)...], as: UTF8.self))
  }

  /// The text form.
  package var serialised: String {
    var lines = [Self.header]
    if let extra { lines.append("extra " + Base64Standard.encode(extra)) }
    lines.append("index \(index)")
    lines += hashes.map { Base64Standard.encode($0) }
    return lines.joined(separator: "\n") + "\n\n" + checkpoint.serialised
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
