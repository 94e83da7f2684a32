import Cryptography

/// The head of the ledger at one moment: whose it is, how many entries it has, and the root over them.
///
/// The text form is the one of c2sp.org/tlog-checkpoint without extension lines:
/// `origin ⏎ size ⏎ base64(root) ⏎`.
package struct Checkpoint: Hashable, Sendable {
  /// Whose ledger: `<domain>/refpassport/<log id>`; also the name of the key that signs it.
  package let origin: String
  /// How many entries.
  package let size: Int
  /// The root over them; 32 bytes.
  package let root: [UInt8]

  /// A checkpoint; throws `.malformedCheckpoint` when its parts cannot be one.
  package init(origin: String, size: Int, root: [UInt8]) throws(AuditError) {
    guard NoteVerifier.isName(origin) else {
      throw .malformedCheckpoint(reason: "the origin is empty or holds a space or a plus sign")
    }
    guard size >= 0 else { throw .malformedCheckpoint(reason: "the size is negative") }
    guard root.count == SHA256.size else { throw .malformedCheckpoint(reason: "the root has not 32 bytes") }
    guard size > 0 || root == MerkleTree.emptyRoot else {
      throw .malformedCheckpoint(reason: "an empty ledger with the root of another")
    }
    self.origin = origin
    self.size = size
    self.root = root
  }

  /// Reads the text form; accepts exactly what `text` writes.
  package init(parsing text: String) throws(AuditError) {
    let lines = text.noteLines
    guard lines.count == 4, lines[3].isEmpty else {
      throw .malformedCheckpoint(reason: "a checkpoint has three lines")
    }
    guard let size = Int(lines[1]), String(size) == lines[1] else {
      throw .malformedCheckpoint(reason: "the size is no plain decimal number")
    }
    guard let root = Base64Standard.decode(lines[2]) else {
      throw .malformedCheckpoint(reason: "the root is not base64")
    }
    try self.init(origin: lines[0], size: size, root: root)
  }

  /// The text that is signed.
  package var text: String { "\(origin)\n\(size)\n\(Base64Standard.encode(root))\n" }
}

extension String {
  /// The parts between line feeds, by code unit: a combining mark after a line feed hides none.
  var noteLines: [String] {
    utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { String(Substring($0)) }
  }
}
