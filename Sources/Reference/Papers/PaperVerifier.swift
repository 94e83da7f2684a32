import Audit
package import Cryptography
import Mail

/// Verifies a paper, as PDF or as JSON: all of it against itself, then against what the reader pinned.
package struct PaperVerifier: Sendable {
  private let root: Certificate?
  private let key: Ed25519.PublicKey?
  private let vkey: String?

  /// - Parameters:
  ///   - root: the root certificate the reader trusts; it vouches for the seal, which only a PDF has.
  ///   - key: the record key the reader trusts.
  ///   - vkey: the ledger's verifier key the reader trusts; each paper bears a note under it.
  package init(root: Certificate? = nil, key: Ed25519.PublicKey? = nil, vkey: String? = nil) {
    self.root = root
    self.key = key
    self.vkey = vkey
  }

  /// Whether the bytes look like a paper, so that it makes sense to ask for a verdict.
  package static func recognises(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: Array("%PDF-".utf8)) || bytes.starts(with: Array(#"{"kind":"refpassport/"#.utf8))
  }

  /// The verdict on foreign bytes.
  package func verify(_ bytes: [UInt8]) -> PaperVerdict {
    var findings = Findings()
    guard bytes.starts(with: Array("%PDF-".utf8)) else {
      // A line feed at the end, as standard output has one.
      return verdict(read(bytes.last == 0x0A ? bytes.dropLast() : bytes, &findings), seal: nil, findings)
    }
    do {
      let file = try SealedFile(parsing: bytes)
      findings.note(.coverage, true, "the signature covers the file to its last byte", else: "")
      guard let (kind, json) = PaperKind.allCases.firstValue({ file.attachments[$0.jsonName] }) else {
        findings.note(.agreement, false, "", else: "the file holds no signed statement of a paper")
        return verdict(nil, seal: nil, findings)
      }
      guard let paper = read(json, &findings) else { return verdict(nil, seal: nil, findings) }
      let seal = SealCheck(cms: file.cms, covered: file.covered, at: paper.made)
      check(file, seal, paper, named: kind, &findings)
      return verdict(paper, seal: seal, findings)
    } catch {
      findings.note(.coverage, false, "", else: "\(error)")
      return verdict(nil, seal: nil, findings)
    }
  }

  private func read(_ bytes: [UInt8], _ findings: inout Findings) -> PaperParts? {
    do {
      return try PaperParts(SignedPaper(parsing: bytes))
    } catch {
      findings.note(.record, false, "", else: "\(error)")
      return nil
    }
  }

  /// What is checked of the PDF around the statement.
  private func check(
    _ file: SealedFile, _ seal: SealCheck, _ paper: PaperParts, named kind: PaperKind, _ findings: inout Findings
  ) {
    findings.note(
      .seal, seal.signature && seal.exactForm && file.forbidsChanges && file.time == paper.made.pdfDate,
      "the seal is genuine and allows no change", else: "the seal does not hold")
    findings.note(
      .certificate, seal.chain, "the sealing certificate comes from the root in the file",
      else: "the sealing certificate does not come from the root in the file")
    var expected = paper.attachments
    expected[kind.jsonName] = file.attachments[kind.jsonName]
    findings.note(
      .agreement,
      kind == paper.signed.kind && file.attachments == expected
        && seal.leaf.map { SHA256.hash($0.der) } == paper.certificate
        && seal.root.map { SHA256.hash($0.der) } == paper.root,
      "seal, attachments and statement belong together", else: "the parts do not belong together")
  }

  private func verdict(_ paper: PaperParts?, seal: SealCheck?, _ findings: Findings) -> PaperVerdict {
    var findings = findings
    guard let paper else { return PaperVerdict(kind: nil, checks: findings.checks, paper: nil) }
    paper.check(&findings)
    if let root {
      findings.note(
        .pinnedRoot, seal?.root?.der == root.der, "the root of the seal is the pinned one",
        else: seal == nil
          ? "a JSON file bears no seal that the root could vouch for: verify the PDF, or pin a key"
          : "the root of the seal is another one")
    }
    if let key {
      findings.note(
        .pinnedKey, key.raw == paper.key.raw, "the record key is the pinned one", else: "the record key is another one")
    }
    if let vkey {
      findings.note(
        .pinnedLedger, vkey == paper.vkey, "the ledger’s key is the pinned one", else: "the ledger’s key is another one"
      )
    }
    return PaperVerdict(
      kind: paper.signed.kind, checks: findings.checks, paper: findings.allOK ? paper.signed.paper : nil)
  }
}

extension Collection {
  /// The first element that has such a value, with it.
  fileprivate func firstValue<Value>(_ value: (Element) -> Value?) -> (Element, Value)? {
    for element in self { if let value = value(element) { return (element, value) } }
    return nil
  }
}
