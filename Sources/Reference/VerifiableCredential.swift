import Audit
import Cryptography
import Mail

/// The facts as a W3C Verifiable Credential 2.0, secured as `vc+jwt` with EdDSA (VC-JOSE-COSE §3.1.1).
struct VerifiableCredential: Sendable {
  let facts: StatedFacts
  let organisation: String
  let domain: String
  let caseNumber: String
  let issued: Timestamp

  static let type = "vc+jwt"
  static let maximumSize = 16_384

  /// The compact JWS under `keyID`, which is also the DNS name of the key.
  func signed(keyID: String, key: Ed25519.PrivateKey) throws -> [UInt8] {
    Array(try CompactJWS(json, type: Self.type, keyID: keyID, key: key).serialised.utf8)
  }

  /// The terms are schema.org's; the context needs no fetching, because JOSE signs bytes.
  var json: CanonicalJSON {
    var employer: [String: CanonicalJSON] = [
      "type": "Organization", "name": .string(organisation), "url": .string("https://\(domain)"),
    ]
    if let department = facts.department {
      employer["department"] = .object(["type": "Organization", "name": .string(department)])
    }
    var role: [String: CanonicalJSON] = [
      "type": "EmployeeRole", "startDate": .string(facts.start), "endDate": .string(facts.end),
      "worksFor": .object(employer),
    ]
    if let title = facts.title { role["roleName"] = .string(title) }
    return .object([
      "@context": .array([
        "https://www.w3.org/ns/credentials/v2", .object(["@vocab": "https://schema.org/"]),
      ]),
      "id": .string("urn:refpassport:\(caseNumber)"),
      "type": .array(["VerifiableCredential", "EmploymentReference"]),
      "issuer": .object(["id": .string("did:web:\(domain)"), "name": .string(organisation)]),
      "validFrom": .string(issued.iso8601),
      "credentialSubject": .object([
        "type": "Person", "name": .string(facts.name), "worksFor": .object(role),
      ]),
    ])
  }

  /// Reads a payload; nil unless it is exactly what `json` writes.
  init?(_ json: CanonicalJSON) {
    let subject = json["credentialSubject"]
    let role = subject?["worksFor"]
    let employer = role?["worksFor"]
    let scheme = "did:web:"
    let urn = "urn:refpassport:"
    guard
      let name = subject?["name"]?.string, let start = role?["startDate"]?.string,
      let end = role?["endDate"]?.string,
      let organisation = employer?["name"]?.string, let issuer = json["issuer"]?["id"]?.string,
      issuer.hasPrefix(scheme), let id = json["id"]?.string, id.hasPrefix(urn),
      let issued = json["validFrom"]?.string.flatMap({ Timestamp(iso8601: $0) })
    else { return nil }
    self.init(
      facts: StatedFacts(
        name: name, title: role?["roleName"]?.string, department: employer?["department"]?["name"]?.string,
        start: start, end: end),
      organisation: organisation, domain: String(issuer.dropFirst(scheme.count)),
      caseNumber: String(id.dropFirst(urn.count)), issued: issued)
    guard self.json == json else { return nil }
  }

  init(facts: StatedFacts, organisation: String, domain: String, caseNumber: String, issued: Timestamp) {
    self.facts = facts
    self.organisation = organisation
    self.domain = domain
    self.caseNumber = caseNumber
    self.issued = issued
  }
}
