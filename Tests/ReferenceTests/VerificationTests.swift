import Audit
import Cryptography
import Delivery
import Mail
import Testing

@testable import Reference

/// Which verdict a file gets, and why.
@Suite struct VerificationTests {
  private func published(
    _ employer: Employer, place: String = "_refpassport", version: String = "refpassport1"
  ) -> TableLookup {
    let key = Base64Standard.encode(employer.keys.record.publicKey.raw)
    return TableLookup(records: ["REF1.\(place).acme.example": ["v=\(version); k=ed25519; p=\(key)"]])
  }

  private func check(_ verdict: Verdict, _ name: Verdict.Check.Name) -> Verdict.Check? {
    verdict.checks.first { $0.name == name }
  }

  @Test(arguments: [("_refpassport", "refpassport1"), ("_workreferences", "workreferences1")])
  func isGoldIfTheKeyStandsInDNS(place: String, version: String) async throws {
    let employer = try Employer()
    let verdict = await ReferenceVerifier(lookup: published(employer, place: place, version: version))
      .verify(try await employer.document())
    #expect(verdict.grade == .gold)
    #expect(verdict.isTrusted)
    #expect(verdict.checks.allSatisfy { $0.ok })
    #expect(verdict.issuer?.domain == "acme.example")
    #expect(verdict.issuer?.selector == "REF1")
    #expect(verdict.facts?.name == "Ada Example")
    #expect(verdict.facts?.title == "Engineer")
    #expect(verdict.facts?.start == "2019-03-04")
  }

