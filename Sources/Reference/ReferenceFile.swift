import Audit
import Cryptography
import Mail

/// The attachment `reference.json`: record and binding, each with the exact bytes that were signed.
package struct ReferenceFile: Hashable, Sendable {
  package let record: Record
  /// The bytes under `recordSignature`.
  package let recordBytes: [UInt8]
  package let recordSignature: [UInt8]
  package let binding: Binding
  /// The bytes under `bindingSignature`.
  package let bindingBytes: [UInt8]
  package let bindingSignature: [UInt8]

  static let maximumSize = 65_536

  /// Signs both statements.
  init(record: Record, binding: Binding, key: Ed25519.PrivateKey) throws {
    self.record = record
    recordBytes = try record.signedBytes()
    recordSignature = try key.sign(recordBytes)
    self.binding = binding
    bindingBytes = try binding.signedBytes()
    bindingSignature = try key.sign(bindingBytes)
  }

  /// The attachment's bytes (RFC 8785).
  ///
  /// `case`, `issued` and `issuer` repeat what the binding says, for readers who only look.
  func bytes() throws -> [UInt8] { try json.bytes() }

  private var json: CanonicalJSON {
    .object([
      "v": .integer(1),
      "case": .string(binding.caseNumber),
      "issued": .string(binding.issued.iso8601),
      "issuer": .object([
        "domain": .string(binding.domain), "selector": .string(binding.selector.description),
        "publicKey": .string(Base64Standard.encode(binding.key)),
      ]),
      "record": record.json,
      "signed": .string(Base64Standard.encode(recordBytes)),
      "signature": .string(Base64Standard.encode(recordSignature)),
      "binding": .object([
        "signed": .string(Base64Standard.encode(bindingBytes)),
        "signature": .string(Base64Standard.encode(bindingSignature)),
      ]),
    ])
  }

  /// Reads an attachment; throws `.malformed` unless it is exactly what `bytes` writes.
  ///
  /// Checks no signature.
  init(parsing bytes: [UInt8]) throws {
    func fail(_ reason: String) -> ReferenceError { .malformed(part: "reference.json", reason: reason) }
    guard let json = try? CanonicalJSON(canonical: bytes, maximumSize: Self.maximumSize) else {
      throw fail("not canonical JSON")
    }
    func decoded(_ json: CanonicalJSON?) -> [UInt8]? { json?.string.flatMap { Base64Standard.decode($0) } }
    guard
      let record = json["record"].flatMap({ Record($0) }), let recordBytes = decoded(json["signed"]),
      let recordSignature = decoded(json["signature"]),
      let bindingBytes = decoded(json["binding"]?["signed"]),
      let bindingSignature = decoded(json["binding"]?["signature"])
    else { throw fail("a member is missing or of the wrong kind") }
    guard let binding = Binding(signedBytes: bindingBytes) else { throw fail("the binding cannot be read") }
    guard (try? record.signedBytes()) == recordBytes else {
      throw fail("the signed bytes are of another record")
    }
    (self.record, self.recordBytes, self.recordSignature) = (record, recordBytes, recordSignature)
    (self.binding, self.bindingBytes, self.bindingSignature) = (binding, bindingBytes, bindingSignature)
    guard (try? self.bytes()) == bytes else { throw fail("members that do not belong there") }
  }

  /// Whether both signatures are of `key`.
  func isSigned(by key: Ed25519.PublicKey) -> Bool {
    key.isValid(signature: recordSignature, for: recordBytes)
      && key.isValid(signature: bindingSignature, for: bindingBytes)
  }
}
