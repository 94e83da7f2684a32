import Audit
import Cryptography
import Mail

/// The parts of a reference, taken out of a file and read, each by itself.
struct ReferenceParts {
  let file: SealedFile
  let seal: SealCheck
  let reference: ReferenceFile
  let token: CompactJWS
  let credential: VerifiableCredential
  let credentialBytes: [UInt8]
  let proofBytes: [UInt8]
  var binding: Binding { reference.binding }

  /// Nil, with a finding that says why, if a part is missing or cannot be read.
  init?(_ bytes: [UInt8], _ findings: inout Findings) {
    do {
      file = try SealedFile(parsing: bytes)
    } catch {
      findings.note(.coverage, false, "", else: Self.sentence(error))
      return nil
    }
    findings.note(.coverage, true, "the signature covers the file to its last byte", else: "")
    let names = [Attachment.recordName, Attachment.credentialName, Attachment.proofName]
    guard
      Set(file.attachments.keys) == Set(names), let record = file.attachments[names[0]],
      let credential = file.attachments[names[1]], let proof = file.attachments[names[2]]
    else {
      findings.note(.agreement, false, "", else: "not the three attachments of a reference")
      return nil
    }
    do {
      reference = try ReferenceFile(parsing: record)
    } catch {
      findings.note(.record, false, "", else: Self.sentence(error))
      return nil
    }
    guard
      let token = CompactJWS(parsing: credential, maximumSize: VerifiableCredential.maximumSize),
      token.header["typ"]?.string == VerifiableCredential.type,
      let parsed = VerifiableCredential(token.payload)
    else {
      findings.note(.credential, false, "", else: "the credential cannot be read")
      return nil
    }
    self.token = token
    self.credential = parsed
    credentialBytes = credential
    proofBytes = proof
    seal = SealCheck(cms: file.cms, covered: file.covered, at: reference.binding.issued)
  }

  private static func sentence(_ error: any Error) -> String {
    (error as? ReferenceError).map { "\($0)" } ?? "it cannot be read"
  }

  /// Checks everything that needs nothing but the file.
  func check(_ findings: inout Findings) {
    findings.note(
      .seal,
      seal.signature && seal.exactForm && file.forbidsChanges && file.time == binding.issued.pdfDate,
      "the seal is genuine and allows no change", else: "the seal does not hold")
    findings.note(
      .certificate, seal.chain, "the sealing certificate comes from the root in the file",
      else: "the sealing certificate does not come from the root in the file")
    let key = try? Ed25519.PublicKey(raw: binding.key)
    findings.note(
      .record, key.map { reference.isSigned(by: $0) } ?? false, "record and binding are signed",
      else: "the signature of record or binding is wrong")
    findings.note(
      .credential, key.map { token.isSigned(by: $0) } ?? false, "the credential is signed",
      else: "the signature of the credential is wrong")
    findings.note(
      .agreement, isBound && factsAgree, "all parts belong together and say the same",
      else: isBound ? "record and credential say different things" : "the parts do not belong together")
    findings.note(
      .ledger, isInLedger, "the credential stands in the audit ledger",
      else: "the audit ledger does not prove this credential")
  }

  private var isBound: Bool {
    guard let leaf = seal.leaf, let root = seal.root else { return false }
    return binding.certificate == SHA256.hash(leaf.der) && binding.root == SHA256.hash(root.der)
      && binding.record == SHA256.hash(reference.recordBytes)
      && binding.credential == SHA256.hash(credentialBytes)
      && token.header["kid"]?.string == binding.selector.dnsName(below: binding.domain)
  }

  private var factsAgree: Bool {
    let record = reference.record
    let facts = credential.facts
    guard let period = facts.period else { return false }
    return record.name == facts.name && record.role == facts.title ?? ""
      && Labels.all.contains { labels in
        record.dates == labels.dates(from: period.start, to: period.end)
          && record.text == labels.statement(credential.organisation, facts.department)
      }
      && credential.domain == binding.domain && credential.caseNumber == binding.caseNumber
      && credential.issued == binding.issued
  }

  /// The proof carries the `issue` entry's bytes beside the hashes that lead from it to the signed head.
  private var isInLedger: Bool {
    guard
      let text = String(validating: proofBytes, as: UTF8.self), let proof = try? TlogProof(parsing: text),
      let entryBytes = proof.extra, let entry = try? Entry(parsing: entryBytes), entry.event == .issue,
      entry.case == binding.caseNumber,
      entry.fields["cred"]?.string == Base64URL.encode(SHA256.hash(credentialBytes)),
      let verifier = try? NoteVerifier(vkey: binding.ledger),
      (try? proof.verify(entryBytes: entryBytes, by: verifier)) != nil
    else { return false }
    return true
  }
}
