import Cryptography

/// A short text with the signatures of those who vouch for it (c2sp.org/signed-note).
///
/// The text ends with a line feed; an empty line follows, and then a line `— name base64(key ID ‖ signature)`
/// for each signature. A parsed note is not verified yet: ask a `NoteVerifier`.
package struct SignedNote: Hashable, Sendable {
  /// One signature line.
  package struct Signature: Hashable, Sendable {
    /// The name of the key.
    package let name: String
    /// The first four bytes of the key's digest.
    package let keyID: [UInt8]
    /// The signature proper.
    package let bytes: [UInt8]

    var line: String { "\u{2014} \(name) \(Base64Standard.encode(keyID + bytes))\n" }
  }

  /// The most bytes a note may have.
  package static let maximumSize = 65_536
  static let maximumSignatures = 100

  /// What is signed, with its last line feed.
  package let text: String
  /// The signature lines in order; at least one.
  package let signatures: [Signature]

  init(text: String, signatures: [Signature]) throws(AuditError) {
    guard text.utf8.last == 0x0A, text.utf8.allSatisfy({ $0 >= 0x20 || $0 == 0x0A }) else {
      throw .malformedNote(reason: "the text has control characters or no last line feed")
    }
    guard 1...Self.maximumSignatures ~= signatures.count else {
      throw .malformedNote(reason: "a note has 1 to 100 signatures")
    }
    self.text = text
    self.signatures = signatures
  }

  /// Reads a note; accepts exactly what `serialised` writes.
  package init(parsing serialised: String) throws(AuditError) {
    let units = Array(serialised.utf8)
    guard units.count <= Self.maximumSize else { throw .malformedNote(reason: "the note is too long") }
    guard units.last == 0x0A else { throw .malformedNote(reason: "the last line has no end") }
    guard let end = units.indices.dropLast().last(where: { units[$0] == 0x0A && units[$0 + 1] == 0x0A })
    else {
      throw .malformedNote(reason: "no empty line sets the signatures apart")
    }
    var signatures: [Signature] = []
    for line in String(decoding: units[(end + 2)...], as: UTF8.self).noteLines.dropLast() {
      signatures.append(try Self.signature(line))
    }
    try self.init(text: String(decoding: units[...end], as: UTF8.self), signatures: signatures)
  }

  private static func signature(_ line: String) throws(AuditError) -> Signature {
    let words = line.utf8.split(separator: 0x20, omittingEmptySubsequences: false).map {
      String(Substring($0))
    }
    guard words.count == 3, words[0] == "\u{2014}", NoteVerifier.isName(words[1]) else {
      throw .malformedNote(reason: "a signature line is not a dash, a name and a signature")
    }
    guard let bytes = Base64Standard.decode(words[2]), bytes.count > 4 else {
      throw .malformedNote(reason: "a signature is not base64 of more than four bytes")
    }
    return Signature(name: words[1], keyID: Array(bytes[..<4]), bytes: Array(bytes[4...]))
  }

  /// The whole note as it is stored, mailed and shown.
  package var serialised: String { text + "\n" + signatures.map(\.line).joined() }
}
