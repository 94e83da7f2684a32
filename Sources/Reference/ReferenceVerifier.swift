import Audit
package import Cryptography
import Mail

/// Verifies a reference: everything about the file itself, then who vouches for the key.
package struct ReferenceVerifier: Sendable {
  private let root: Certificate?
  private let key: Ed25519.PublicKey?
  private let lookup: (any TXTLookup)?

  /// - Parameters:
  ///   - root: a root the reader trusts; a reference under another one is invalid.
  ///   - key: a record key the reader trusts; a reference under another one is invalid.
  ///   - lookup: how to ask DNS; nil to stay offline.
  package init(root: Certificate? = nil, key: Ed25519.PublicKey? = nil, lookup: (any TXTLookup)?) {
    self.root = root
    self.key = key
    self.lookup = lookup
  }

  /// The verdict on foreign bytes.
  package func verify(_ bytes: [UInt8]) async -> Verdict {
    var findings = Findings()
    guard let parts = ReferenceParts(bytes, &findings) else { return findings.invalid(issuer: nil) }
    parts.check(&findings)
    checkPins(parts, &findings)
    let issuer = Verdict.Issuer(
      domain: parts.binding.domain, selector: parts.binding.selector.description,
      key: Base64Standard.encode(parts.binding.key))
    // Nobody is asked about a file that is broken anyway.
    guard findings.allOK else { return findings.invalid(issuer: issuer) }
    let isPublished = await checkDNS(parts.binding, &findings)
    return Verdict(
      grade: isPublished ? .gold : .silver, issuer: issuer, checks: findings.checks,
      facts: parts.credential.facts,
      organisation: parts.credential.organisation, caseNumber: parts.binding.caseNumber,
      issued: parts.binding.issued.iso8601)
  }

  private func checkPins(_ parts: ReferenceParts, _ findings: inout Findings) {
    if let root {
      findings.note(
        .pinnedRoot, root.der == parts.seal.root?.der, "the root is the pinned one",
        else: "the root is another one")
    }
    if let key {
      findings.note(
        .pinnedKey, key.raw == parts.binding.key, "the record key is the pinned one",
        else: "the record key is another one")
    }
  }

  private func checkDNS(_ binding: Binding, _ findings: inout Findings) async -> Bool {
    guard let lookup else {
      findings.note(.dns, false, "", else: "not asked")
      return false
    }
    var problem = "no key is published for this selector"
    for place in PublishedKey.places {
      do {
        let texts = try await lookup.texts(at: "\(binding.selector).\(place.label).\(binding.domain)")
        let keys = texts.compactMap { PublishedKey($0, version: place.version)?.key.raw }
        if keys.contains(binding.key) {
          findings.note(.dns, true, "the key is published below the employer’s domain", else: "")
          return true
        }
        if !keys.isEmpty { problem = "another key is published for this selector" }
      } catch {
        problem = "DNS gave no answer"
      }
    }
    findings.note(.dns, false, "", else: problem)
    return false
  }
}

/// Checks, as they are made.
struct Findings {
  private(set) var checks: [Verdict.Check] = []
  var allOK: Bool { checks.allSatisfy(\.ok) }

  mutating func note(_ name: Verdict.Check.Name, _ ok: Bool, _ good: String, else bad: String) {
    checks.append(Verdict.Check(name: name, ok: ok, detail: ok ? good : bad))
  }

  func invalid(issuer: Verdict.Issuer?) -> Verdict {
    Verdict(
      grade: .invalid, issuer: issuer, checks: checks, facts: nil, organisation: nil, caseNumber: nil,
      issued: nil)
  }
}
