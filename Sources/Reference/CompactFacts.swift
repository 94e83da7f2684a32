import Audit
import Cryptography
import Mail

/// The facts in the smallest signed form, for the fragment of the link in the QR code.
///
/// Payload members: `n` name, `r` role, `u` department (unit), `f` from, `t` to, `o` organisation, `d`
/// domain, `c` case, `a` time of issue in seconds. The fragment never reaches a server (RFC 3986 §3.5).
struct CompactFacts: Sendable {
  let facts: StatedFacts
  let organisation: String
  let domain: String
  let caseNumber: String
  let issued: Timestamp

  /// `<page>#<jws>`.
  func link(page: String, selector: KeySelector, key: Ed25519.PrivateKey) throws -> String {
    var members: [String: CanonicalJSON] = [
      "n": .string(facts.name), "f": .string(facts.start), "t": .string(facts.end),
      "o": .string(organisation),
      "d": .string(domain), "c": .string(caseNumber), "a": .integer(issued.seconds),
    ]
    if let title = facts.title { members["r"] = .string(title) }
    if let department = facts.department { members["u"] = .string(department) }
    // The domain stands in the payload, so the selector names the key.
    let token = try CompactJWS(.object(members), type: nil, keyID: selector.description, key: key)
    return "\(page)#\(token.serialised)"
  }
}
