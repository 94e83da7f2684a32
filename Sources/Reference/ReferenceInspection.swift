import Audit
import Cryptography

/// What is in a file, without any judgement: for `reference inspect`.
package struct ReferenceInspection: Sendable {
  /// Bytes of the file, and how often it was updated after it was drawn.
  package let size: Int
  package let updates: Int
  /// SHA-256 of the file, hexadecimal: what the `seal` entry holds, in another spelling.
  package let digest: String
  /// Name and bytes of each attachment, by name.
  package let attachments: [(name: String, bytes: [UInt8])]
  /// The binding and the record as they stand there, unverified; nil if they cannot be read.
  package let binding: Binding?
  package let record: Record?

  /// Looks into foreign bytes; throws `.malformed` if they are no sealed PDF.
  package init(_ bytes: [UInt8]) throws {
    let file = try SealedFile(parsing: bytes)
    size = bytes.count
    updates = file.file.revisions - 1
    digest = Hex.encode(SHA256.hash(bytes))
    attachments = file.attachments.sorted { $0.key < $1.key }.map { (name: $0.key, bytes: $0.value) }
    let reference = file.attachments[Attachment.recordName].flatMap { try? ReferenceFile(parsing: $0) }
    binding = reference?.binding
    record = reference?.record
  }

  /// The document of `reference inspect --json`.
  package func json() throws -> [UInt8] {
    var members: [String: CanonicalJSON] = [
      "size": .integer(Int64(size)), "updates": .integer(Int64(updates)), "sha256": .string(digest),
      "attachments": .array(
        attachments.map { .object(["name": .string($0.name), "size": .integer(Int64($0.bytes.count))]) }),
      "record": .null, "binding": .null,
    ]
    if let record { members["record"] = record.json }
    if let bytes = try binding?.signedBytes() {
      members["binding"] = try CanonicalJSON(canonical: bytes, maximumSize: 4096)
    }
    return try CanonicalJSON.object(members).bytes()
  }
}
