package import Cryptography

/// A named public key that tells whether a note is genuine (c2sp.org/signed-note, Ed25519, type 0x01).
package struct NoteVerifier: Hashable, Sendable {
  /// The name of the key; for a ledger its origin.
  package let name: String
  /// The key.
  package let key: Ed25519.PublicKey
  /// SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key), the first four bytes.
  package let keyID: [UInt8]

  /// Names a key; throws `.unusableKey` for a name that is empty or holds a space or a plus sign.
  package init(name: String, key: Ed25519.PublicKey) throws(AuditError) {
    guard Self.isName(name) else {
      throw .unusableKey(reason: "the name is empty or holds a space or a plus sign")
    }
    self.name = name
    self.key = key
    keyID = Array(SHA256.hash(Array(name.utf8) + [0x0A, Self.type] + key.raw)[..<4])
  }

  /// Reads a vkey `name+hex(key ID)+base64(0x01 ‖ key)`; accepts exactly what `vkey` writes.
  package init(vkey: String) throws(AuditError) {
    let parts = vkey.utf8.split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    guard
      parts.count == 3, let bytes = Base64Standard.decode(parts[2]), bytes.first == Self.type,
      let key = try? Ed25519.PublicKey(raw: Array(bytes.dropFirst()))
    else { throw .unusableKey(reason: "no vkey of the kind Ed25519") }
    try self.init(name: parts[0], key: key)
    guard Array(self.vkey.utf8) == Array(vkey.utf8) else {
      throw .unusableKey(reason: "the key ID is that of another key")
    }
  }

  /// The text that publishes this key.
  package var vkey: String {
    "\(name)+\(Hex.encode(keyID))+\(Base64Standard.encode([Self.type] + key.raw))"
  }

  /// Throws `.signatureRefused` unless the note bears a signature of this key, and none that is wrong.
  ///
  /// Signatures of other keys are passed over.
  package func verify(_ note: SignedNote) throws(AuditError) {
    let ours = note.signatures.filter { $0.name == name && $0.keyID == keyID }
    guard !ours.isEmpty else { throw .signatureRefused(reason: "no signature of this key") }
    let message = Array(note.text.utf8)
    guard ours.allSatisfy({ key.isValid(signature: $0.bytes, for: message) }) else {
      throw .signatureRefused(reason: "the signature does not match the text")
    }
  }

  /// The checkpoint in a note that this key signed, of the ledger this key is named for.
  package func checkpoint(in note: SignedNote) throws(AuditError) -> Checkpoint {
    try verify(note)
    let checkpoint = try Checkpoint(parsing: note.text)
    guard checkpoint.origin == name else {
      throw .malformedCheckpoint(reason: "the checkpoint is of another ledger")
    }
    return checkpoint
  }

  private static let type: UInt8 = 0x01

  /// Whether a key may be called this: not empty, no white space, no plus sign, no control character.
  static func isName(_ name: String) -> Bool {
    !name.isEmpty
      && name.unicodeScalars.allSatisfy { $0 != "+" && $0.value >= 0x20 && !$0.properties.isWhitespace }
  }
}
