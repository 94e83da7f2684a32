import Audit
import Cryptography

/// What a verifier found out about one reference.
package struct Verdict: Sendable {
  package enum Grade: String, Sendable {
    /// Intact, and the key stands in DNS below the employer's domain.
    case gold
    /// Intact, but DNS does not say whose key it is.
    case silver
    /// Not a reference, or changed, or put together from parts of several, or not of the pinned issuer.
    case invalid
    /// Taken back by the employer. No check finds this yet: there is no list to ask.
    case revoked
  }

  /// One thing that was looked at.
  package struct Check: Hashable, Sendable {
    package enum Name: String, Sendable, CaseIterable {
      /// The file is a PDF with one certification signature that reaches from the first byte to the last.
      case coverage
      /// The signature is genuine, its form exact, and no change is allowed after it.
      case seal
      /// The sealing certificate comes from the root in the file.
      case certificate
      /// Record and binding are signed by the record key.
      case record
      /// The credential is signed by the record key.
      case credential
      /// All parts are bound to each other and say the same.
      case agreement
      /// The credential stands in the audit ledger.
      case ledger
      /// The root is the one the reader pinned.
      case pinnedRoot = "pinned-root"
      /// The record key is the one the reader pinned.
      case pinnedKey = "pinned-key"
      /// The key of the ledger is the one the reader pinned.
      case pinnedLedger = "pinned-ledger"
      /// The key stands in DNS.
      case dns
    }
    package let name: Name
    package let ok: Bool
    /// One plain sentence; holds nothing personal.
    package let detail: String
  }

  /// Who claims to have issued it.
  package struct Issuer: Hashable, Sendable {
    package let domain: String
    package let selector: String
    /// The public record key, base64.
    package let key: String
  }

  package let grade: Grade
  /// Nil if the file says nothing readable of it.
  package let issuer: Issuer?
  package let checks: [Check]
  /// What is stated; nil for an invalid file, whose statements nobody made.
  package let facts: StatedFacts?
  /// The employer's name and the case number, beside the facts.
  package let organisation: String?
  package let caseNumber: String?
  /// RFC 3339.
  package let issued: String?

  /// Whether the issuer is proven: gold, or silver with a root or key that the reader pinned.
  ///
  /// Decides the exit status.
  package var isTrusted: Bool {
    switch grade {
    case .gold: true
    case .silver: checks.contains { $0.ok && ($0.name == .pinnedRoot || $0.name == .pinnedKey) }
    case .invalid, .revoked: false
    }
  }

  /// The document of `reference verify --json`.
  package func json() throws -> [UInt8] {
    var members: [String: CanonicalJSON] = [
      "verdict": .string(grade.rawValue),
      "checks": .array(
        checks.map {
          .object(["name": .string($0.name.rawValue), "ok": .bool($0.ok), "detail": .string($0.detail)])
        }),
      "issuer": .null, "facts": .null,
    ]
    if let issuer {
      members["issuer"] = .object([
        "domain": .string(issuer.domain), "selector": .string(issuer.selector), "key": .string(issuer.key),
      ])
    }
    if let facts {
      func optional(_ text: String?) -> CanonicalJSON { text.map { .string($0) } ?? .null }
      members["facts"] = .object([
        "name": .string(facts.name), "title": optional(facts.title), "department": optional(facts.department),
        "start": .string(facts.start), "end": .string(facts.end), "organisation": optional(organisation),
        "case": optional(caseNumber), "issued": optional(issued),
      ])
    }
    return try CanonicalJSON.object(members).bytes()
  }
}
