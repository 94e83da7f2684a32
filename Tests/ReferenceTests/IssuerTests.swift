import Audit
import Cryptography
import Delivery
import Mail
import Testing

@testable import Reference

/// What is signed, what is written, and when nothing is written.
@Suite struct IssuerTests {
  @Test func theRecordSaysTheFactsInTheStandardsTerms() throws {
    let employer = try Employer()
    let credential = try employer.issuer().credential(for: .plain, case: .random(), at: Employer.issued)
    let file = try ReferenceFile(parsing: credential.record)
    #expect(file.record.name == "Ada Example")
    #expect(file.record.role == "Engineer")
    #expect(file.record.dates == "4 March 2019 – 30 September 2026")
    #expect(
      file.record.text
        == "Acme Ltd confirms that it employed the person named here, in the department “Research”. "
        + "The facts come from its personnel records.")
    #expect(Base64URL.decode(file.record.nonce)?.count == 16)
    #expect(file.isSigned(by: employer.keys.record.publicKey))
    #expect(!file.isSigned(by: try Employer().keys.record.publicKey))
    let json = try CanonicalJSON(canonical: file.recordBytes, maximumSize: 4096)
    #expect(json.object.map { Set($0.keys) } == ["name", "role", "dates", "text", "nonce"])
  }

  /// The exact bytes: members in the order of RFC 8785, no space, no escapes but the needed ones.
  @Test func theSignedBytesAreCanonical() throws {
    let record = Record(
      name: "Zoë \"Ada\"", role: "", dates: "4 March 2019 – 30 September 2026", text: "x", nonce: "AAAA")
    #expect(
      String(decoding: try record.signedBytes(), as: UTF8.self)
        == #"{"dates":"4 March 2019 – 30 September 2026","name":"Zoë \"Ada\"","nonce":"AAAA","role":"","text":"x"}"#
    )
  }

  @Test func theAttachmentNamesTheIssuerForReadersWhoOnlyLook() throws {
    let employer = try Employer()
    let id = CaseID.random()
    let credential = try employer.issuer().credential(for: .plain, case: id, at: Employer.issued)
    let json = try CanonicalJSON(canonical: credential.record, maximumSize: 65_536)
    #expect(json["case"]?.string == id.description)
    #expect(json["issued"]?.string == "2026-09-21T14:13:20Z")
    #expect(json["issuer"]?["domain"]?.string == "acme.example")
    #expect(json["issuer"]?["selector"]?.string == "REF1")
    #expect(json["issuer"]?["publicKey"]?.string == Base64Standard.encode(employer.keys.record.publicKey.raw))
    let binding = try ReferenceFile(parsing: credential.record).binding
    #expect(binding.certificate == SHA256.hash(employer.keys.leaf.der))
    #expect(binding.credential == SHA256.hash(credential.vc))
    #expect(binding.ledger == employer.ledger.verifier.vkey)
  }

  @Test func theCredentialIsAVerifiableCredentialUnderTheKeysDNSName() throws {
    let employer = try Employer()
    let id = CaseID.random()
    let credential = try employer.issuer().credential(for: .plain, case: id, at: Employer.issued)
    #expect(credential.keyID == "REF1._refpassport.acme.example")
    let token = try #require(CompactJWS(parsing: credential.vc, maximumSize: 16_384))
    #expect(token.isSigned(by: employer.keys.record.publicKey))
    #expect(token.header == ["alg": "EdDSA", "kid": "REF1._refpassport.acme.example", "typ": "vc+jwt"])
    let payload = token.payload
    #expect(payload["@context"]?.array?.first?.string == "https://www.w3.org/ns/credentials/v2")
    #expect(payload["id"]?.string == "urn:refpassport:\(id)")
    #expect(payload["issuer"]?["id"]?.string == "did:web:acme.example")
    #expect(payload["validFrom"]?.string == "2026-09-21T14:13:20Z")
    let role = payload["credentialSubject"]?["worksFor"]
    #expect(role?["type"]?.string == "EmployeeRole")
    #expect(role?["roleName"]?.string == "Engineer")
    #expect(role?["startDate"]?.string == "2019-03-04")
    #expect(role?["worksFor"]?["department"]?["name"]?.string == "Research")
  }

  @Test func onlyTheFactsAreStated() async throws {
    let document = try await Employer().document()
    let text = String(decoding: document, as: UTF8.self)
    #expect(!text.contains("ada@acme.example"))
    for (_, bytes) in try SealedFile(parsing: document).attachments {
      #expect(!String(decoding: bytes, as: UTF8.self).contains("@acme"))
    }
    // The name stands in no metadata that a search engine or a file manager would show.
    let drawing = try PDFFile(document)
    let information = try #require(try drawing.resolve(drawing.trailer["Info"]))
    #expect(
      information["Title"]?.string.map { String(decoding: $0, as: UTF8.self) } == "Employment reference")
  }

  @Test func missingTitleAndDepartmentAreLeftOut() async throws {
    let document = try await Employer().document(for: .of("Ada Example", title: nil, department: "  "))
    let verdict = await ReferenceVerifier(lookup: nil).verify(document)
    #expect(verdict.grade == .silver)
    #expect(verdict.facts?.title == nil)
    #expect(verdict.facts?.department == nil)
  }

  @Test(arguments: ["name", "start", "end"])
  func factsThatMustBeThereAreAskedFor(missing: String) throws {
    var facts = LeaverFacts.plain
    switch missing {
    case "name": facts.name = " \u{202E}\u{200B} "
    case "start": facts.start = nil
    default: facts.end = nil
    }
    let issuer = try Employer().issuer()
    #expect(throws: IssueFailure.incomplete) {
      try issuer.credential(for: facts, case: .random(), at: Employer.issued)
    }
  }

  @Test(arguments: ["name", "title", "department"])
  func aFactThatCannotBeDrawnIsNamed(field: String) async throws {
    var facts = LeaverFacts.plain
    switch field {
    case "name": facts.name = "Ada \u{E000}"
    case "title": facts.title = "Engineer 🚀"
    default: facts.department = "R\u{F000}D"
    }
    await #expect(throws: IssueFailure.unprintable(field: field)) {
      try await Employer().document(for: facts)
    }
  }

  @Test func aValueOfAnAbsurdLengthIsRefusedBeforeAnythingIsSigned() throws {
    let facts = LeaverFacts.of("Ada Example", title: String(repeating: "x", count: 2000), department: nil)
    let issuer = try Employer().issuer()
    #expect(throws: IssueFailure.unprintable(field: "title")) {
      try issuer.credential(for: facts, case: .random(), at: Employer.issued)
    }
  }

  @Test func aProofThatDoesNotProveStopsTheDocument() async throws {
    let employer = try Employer()
    let issuer = try employer.issuer()
    let id = CaseID.random()
    let credential = try issuer.credential(for: .plain, case: id, at: Employer.issued)
    let proof = try employer.proof(of: credential, case: id, carriesEntry: false)
    await #expect(throws: IssueFailure.failed("the finished reference does not verify (ledger)")) {
      try await issuer.document(for: .plain, credential: credential, proof: proof, case: id)
    }
  }

  @Test func keysChangedBetweenTheStepsStopTheDocument() async throws {
    let employer = try Employer()
    let id = CaseID.random()
    let credential = try employer.issuer().credential(for: .plain, case: id, at: Employer.issued)
    let proof = try employer.proof(of: credential, case: id)
    let rotated = try employer.keys.rotated(organisation: "Acme Ltd", at: Employer.issued)
    let failure = IssueFailure.failed("keys or domain have changed since the credential was signed")
    await #expect(throws: failure) {
      try await employer.issuer(keys: rotated).document(
        for: .plain, credential: credential, proof: proof, case: id)
    }
    await #expect(throws: failure) {
      try await employer.issuer().document(for: .plain, credential: credential, proof: proof, case: .random())
    }
  }

  @Test func factsChangedBetweenTheStepsStopTheDocument() async throws {
    let employer = try Employer()
    let issuer = try employer.issuer()
    let id = CaseID.random()
    let credential = try issuer.credential(for: .plain, case: id, at: Employer.issued)
    let proof = try employer.proof(of: credential, case: id)
    await #expect(throws: IssueFailure.self) {
      try await issuer.document(
        for: .of("Ada Example", title: "Director", department: "Research"), credential: credential,
        proof: proof, case: id)
    }
  }

  @Test func aServiceThatDrawsNonsenseStopsTheDocument() async throws {
    struct Nonsense: DrawingService {
      func pdf(_ sheet: Sheet) async throws -> [UInt8] { Array("%PDF-1.5 nonsense".utf8) }
    }
    await #expect(
      throws: IssueFailure.failed("the reference could not be sealed: PDF: no end mark at the end")
    ) {
      try await Employer().document(drawing: Nonsense())
    }
  }

  @Test func theSameStepTwiceDiffersOnlyInTheSignature() async throws {
    let employer = try Employer()
    let issuer = try employer.issuer()
    let id = CaseID.random()
    let credential = try issuer.credential(for: .plain, case: id, at: Employer.issued)
    let proof = try employer.proof(of: credential, case: id)
    let first = try SealedFile(
      parsing: await issuer.document(for: .plain, credential: credential, proof: proof, case: id))
    let second = try SealedFile(
      parsing: await issuer.document(for: .plain, credential: credential, proof: proof, case: id))
    #expect(first.covered == second.covered)
  }

  @Test func whatCannotBeUsedIsRefusedAtTheStart() throws {
    let employer = try Employer()
    #expect(throws: ReferenceError.malformed(part: "logo", reason: "the file cannot be opened")) {
      try employer.issuer(logo: "/nowhere/logo.png")
    }
    let scratch = try ScratchDirectory()
    let text = try scratch.write(Array("no picture".utf8), to: "logo.png")
    #expect(throws: ReferenceError.malformed(part: "logo", reason: "no PNG file")) {
      try employer.issuer(logo: text)
    }
    #expect(throws: ReferenceError.malformed(part: "ledger", reason: "no verifier key")) {
      try Issuer(
        organisation: employer.organisation, keys: employer.keys, verifyURL: "https://a.example/v",
        selector: employer.selector, vkey: "", drawing: InProcessDrawing())
    }
  }
}
