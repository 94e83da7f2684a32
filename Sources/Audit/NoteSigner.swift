package import Cryptography

/// A named private key that vouches for notes.
package struct NoteSigner: Sendable {
  /// What others need to check the signatures.
  package let verifier: NoteVerifier
  private let key: Ed25519.PrivateKey

  /// Names a key; for a ledger the name is its origin.
  package init(name: String, key: Ed25519.PrivateKey) throws(AuditError) {
    verifier = try NoteVerifier(name: name, key: key.publicKey)
    self.key = key
  }

  /// Signs a text, which must end with a line feed.
  package func sign(_ text: String) throws -> SignedNote {
    let bytes = try key.sign(Array(text.utf8))
    let signature = SignedNote.Signature(name: verifier.name, keyID: verifier.keyID, bytes: bytes)
    return try SignedNote(text: text, signatures: [signature])
  }

  /// Signs a checkpoint of the ledger this key is named for.
  package func sign(_ checkpoint: Checkpoint) throws -> SignedNote {
    guard checkpoint.origin == verifier.name else {
      throw AuditError.malformedCheckpoint(reason: "the checkpoint is of another ledger")
    }
    return try sign(checkpoint.text)
  }
}
