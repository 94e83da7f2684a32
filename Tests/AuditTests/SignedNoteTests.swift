import Cryptography
import Testing

@testable import Audit

@Suite("a note counts when it is signed, and exactly as it was signed")
struct SignedNoteTests {
  /// The example note of the package golang.org/x/mod/sumdb/note, which the C2SP text took over.
  static let exampleKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
  static let exampleText =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
  static let exampleNote =
    exampleText
    + "\n\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"

  static let name = "harbour.example/refpassport/1"
  let signer: NoteSigner

  init() throws {
    signer = try NoteSigner(name: Self.name, key: Ed25519.PrivateKey(seed: SecretKey(Array(1...32))))
  }

  @Test("the published example verifies")
  func publishedExample() throws {
    let verifier = try NoteVerifier(vkey: Self.exampleKey)
    let note = try SignedNote(parsing: Self.exampleNote)
    #expect(note.text == Self.exampleText)
    #expect(note.signatures.map(\.name) == ["PeterNeumann"])
    #expect(Hex.encode(verifier.keyID) == "c74f20a3")
    #expect(verifier.vkey == Self.exampleKey)
    #expect(note.serialised == Self.exampleNote)
    try verifier.verify(note)
  }

  @Test("a checkpoint survives signing, text and verification")
  func checkpointRoundTrip() throws {
    let checkpoint = try Checkpoint(origin: Self.name, size: 7, root: Array(repeating: 9, count: 32))
    let note = try signer.sign(checkpoint)
    #expect(note.text == "harbour.example/refpassport/1\n7\nCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=\n")
    let verifier = try NoteVerifier(vkey: signer.verifier.vkey)
    #expect(verifier == signer.verifier)
    #expect(try verifier.checkpoint(in: SignedNote(parsing: note.serialised)) == checkpoint)
  }

  @Test("no byte of a note can be changed without notice")
  func everyByteCounts() throws {
    let verifier = signer.verifier
    let bytes = Array(try signer.sign("one\n\ntwo\n").serialised.utf8)
    for position in bytes.indices {
      for mask: UInt8 in [0x01, 0x20, 0x04] {
        var changed = bytes
        changed[position] ^= mask
        guard let text = String(validating: changed, as: UTF8.self) else { continue }
        #expect(throws: AuditError.self, "byte \(position)") {
          try verifier.verify(SignedNote(parsing: text))
        }
      }
    }
    for length in bytes.indices {
      guard let text = String(validating: bytes[..<length], as: UTF8.self) else { continue }
      #expect(throws: AuditError.self) { try verifier.verify(SignedNote(parsing: text)) }
    }
  }

  static let line = "\u{2014} a.example AAAAAAAA\n"

  @Test(
    "texts that are no note",
    arguments: [
      "", "\n", "text\n", "text\n\n", "text\n" + line, "text\n\n" + line.dropLast(), "text\n\n\(line)\n",
      "text\n\n- a.example AAAAAAAA\n", "text\n\n\u{2014}  AAAAAAAA\n", "text\n\n\u{2014} a+b AAAAAAAA\n",
      "text\n\n\u{2014} a\u{a0}b AAAAAAAA\n", "text\n\n\u{2014} a.example AAAA\n",
      "text\n\n\u{2014} a.example AAAAAAA\n",
      "text\n\n\u{2014} a.example  AAAAAAAA\n", "text\n\n\u{2014} a.example AAAAAAAA x\n",
      "te\u{1}xt\n\n" + line,
      "text\r\n\n" + line, "text\n\n" + String(repeating: line, count: 101), "\n" + line,
      String(repeating: "x", count: 65_536) + "\n\n" + line,
    ])
  func malformed(text: String) {
    #expect {
      try SignedNote(parsing: text)
    } throws: { error in
      if case AuditError.malformedNote = error { true } else { false }
    }
  }

  @Test("signatures of others are passed over, a wrong one of ours is not")
  func severalSignatures() throws {
    let witness = try NoteSigner(name: "witness.example", key: .generate())
    let note = try signer.sign("text\n")
    let both = try SignedNote(
      text: note.text, signatures: witness.sign("text\n").signatures + note.signatures)
    try signer.verifier.verify(both)
    try witness.verifier.verify(both)
    let another = try signer.sign("other\n")
    let mixed = try SignedNote(text: note.text, signatures: note.signatures + another.signatures)
    #expect(throws: AuditError.signatureRefused(reason: "the signature does not match the text")) {
      try signer.verifier.verify(mixed)
    }
    let namesake = try NoteSigner(name: Self.name, key: .generate())
    #expect(throws: AuditError.signatureRefused(reason: "no signature of this key")) {
      try namesake.verifier.verify(note)
    }
    let renamed = try NoteVerifier(name: "b.example", key: signer.verifier.key)
    #expect(throws: AuditError.signatureRefused(reason: "no signature of this key")) {
      try renamed.verify(note)
    }
  }

  @Test(
    "texts that are no vkey",
    arguments: [
      "", "PeterNeumann", "PeterNeumann+c74f20a3",
      "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
      "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
      "Peter+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
      "PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
      "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n", "+c74f20a3+AQ==",
    ])
  func malformedKeys(vkey: String) {
    #expect {
      try NoteVerifier(vkey: vkey)
    } throws: { error in
      if case AuditError.unusableKey = error { true } else { false }
    }
  }

  static let root = "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk="

  @Test(
    "texts that are no checkpoint",
    arguments: [
      "", "a\n7\n\(root)", "a\n7\n\(root)\n\n", "a\n7\n\(root)\nextension\n", "\n7\n\(root)\n",
      "a b\n7\n\(root)\n",
      "a\n07\n\(root)\n", "a\n+7\n\(root)\n", "a\n-7\n\(root)\n", "a\n7 \n\(root)\n",
      "a\n99999999999999999999\n\(root)\n",
      "a\n7\nCQkJ\n", "a\n7\n\(root.dropLast())\n", "a\n0\n\(root)\n", "a\r\n7\n\(root)\n",
      "a\n\u{301}7\n\(root)\n",
    ])
  func malformedCheckpoints(text: String) {
    #expect {
      try Checkpoint(parsing: text)
    } throws: { error in
      if case AuditError.malformedCheckpoint = error { true } else { false }
    }
  }

  @Test("a key vouches for checkpoints of its own ledger only")
  func foreignOrigin() throws {
    let foreign = try Checkpoint(origin: "other.example/refpassport/1", size: 0, root: MerkleTree.emptyRoot)
    #expect(throws: AuditError.malformedCheckpoint(reason: "the checkpoint is of another ledger")) {
      try signer.sign(foreign)
    }
    let smuggled = try signer.sign(foreign.text)
    #expect(throws: AuditError.malformedCheckpoint(reason: "the checkpoint is of another ledger")) {
      try signer.verifier.checkpoint(in: smuggled)
    }
  }
}
