import Audit
import Cryptography

/// The JSON form of a paper: what it states, the exact bytes that were signed, the signature of the record key, and a note
/// under the ledger's key.
///
/// `paper` is for readers who only look; `signed` holds its RFC 8785 bytes in base64 and `signature` the Ed25519 signature
/// over them, so that openssl alone verifies it, without any JSON rules.
///
/// The record key signs four things, and none can pass for another: a *record* is an object with exactly the five members
/// `dates`, `name`, `nonce`, `role`, `text`, and has no `kind`; a *binding* is an object with a `type`, which no paper has;
/// a *credential* and the facts in a QR code are signed as base64url text with a dot in it, which begins with no brace. A
/// paper is an object whose `kind` is one of `PaperKind`. The readers of records and bindings take no member more or less,
/// and write what they read anew to compare the bytes.
///
/// `note` is a signed note (c2sp.org/signed-note) over the digest of `signed`: it lets a reader who holds nothing but the
/// verifier key of the ledger tell a paper of this appliance from one that a stranger wrote around a genuine receipt. Its
/// first line is no ledger's origin and its second no number, so it passes for no checkpoint.
struct SignedPaper: Hashable, Sendable {
  let kind: PaperKind
  /// What is stated.
  let paper: CanonicalJSON
  /// The bytes under `signature`.
  let signedBytes: [UInt8]
  let signature: [UInt8]
  /// What the ledger's key says.
  let note: SignedNote

  static let maximumSize = 8 * 1_048_576

  /// Signs `members`, to which the kind is added.
  init(
    _ kind: PaperKind, _ members: [String: CanonicalJSON], key: Ed25519.PrivateKey, ledger: NoteSigner
  ) throws {
    self.kind = kind
    paper = .object(members.merging(["kind": .string(kind.rawValue)]) { $1 })
    signedBytes = try paper.bytes()
    signature = try key.sign(signedBytes)
    note = try ledger.sign(Self.noteText(kind, signedBytes))
  }

  private static func noteText(_ kind: PaperKind, _ signedBytes: [UInt8]) -> String {
    "refpassport/paper/v1\n\(kind.rawValue)\n\(Base64Standard.encode(SHA256.hash(signedBytes)))\n"
  }

  /// The file's bytes (RFC 8785).
  func bytes() throws -> [UInt8] {
    try CanonicalJSON.object([
      "kind": .string(kind.rawValue), "note": .string(note.serialised), "paper": paper,
      "signed": .string(Base64Standard.encode(signedBytes)),
      "signature": .string(Base64Standard.encode(signature)),
    ]).bytes()
  }

  /// Reads a file; throws `.malformed` unless it is exactly what `bytes` writes. Checks no signature.
  init(parsing bytes: [UInt8]) throws {
    func fail(_ reason: String) -> ReferenceError { .malformed(part: "paper", reason: reason) }
    guard let json = try? CanonicalJSON(canonical: bytes, maximumSize: Self.maximumSize) else {
      throw fail("not canonical JSON")
    }
    guard
      let kind = json["kind"]?.string.flatMap(PaperKind.init(rawValue:)), let paper = json["paper"],
      paper["kind"]?.string == kind.rawValue,
      let signed = json["signed"]?.string.flatMap({ Base64Standard.decode($0) }),
      let signature = json["signature"]?.string.flatMap({ Base64Standard.decode($0) }),
      let note = json["note"]?.string.flatMap({ try? SignedNote(parsing: $0) })
    else { throw fail("a member is missing or of the wrong kind") }
    guard (try? paper.bytes()) == signed else { throw fail("the signed bytes are of another paper") }
    (self.kind, self.paper, signedBytes, self.signature, self.note) = (kind, paper, signed, signature, note)
    guard (try? self.bytes()) == bytes else { throw fail("members that do not belong there") }
  }

  /// Whether the ledger that `verifier` knows vouches for the paper.
  func isVouched(by verifier: NoteVerifier) -> Bool {
    note.text == Self.noteText(kind, signedBytes) && (try? verifier.verify(note)) != nil
  }

  func isSigned(by key: Ed25519.PublicKey) -> Bool { key.isValid(signature: signature, for: signedBytes) }
}
