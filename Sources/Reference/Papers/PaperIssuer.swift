package import Audit
import Cryptography
package import Delivery
package import Mail

/// Makes papers in the name of one organisation: states, signs, draws, seals, and reads each back before it leaves.
package struct PaperIssuer: Sendable {
  let organisation: Organisation
  let name: String
  let logo: [UInt8]?
  let keys: IssuerKeys
  let selector: KeySelector
  private let signer: NoteSigner

  /// A paper in both forms, with the same contents.
  package struct Papers: Sendable {
    /// The signed JSON.
    package let json: [UInt8]
    /// The sealed PDF, to which the JSON is attached.
    package let pdf: [UInt8]
  }

  /// - Parameter ledger: signs the checkpoints of the ledger that the papers are made from.
  ///
  /// Throws `ReferenceError` if the organisation's name cannot be printed, or its logo cannot be read.
  package init(organisation: Organisation, keys: IssuerKeys, selector: KeySelector, ledger: NoteSigner) throws {
    guard let name = PrintableText(organisation.name)?.text else {
      throw ReferenceError.malformed(part: "organisation", reason: "the name cannot be printed")
    }
    self.organisation = organisation
    self.name = name
    logo = try organisation.logo.map { try LogoFile.read($0) }
    self.keys = keys
    self.selector = selector
    signer = ledger
  }

  /// The certificate that one case was purged; throws `PaperFailure` if it was not, or not cleanly.
  package func certificate(_ certificate: DeletionCertificate, at now: Timestamp) throws -> Papers {
    try certificate.check()
    let proof = Attachment(
      name: PaperKind.purgeProofName, mediaType: "text/plain", relationship: .supplement,
      description: "Receipt of the purge entry", bytes: Array(certificate.proof.serialised.utf8))
    return try papers(
      .certificate, certificate.members(by: self), certificate.sheet(by: self, at: now), attachments: [proof],
      ledger: certificate.ledger, at: now)
  }

  /// The report on a period.
  package func report(_ report: AuditReport, at now: Timestamp) throws -> Papers {
    func text(_ name: String, _ description: String, _ text: String) -> Attachment {
      Attachment(
        name: name, mediaType: "text/plain", relationship: .supplement, description: description,
        bytes: Array(text.utf8))
    }
    var attachments = [text(PaperKind.checkpointName, "Checkpoint over the whole ledger", report.ledger.checkpoint)]
    if let growth = report.growth {
      attachments.append(text(PaperKind.startName, "Checkpoint at the start of the period", growth.start))
      attachments.append(
        text(PaperKind.growthName, "Proof that the ledger only grew in the period", growth.proof.serialised))
    }
    return try papers(
      .report, report.members(by: self), report.sheet(by: self, at: now), attachments: attachments,
      ledger: report.ledger, at: now)
  }

  private func papers(
    _ kind: PaperKind, _ members: [String: CanonicalJSON], _ sheet: PaperSheet, attachments: [Attachment],
    ledger: LedgerEvidence, at now: Timestamp
  ) throws -> Papers {
    var stated = members
    stated["made"] = .string(now.iso8601)
    stated["issuer"] = issuer
    stated["ledger"] = ledger.json
    let json = try SignedPaper(kind, stated, key: keys.record, ledger: signer).bytes()
    let signed = Attachment(
      name: kind.jsonName, mediaType: "application/json", relationship: .data,
      description: "The same contents for machines, with their signature", bytes: json)
    let pdf = try PDFUpdate(
      drawing: PDFFile(try Drawing.pdf(for: sheet)), attachments: [signed] + attachments,
      language: PaperWords.language, signer: name, issued: now, reason: PaperWords.reason(kind)
    ).signed { digest in
      try CAdESSignature(leaf: keys.leaf, chain: [keys.root], digest: digest).signed(by: keys.sealing)
    }
    // As a stranger would who trusts our keys; the seal's root vouches for the PDF alone.
    for (bytes, root) in [(json, nil), (pdf, keys.root)] {
      let verdict = PaperVerifier(root: root, key: keys.record.publicKey, vkey: ledger.vkey).verify(bytes)
      guard verdict.isProven else {
        throw PaperFailure.failed(verdict.checks.filter { !$0.ok }.map(\.name.rawValue).joined(separator: ", "))
      }
    }
    return Papers(json: json, pdf: pdf)
  }

  /// Names everything a reader may pin, so that parts of two papers cannot be mixed.
  private var issuer: CanonicalJSON {
    .object([
      "organisation": .string(name), "domain": .string(organisation.domain),
      "selector": .string(selector.description),
      "publicKey": .string(Base64Standard.encode(keys.record.publicKey.raw)),
      "certificate": .string(Hex.encode(SHA256.hash(keys.leaf.der))),
      "root": .string(Hex.encode(SHA256.hash(keys.root.der))),
    ])
  }

  /// What all papers have around their parts.
  func sheet(_ heading: String, _ subheading: String, foot: String, _ parts: [PaperPart], at now: Timestamp)
    -> PaperSheet
  {
    PaperSheet(
      language: PaperWords.language, organisation: name, logo: logo, heading: heading, subheading: subheading,
      foot: foot, created: now, parts: parts)
  }
}

/// Why there is no paper: a sentence for the officer, in words that hold nothing personal.
package enum PaperFailure: Error, Hashable, Sendable {
  /// The case is not purged; says where it stands.
  case notPurged(stands: String)
  /// The purge entry tells of remains, or not that a scan was made.
  case notClean
  /// The ledger does not lead to its signed root: nothing can be certified from it.
  case ledgerAltered
  /// The finished paper does not verify; names the checks that failed.
  case failed(String)
}
