import Audit
import Cryptography
package import Delivery
package import Mail

/// Writes references in the name of one organisation, and checks every one before it leaves.
package struct Issuer: ReferenceIssuer {
  private let organisation: Organisation
  private let name: String
  private let logo: [UInt8]?
  private let keys: IssuerKeys
  private let verifyURL: String
  private let selector: KeySelector
  private let vkey: String
  private let drawing: any DrawingService
  private let labels: Labels

  /// - Parameters:
  ///   - verifyURL: the public verify page; facts are appended as its fragment.
  ///   - selector: names the record key below the organisation's domain.
  ///   - vkey: the audit ledger's verifier key (C2SP signed note), bound and printed.
  ///
  /// Throws `ReferenceError` if the name cannot be printed, the logo cannot be read, or `vkey` is none.
  package init(
    organisation: Organisation, keys: IssuerKeys, verifyURL: String, selector: KeySelector, vkey: String,
    drawing: any DrawingService
  ) throws {
    guard let name = PrintableText(organisation.name)?.text else {
      throw ReferenceError.malformed(part: "organisation", reason: "the name cannot be printed")
    }
    guard (try? NoteVerifier(vkey: vkey)) != nil else {
      throw ReferenceError.malformed(part: "ledger", reason: "no verifier key")
    }
    guard !verifyURL.contains("#") else {
      throw ReferenceError.malformed(part: "verify page", reason: "the address has a fragment already")
    }
    self.organisation = organisation
    self.name = name
    self.logo = try organisation.logo.map { try LogoFile.read($0) }
    self.keys = keys
    self.verifyURL = verifyURL
    self.selector = selector
    self.vkey = vkey
    self.drawing = drawing
    labels = .named(organisation.locale)
  }

  /// Step one: sign record, credential and binding.
  package func credential(for facts: LeaverFacts, case id: CaseID, at now: Timestamp) throws -> Credential {
    let stated = try StatedFacts(facts)
    guard let period = stated.period else { throw IssueFailure.incomplete }
    let record = Record(
      name: stated.name, role: stated.title ?? "", dates: labels.dates(from: period.start, to: period.end),
      text: labels.statement(name, stated.department))
    let keyID = selector.dnsName(below: organisation.domain)
    let vc = try VerifiableCredential(
      facts: stated, organisation: name, domain: organisation.domain, caseNumber: id.description, issued: now
    ).signed(keyID: keyID, key: keys.record)
    let binding = Binding(
      domain: organisation.domain, selector: selector, key: keys.record.publicKey.raw,
      certificate: SHA256.hash(keys.leaf.der), root: SHA256.hash(keys.root.der),
      record: SHA256.hash(try record.signedBytes()), credential: SHA256.hash(vc), ledger: vkey,
      caseNumber: id.description, issued: now)
    let file = try ReferenceFile(record: record, binding: binding, key: keys.record)
    return Credential(record: try file.bytes(), vc: vc, keyID: keyID, issued: now)
  }

  /// Step two: draw, attach, sign, verify.
  ///
  /// `proof` must carry its entry in `extra`.
  package func document(
    for facts: LeaverFacts, credential: Credential, proof: [UInt8], case id: CaseID
  ) async throws -> [UInt8] {
    let stated = try StatedFacts(facts)
    try checkOwnership(of: credential, case: id)
    let page = try await drawing.pdf(try sheet(for: stated, credential: credential, case: id))
    let attachments = Attachment.all(record: credential.record, credential: credential.vc, proof: proof)
    let document: [UInt8]
    do {
      document = try PDFUpdate(
        drawing: PDFFile(page), attachments: attachments, language: labels.language, signer: name,
        issued: credential.issued
      ).signed { digest in
        try CAdESSignature(leaf: keys.leaf, chain: [keys.root], digest: digest).signed(by: keys.sealing)
      }
    } catch let error as ReferenceError {
      throw IssueFailure.failed("the reference could not be sealed: \(error)")
    }
    try await check(document, attachments: attachments, facts: stated)
    return document
  }

  /// A key exchanged between the two steps would make a document nobody can verify.
  private func checkOwnership(of credential: Credential, case id: CaseID) throws(IssueFailure) {
    guard
      let binding = try? ReferenceFile(parsing: credential.record).binding,
      binding.key == keys.record.publicKey.raw, binding.certificate == SHA256.hash(keys.leaf.der),
      binding.selector == selector, binding.domain == organisation.domain,
      binding.caseNumber == id.description
    else { throw .failed("keys or domain have changed since the credential was signed") }
  }

  /// Reads the finished document back, as a stranger would.
  private func check(_ document: [UInt8], attachments: [Attachment], facts: StatedFacts) async throws {
    let verdict = await ReferenceVerifier(root: keys.root, key: keys.record.publicKey, lookup: nil).verify(
      document)
    guard verdict.isTrusted, verdict.facts == facts else {
      let failed = verdict.checks.filter { !$0.ok && $0.name != .dns }.map(\.name.rawValue).joined(
        separator: ", ")
      throw IssueFailure.failed("the finished reference does not verify (\(failed))")
    }
    let found = try SealedFile(parsing: document).attachments
    guard found.count == attachments.count, attachments.allSatisfy({ found[$0.name] == $0.bytes }) else {
      throw IssueFailure.failed("the finished reference holds other attachments")
    }
  }

  private func sheet(for facts: StatedFacts, credential: Credential, case id: CaseID) throws -> Sheet {
    guard let period = facts.period else { throw IssueFailure.incomplete }
    var rows = [Sheet.Row(field: "name", label: labels.name, value: facts.name, isProminent: true)]
    if let title = facts.title { rows.append(.init(field: "title", label: labels.title, value: title)) }
    if let department = facts.department {
      rows.append(.init(field: "department", label: labels.department, value: department))
    }
    rows.append(
      .init(field: "dates", label: labels.dates, value: labels.dates(from: period.start, to: period.end)))
    rows.append(
      .init(field: "organisation", label: labels.employer, value: "\(name) (\(organisation.domain))"))
    let link = try CompactFacts(
      facts: facts, organisation: name, domain: organisation.domain, caseNumber: id.description,
      issued: credential.issued
    ).link(page: verifyURL, selector: selector, key: keys.record)
    return Sheet(
      language: labels.language, organisation: name, logo: logo, heading: labels.heading,
      subheading: "\(labels.issued) \(labels.date(credential.issued.date))", rows: rows,
      statement: labels.statement(name, facts.department), verifyHeading: labels.verifyHeading,
      verifySteps: labels.verifySteps(verifyURL, credential.keyID), link: link,
      notes: [
        .init(label: labels.caseNumber, value: id.description),
        .init(label: labels.recordKey, value: "Ed25519 \(Base64Standard.encode(keys.record.publicKey.raw))"),
        .init(label: labels.certificate, value: "SHA-256 \(Hex.encode(SHA256.hash(keys.leaf.der)))"),
        .init(label: labels.ledger, value: vkey),
      ], created: credential.issued)
  }
}
