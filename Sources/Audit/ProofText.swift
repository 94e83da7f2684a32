import Cryptography

/// What the texts of proofs have in common: some lines, hashes a line each, an empty line, and a signed checkpoint.
struct ProofText {
  /// The lines before the empty one that were not read yet.
  var lines: ArraySlice<String>
  let checkpoint: SignedNote

  /// A tree of 2^63 leaves is no higher.
  private static let maximumHashes = 63

  init(parsing text: String) throws(AuditError) {
    let units = Array(text.utf8)
    guard units.count <= SignedNote.maximumSize else {
      throw .malformedProof(reason: "the proof is too long")
    }
    guard let end = units.indices.dropLast().first(where: { units[$0] == 0x0A && units[$0 + 1] == 0x0A })
    else { throw .malformedProof(reason: "no empty line before the checkpoint") }
    lines = String(decoding: units[..<end], as: UTF8.self).noteLines[...]
    checkpoint = try SignedNote(parsing: String(decoding: units[(end + 2)...], as: UTF8.self))
  }

  /// The number in the next line, `WORD NUMBER`; nil if it is another line.
  mutating func number(after word: String) -> Int? {
    guard
      let line = lines.popFirst(), line.hasPrefix("\(word) "), let number = Int(line.dropFirst(word.count + 1)),
      number >= 0, line == "\(word) \(number)"
    else { return nil }
    return number
  }

  /// The hashes of all lines that are left.
  func hashes() throws(AuditError) -> [[UInt8]] {
    guard lines.count <= Self.maximumHashes else { throw .malformedProof(reason: "too many hashes") }
    var hashes: [[UInt8]] = []
    for line in lines {
      guard let hash = Base64Standard.decode(line), hash.count == SHA256.size else {
        throw .malformedProof(reason: "a hash is not base64 of 32 bytes")
      }
      hashes.append(hash)
    }
    return hashes
  }

  /// The text of a proof; `lines` are those before the hashes.
  static func serialised(_ lines: [String], _ hashes: [[UInt8]], _ checkpoint: SignedNote) -> String {
    (lines + hashes.map { Base64Standard.encode($0) }).joined(separator: "\n") + "\n\n" + checkpoint.serialised
  }
}