  @Test func isSilverIfDNSHoldsNoKeyOrAnotherOrDoesNotAnswer() async throws {
    let employer = try Employer()
    let document = try await employer.document()
    let absent = await ReferenceVerifier(lookup: TableLookup()).verify(document)
    #expect(absent.grade == .silver)
    #expect(check(absent, .dns)?.detail == "no key is published for this selector")
    let changed = await ReferenceVerifier(lookup: published(try Employer())).verify(document)
    #expect(changed.grade == .silver)
    #expect(check(changed, .dns)?.detail == "another key is published for this selector")
    let mixedVersions = await ReferenceVerifier(lookup: published(employer, version: "workreferences1"))
      .verify(document)
    #expect(mixedVersions.grade == .silver)
    let silent = await ReferenceVerifier(lookup: TableLookup(isSilent: true)).verify(document)
    #expect(silent.grade == .silver)
    #expect(check(silent, .dns)?.detail == "DNS gave no answer")
    let offline = await ReferenceVerifier(lookup: nil).verify(document)
    #expect(offline.grade == .silver)
    for verdict in [absent, changed, mixedVersions, silent, offline] { #expect(!verdict.isTrusted) }
  }

  @Test func silverIsTrustedOnlyUnderAPin() async throws {
    let employer = try Employer()
    let stranger = try Employer()
    let document = try await employer.document()
    let byRoot = await ReferenceVerifier(root: employer.keys.root, lookup: nil).verify(document)
    #expect(byRoot.grade == .silver)
    #expect(byRoot.isTrusted)
    let byKey = await ReferenceVerifier(key: employer.keys.record.publicKey, lookup: nil).verify(document)
    #expect(byKey.isTrusted)
    let wrongRoot = await ReferenceVerifier(root: stranger.keys.root, lookup: published(employer)).verify(
      document)
    #expect(wrongRoot.grade == .invalid)
    #expect(!wrongRoot.isTrusted)
    let wrongKey = await ReferenceVerifier(
      root: employer.keys.root, key: stranger.keys.record.publicKey, lookup: nil
    ).verify(document)
    #expect(wrongKey.grade == .invalid)
    #expect(wrongKey.facts == nil)
  }

  /// Each attachment of a genuine reference, put beside the others of another genuine reference of the same
  /// employer, or of a stranger, and sealed again by a stranger or by the employer.
  @Test(arguments: ["record", "credential", "proof"], [true, false])
  func partsOfTwoReferencesCannotBeMixed(part: String, sealedByEmployer: Bool) async throws {
    let employer = try Employer()
    let one = try SealedFile(parsing: try await employer.document()).attachments
    let other = try SealedFile(
      parsing: try await employer.document(for: .of("Bob Sample", title: "Clerk", department: nil))
    ).attachments
    func taken(_ name: String, ifMixed mixed: String) throws -> [UInt8] {
      try #require(part == mixed ? other[name] : one[name])
    }
    let keys = sealedByEmployer ? employer.keys : try Employer().keys
    let forged = try reseal(
      record: taken("reference.json", ifMixed: "record"),
      credential: taken("reference.vc.jwt", ifMixed: "credential"),
      proof: taken("issue.tlog-proof", ifMixed: "proof"), keys: keys)
    let verdict = await ReferenceVerifier(root: keys.root, lookup: published(employer)).verify(forged)
    #expect(verdict.grade == .invalid)
  }

  @Test func aStrangersSealAroundGenuinePartsIsFound() async throws {
    let employer = try Employer()
    let genuine = try SealedFile(parsing: try await employer.document()).attachments
    let parts = try ["reference.json", "reference.vc.jwt", "issue.tlog-proof"].map {
      try #require(genuine[$0])
    }
    let byStranger = try reseal(
      record: parts[0], credential: parts[1], proof: parts[2], keys: try Employer().keys)
    let verdict = await ReferenceVerifier(lookup: published(employer)).verify(byStranger)
    #expect(verdict.grade == .invalid)
    #expect(check(verdict, .seal)?.ok == true)
    #expect(check(verdict, .agreement)?.ok == false)
    // The control: the same parts under the employer's own seal are good.
    let byEmployer = try reseal(record: parts[0], credential: parts[1], proof: parts[2], keys: employer.keys)
    #expect(await ReferenceVerifier(lookup: published(employer)).verify(byEmployer).grade == .gold)
  }

  @Test func aProofOfAnotherEventOrWithoutItsEntryProvesNothing() async throws {
    let employer = try Employer()
    let issuer = try employer.issuer()
    let id = CaseID.random()
    let credential = try issuer.credential(for: .plain, case: id, at: Employer.issued)
    for proof in [
      try employer.proof(of: credential, case: id, event: .hold),
      try employer.proof(of: credential, case: .random()),
      try employer.proof(of: credential, case: id, carriesEntry: false),
      try Employer().proof(of: credential, case: id),
      Array("no proof\n".utf8),
    ] {
      let sealed = try reseal(
        record: credential.record, credential: credential.vc, proof: proof, keys: employer.keys)
      let verdict = await ReferenceVerifier(lookup: published(employer)).verify(sealed)
      #expect(verdict.grade == .invalid)
      #expect(check(verdict, .ledger)?.ok == false)
    }
  }

  @Test func aRecordThatSaysMoreThanTheCredentialIsFound() async throws {
    let employer = try Employer()
    let issuer = try employer.issuer()
    let id = CaseID.random()
    let credential = try issuer.credential(for: .plain, case: id, at: Employer.issued)
    let genuine = try ReferenceFile(parsing: credential.record)
    // The employer's own key, so that only the comparison of contents can find it.
    let boasting = Record(
      name: genuine.record.name, role: "Director", dates: genuine.record.dates, text: genuine.record.text)
    var binding = genuine.binding
    binding.record = SHA256.hash(try boasting.signedBytes())
    let file = try ReferenceFile(record: boasting, binding: binding, key: employer.keys.record)
    let sealed = try reseal(
      record: try file.bytes(), credential: credential.vc,
      proof: try employer.proof(of: credential, case: id),
      keys: employer.keys)
    let verdict = await ReferenceVerifier(lookup: published(employer)).verify(sealed)
    #expect(verdict.grade == .invalid)
    #expect(check(verdict, .agreement)?.detail == "record and credential say different things")
  }

  @Test func theJSONHasTheContractsShape() async throws {
    let employer = try Employer()
    let verdict = await ReferenceVerifier(lookup: published(employer)).verify(try await employer.document())
    let json = try CanonicalJSON(parsing: try verdict.json(), maximumSize: 65_536)
    #expect(json["verdict"]?.string == "gold")
    #expect(json["issuer"]?["domain"]?.string == "acme.example")
    #expect(json["issuer"]?["key"]?.string == Base64Standard.encode(employer.keys.record.publicKey.raw))
    #expect(json["checks"]?.array?.allSatisfy { $0["ok"]?.bool == true && $0["name"]?.string != nil } == true)
    #expect(json["facts"]?["name"]?.string == "Ada Example")
    let invalid = try CanonicalJSON(
      parsing: try await ReferenceVerifier(lookup: nil).verify([]).json(), maximumSize: 65_536)
    #expect(invalid["verdict"]?.string == "invalid")
    #expect(invalid["issuer"] == .null)
    #expect(invalid["facts"] == .null)
  }

  /// Seals parts as the issuer does, without its checks.
  private func reseal(record: [UInt8], credential: [UInt8], proof: [UInt8], keys: IssuerKeys) throws
    -> [UInt8]
  {
    let page = try Drawing.pdf(for: .showing("Ada Example"))
    return try PDFUpdate(
      drawing: PDFFile(page),
      attachments: Attachment.all(record: record, credential: credential, proof: proof),
      language: "en-GB", signer: "Acme Ltd", issued: Employer.issued
    ).signed { try CAdESSignature(leaf: keys.leaf, chain: [keys.root], digest: $0).signed(by: keys.sealing) }
  }
}
