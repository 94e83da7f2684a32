import Audit
import Cryptography
package import Mail

/// One statement under the record key that ties all parts of a reference together, so that none can be
/// exchanged.
package struct Binding: Hashable, Sendable {
  /// The employer's domain (A-label form) and the name of its key below it.
  package var domain: String
  package var selector: KeySelector
  /// The record key's 32 public bytes.
  package var key: [UInt8]
  /// SHA-256 of the certificate that seals the PDF, and of the root above it (DER).
  package var certificate: [UInt8]
  package var root: [UInt8]
  /// SHA-256 of the record's signed bytes, and of the credential's bytes.
  package var record: [UInt8]
  package var credential: [UInt8]
  /// The verifier key of the audit ledger (C2SP signed note `vkey`).
  package var ledger: String
  /// The case number and the time of issue.
  package var caseNumber: String
  package var issued: Timestamp

  private static let type = "refpassport-binding/1"

  /// The bytes that are signed (RFC 8785).
  ///
  /// The type keeps them apart from a record under the same key.
  package func signedBytes() throws -> [UInt8] {
    let json = CanonicalJSON.object([
      "type": .string(Self.type), "domain": .string(domain), "selector": .string(selector.description),
      "key": .string(Base64Standard.encode(key)), "certificate": .string(Hex.encode(certificate)),
      "root": .string(Hex.encode(root)), "record": .string(Hex.encode(record)),
      "credential": .string(Hex.encode(credential)), "ledger": .string(ledger), "case": .string(caseNumber),
      "issued": .string(issued.iso8601),
    ])
    return try json.bytes()
  }

  /// Reads signed bytes back; nil unless they are exactly what `signedBytes` writes.
  init?(signedBytes bytes: [UInt8]) {
    func digest(_ json: CanonicalJSON?) -> [UInt8]? {
      guard let text = json?.string, let bytes = Hex.decode(text), bytes.count == SHA256.size else {
        return nil
      }
      return bytes
    }
    guard
      let json = try? CanonicalJSON(canonical: bytes, maximumSize: 4096), json["type"]?.string == Self.type,
      let domain = json["domain"]?.string,
      let selector = json["selector"]?.string.flatMap({ KeySelector($0) }),
      let key = json["key"]?.string.flatMap({ Base64Standard.decode($0) }), key.count == 32,
      let certificate = digest(json["certificate"]), let root = digest(json["root"]),
      let record = digest(json["record"]), let credential = digest(json["credential"]),
      let ledger = json["ledger"]?.string, let caseNumber = json["case"]?.string,
      let issued = json["issued"]?.string.flatMap({ Timestamp(iso8601: $0) })
    else { return nil }
    self.init(
      domain: domain, selector: selector, key: key, certificate: certificate, root: root, record: record,
      credential: credential, ledger: ledger, caseNumber: caseNumber, issued: issued)
    guard (try? signedBytes()) == bytes else { return nil }
  }

  package init(
    domain: String, selector: KeySelector, key: [UInt8], certificate: [UInt8], root: [UInt8], record: [UInt8],
    credential: [UInt8], ledger: String, caseNumber: String, issued: Timestamp
  ) {
    self.domain = domain
    self.selector = selector
    self.key = key
    self.certificate = certificate
    self.root = root
    self.record = record
    self.credential = credential
    self.ledger = ledger
    self.caseNumber = caseNumber
    self.issued = issued
  }
}
