import Audit
import Cryptography
import Delivery
import Foundation
import Mail
import Testing

@testable import Reference

/// What papers state, who is believed, and when there is none.
@Suite struct PaperTests {
  static let now = Employer.issued
  static let later = Timestamp(seconds: PaperStage.october.seconds.upperBound + 40 * 86_400)

  /// One purged case in a ledger of seven entries.
  static func one(_ employer: Employer? = nil) throws -> PaperStage {
    var stage = try PaperStage(employer)
    try stage.add(.config, at: now.seconds - 700_000, ["sha256": "c0ffee", "purgeLatest": .integer(45 * 86_400)])
    try stage.whole(1, from: now.seconds - 600_000)
    return stage
  }

  static func certificate() throws -> (stage: PaperStage, papers: PaperIssuer.Papers) {
    let stage = try one()
    return (stage, try stage.issuer.certificate(stage.certificate(1), at: now))
  }

  static func report(cases: Int = 40) throws -> (stage: PaperStage, papers: PaperIssuer.Papers) {
    let stage = try PaperStage.busy(cases: cases)
    let size = stage.entries.count
    return (
      stage, try stage.issuer.report(stage.report(PaperStage.october, start: size / 4, end: size - 9), at: later)
    )
  }

  private func paper(_ bytes: [UInt8]) throws -> CanonicalJSON { try SignedPaper(parsing: bytes).paper }

  @Test func theCertificateStatesWhatTheLedgerTells() throws {
    let (stage, papers) = try Self.certificate()
    let paper = try paper(papers.json)
    #expect(paper["kind"] == "refpassport/deletion-certificate/v1")
    #expect(paper["case"]?.string == PaperStage.caseID(1))
    #expect(paper["purge"]?["scope"] == ["document", "envelope", "facts", "mail", "salt"])
    #expect(paper["purge"]?["files"] == 12 && paper["purge"]?["hits"] == 0 && paper["purge"]?["slot"] == 3)
    #expect(paper["ending"]?["event"] == "confirm" && paper["ending"]?["how"] == "quiet")
    #expect(paper["times"]?["fromFirstEntry"] == 518_470 && paper["times"]?["fromEnding"] == 60)
    #expect(paper["times"]?["promised"] == 3_888_000 && paper["times"]?["kept"] == true)
    #expect(
      paper["steps"]?.array?.compactMap { $0["event"]?.string } == [
        "detect", "issue", "seal", "sent", "confirm", "purge",
      ])
    #expect(paper["remains"]?["lookupTags"]?.array?.first?["entries"] == [1, 4])
    #expect(paper["ledger"]?["entries"] == 7 && paper["ledger"]?["verified"] == true)
    #expect(paper["issuer"]?["publicKey"]?.string == Base64Standard.encode(stage.employer.keys.record.publicKey.raw))
  }

  /// Entries bear commitments and a tag that links the cases of one address: a paper that is handed on shows neither.
  @Test func noCommitmentAndNoTagIsShown() throws {
    let (_, papers) = try Self.certificate()
    for bytes in [papers.json, papers.pdf] {
      #expect(!String(decoding: bytes, as: UTF8.self).contains("QWxtb3N0IGFueXRoaW5n"))
    }
  }

  @Test func theReportCountsWhatTheLedgerTells() throws {
    let (_, papers) = try Self.report()
    let paper = try paper(papers.json)
    #expect(paper["kind"] == "refpassport/audit-report/v1")
    #expect(paper["period"]?["from"] == "2026-10-01" && paper["period"]?["timeZone"] == "Europe/London")
    #expect(paper["period"]?["start"] == "2026-09-30T23:00:00Z" && paper["period"]?["end"] == "2026-11-01T00:00:00Z")
    func number(_ part: String, _ name: String) throws -> Int64 { try #require(paper[part]?[name]?.integer) }
    let flow = try number("cases", "openAtStart") + number("cases", "opened") - number("cases", "purged")
    #expect(try number("cases", "openAtEnd") == flow)
    #expect(try number("cases", "opened") > 5)
    let parts = try #require(paper["parts"]?["counts"]?.array)
    #expect(parts.count == 31)
    #expect(try parts.compactMap { $0["opened"]?.integer }.reduce(0, +) == number("cases", "opened"))
    let purges = try #require(paper["times"]?["opened-to-purged"])
    #expect(try purges["count"]?.integer == number("cases", "purged"))
    #expect(purges["within"]?.array?.last?["count"] == purges["count"])
  }

  /// The file is what is signed and nothing else, so it is the same wherever it is made: every byte of the statement is
  /// pinned here, with a digest where a key or the time of day would come in.
  @Test func theStatementOfACertificateIsGolden() throws {
    let (_, papers) = try Self.certificate()
    var members = try #require(try paper(papers.json).object)
    for name in ["issuer", "ledger", "receipt", "outOfReach"] { members[name] = nil }
    var remains = try #require(members["remains"]?.object)
    remains["statements"] = nil
    members["remains"] = .object(remains)
    let id = PaperStage.caseID(1)
    let expected = """
      {"case":"\(id)","ending":{"event":"confirm","how":"quiet","index":5,"time":"2026-09-20T15:33:30Z","watched":true,\
      "why":null},"faults":[],"kind":"refpassport/deletion-certificate/v1","legalHolds":[],"made":"2026-09-21T14:13:20Z",\
      "purge":{"after":"confirm","files":12,"hits":0,"how":"shred","index":6,"scope":["document","envelope","facts",\
      "mail","salt"],"slot":3,"time":"2026-09-20T15:34:30Z"},"remains":{"entries":[1,2,3,4,5,6],"lookupTags":[{"entries":\
      [1,4],"keyDestroyed":false,"keyKeptUntil":"2027-10-01T00:00:00Z","quarter":"2026Q3"}]},"steps":[{"event":"detect",\
      "index":1,"says":"A leaver was noticed; the case was opened","time":"2026-09-14T15:33:20Z"},{"event":"issue",\
      "index":2,"says":"The facts were fixed and signed","time":"2026-09-14T15:33:22Z"},{"event":"seal","index":3,\
      "says":"The PDF was drawn, sealed and put into a mail","time":"2026-09-14T15:33:23Z"},{"event":"sent","index":4,\
      "says":"The relay took the mail (reply 250)","time":"2026-09-14T15:33:30Z"},{"event":"confirm","index":5,\
      "says":"The mail counts as delivered: no failure was reported in the quiet period","time":"2026-09-20T15:33:30Z"},\
      {"event":"purge","index":6,"says":"Everything personal was destroyed; the scan that followed found nothing",\
      "time":"2026-09-20T15:34:30Z"}],"times":{"fromEnding":60,"fromFirstEntry":518470,"kept":true,"lentByLegalHolds":0,\
      "opened":"2026-09-14T15:33:20Z","promised":3888000,"purged":"2026-09-20T15:34:30Z"}}
      """
    #expect(String(decoding: try CanonicalJSON.object(members).bytes(), as: UTF8.self) == expected)
  }

  @Test func theStatementOfAnEmptyReportIsGolden() throws {
    var stage = try PaperStage()
    try stage.add(.config, at: PaperStage.october.seconds.upperBound + 5, ["sha256": "x", "purgeLatest": 100])
    let day = PaperStage.period("2026-10-25", "2026-10-25")
    let papers = try stage.issuer.report(stage.report(day), at: Self.later)
    var members = try #require(try paper(papers.json).object)
    for name in ["issuer", "ledger", "limits"] { members[name] = nil }
    let empty = #"{"count":0,"first":[]}"#
    let none = #"{"count":0,"maximum":null,"median":null,"p90":null,"within":[]}"#
    let expected = """
      {"acts":{},"cases":{"awaitingPurge":0,"issued":0,"openAtEnd":0,"openAtStart":0,"opened":0,"purged":0},\
      "checkpoints":{"end":null,"growth":null,"start":null},"configurations":\(empty),"entries":0,"epochsDestroyed":\(empty),\
      "exceptions":[],"furtherExceptions":0,"holds":{"open":\(empty),"reasons":{},"releases":0},"keyRotations":\(empty),\
      "kind":"refpassport/audit-report/v1","legalHolds":\(empty),"made":"2026-12-11T00:00:00Z","outcomes":{"cancelled":0,\
      "confirmed":0,"confirmedBy":{},"expired":0,"undeliverable":0},"parts":{"counts":[{"opened":0,"purged":0,\
      "start":"2026-10-24T23:00:00Z"}],"each":"day"},"period":{"end":"2026-10-26T00:00:00Z","from":"2026-10-25",\
      "start":"2026-10-24T23:00:00Z","timeZone":"Europe/London","to":"2026-10-25"},"promised":null,"pruned":0,\
      "times":{"confirmed-to-purged":\(none),"opened-to-purged":\(none),"opened-to-sent":\(none),\
      "sent-to-confirmed":\(none)},"unknown":{"choices":{},"open":\(empty),"outcomes":0}}
      """
    #expect(String(decoding: try CanonicalJSON.object(members).bytes(), as: UTF8.self) == expected)
  }

  // MARK: No certificate

  @Test(arguments: [
    (0, "opened"), (1, "held for a person"), (3, "under way"), (5, "the relay took the mail"), (6, "confirmed"),
  ])
  func aCaseThatIsNotPurgedIsNotCertified(steps: Int, stands: String) throws {
    var stage = try PaperStage()
    let way: [(EntryEvent, [String: CanonicalJSON])] = [
      (.detect, [:]), (.hold, ["why": "surge"]), (.release, [:]), (.issue, [:]), (.seal, [:]), (.sent, [:]),
      (.confirm, ["how": "quiet"]),
    ]
    for (event, fields) in way[...steps] { try stage.add(event, 1, at: 100, fields) }
    let certificate = try stage.certificate(1)
    let told = try #require(DeletionCertificate.stands(certificate.account))
    #expect(told.contains(stands), "\(told)")
    #expect(throws: PaperFailure.notPurged(stands: told)) { try stage.issuer.certificate(certificate, at: Self.now) }
  }

  @Test func aScanThatFoundSomethingIsNotCertified() throws {
    var stage = try PaperStage()
    try stage.add(.detect, 1, at: 100)
    try stage.add(.cancel, 1, at: 101)
    try stage.purge(1, at: 102, after: "cancel", hits: 2)
    #expect(throws: PaperFailure.notClean) { try stage.issuer.certificate(stage.certificate(1), at: Self.now) }
  }

  @Test func anAlteredLedgerCertifiesNothing() throws {
    let stage = try Self.one()
    let honest = try stage.certificate(1)
    let altered = DeletionCertificate(
      account: honest.account, ledger: honest.ledger, isSigned: false, proof: honest.proof, lookupRetention: 0)
    #expect(throws: PaperFailure.ledgerAltered) { try stage.issuer.certificate(altered, at: Self.now) }
  }

  /// A proof of another entry would be noticed by whoever verifies: so it never leaves.
  @Test func aPaperThatDoesNotVerifyNeverLeaves() throws {
    let stage = try Self.one()
    let honest = try stage.certificate(1)
    let proof = TlogProof(
      index: honest.proof.index - 1, hashes: honest.proof.hashes, extra: honest.proof.extra,
      checkpoint: honest.proof.checkpoint)
    let wrong = DeletionCertificate(
      account: honest.account, ledger: honest.ledger, isSigned: true, proof: proof, lookupRetention: 0)
    #expect(throws: PaperFailure.failed("ledger")) { try stage.issuer.certificate(wrong, at: Self.now) }
  }

  /// A late purge is a purge: it is certified, and what the ledger promised stands beside it.
  @Test func aLatePurgeIsCertifiedAndSaysSo() throws {
    var stage = try PaperStage()
    try stage.add(.config, at: 1, ["purgeLatest": 100])
    try stage.add(.detect, 1, at: 100)
    try stage.add(.cancel, 1, at: 101)
    try stage.purge(1, at: 900_000, after: "cancel")
    let paper = try paper(stage.issuer.certificate(stage.certificate(1), at: Self.now).json)
    #expect(paper["times"]?["kept"] == false && paper["ledger"]?["verified"] == false)
    #expect(paper["faults"]?.array?.count == 1)
  }

  // MARK: Who is believed

  @Test func aPaperIsProvenOnlyByWhatTheReaderPins() throws {
    let (stage, papers) = try Self.certificate()
    let (keys, vkey) = (stage.employer.keys, stage.employer.ledger.verifier.vkey)
    for bytes in [papers.json, papers.pdf, papers.json + [0x0A]] {
      let alone = PaperVerifier().verify(bytes)
      #expect(alone.isIntact && !alone.isProven && alone.kind == .certificate && alone.paper != nil)
      #expect(PaperVerifier(vkey: vkey).verify(bytes).isProven)
      #expect(PaperVerifier(key: keys.record.publicKey).verify(bytes).isProven)
    }
    #expect(PaperVerifier(root: keys.root).verify(papers.pdf).isProven)
    // A root vouches for seals, and JSON bears none.
    #expect(!PaperVerifier(root: keys.root).verify(papers.json).isIntact)
  }

  @Test func aPinThatDoesNotFitRefusesThePaper() throws {
    let papers = try Self.certificate().papers
    let stranger = try Employer()
    let pins = [
      PaperVerifier(root: stranger.keys.root), PaperVerifier(key: stranger.keys.record.publicKey),
      PaperVerifier(vkey: stranger.ledger.verifier.vkey), PaperVerifier(vkey: "no key"),
    ]
    for pin in pins {
      for bytes in [papers.json, papers.pdf] {
        let verdict = pin.verify(bytes)
        #expect(!verdict.isIntact && !verdict.isProven && verdict.paper == nil)
      }
    }
  }

  /// Somebody with keys of their own puts other words around a genuine receipt and genuine checkpoints.
  @Test func aForgerWithAGenuineReceiptIsFoundByEachPin() throws {
    let stage = try Self.one()
    let forger = try Employer()
    let genuine = try SignedPaper(parsing: stage.issuer.certificate(stage.certificate(1), at: Self.now).json)
    var members = try #require(genuine.paper.object)
    var issuer = try #require(members["issuer"]?.object)
    issuer["publicKey"] = .string(Base64Standard.encode(forger.keys.record.publicKey.raw))
    members["issuer"] = .object(issuer)
    members["outOfReach"] = ["Nothing at all."]
    let forged = try SignedPaper(.certificate, members, key: forger.keys.record, ledger: forger.ledger)
    // With the note of the genuine paper, or with one of their own.
    let document = try #require(try CanonicalJSON(canonical: forged.bytes(), maximumSize: 1 << 20).object)
    for note in [genuine.note, forged.note] {
      let bytes = try CanonicalJSON.object(document.merging(["note": .string(note.serialised)]) { $1 }).bytes()
      let verdict = PaperVerifier(vkey: stage.employer.ledger.verifier.vkey).verify(bytes)
      #expect(verdict.checks.filter { !$0.ok }.map(\.name) == [.ledger])
      #expect(!PaperVerifier(key: stage.employer.keys.record.publicKey).verify(bytes).isIntact)
    }
  }

  /// Not even the organisation's own keys put what the entry says into other words.
  @Test func whatTheEntrySaysCannotBeReworded() throws {
    let stage = try Self.one()
    let genuine = try SignedPaper(parsing: stage.issuer.certificate(stage.certificate(1), at: Self.now).json)
    let changes: [(String, CanonicalJSON)] = [
      ("scope", ["facts"]), ("hits", 1), ("files", 999), ("slot", 4), ("after", "cancel"), ("index", 5),
      ("time", "2026-09-20T15:34:31Z"), ("how", "burnt"),
    ]
    for (name, value) in changes {
      var members = try #require(genuine.paper.object)
      members["purge"] = .object(try #require(members["purge"]?.object).merging([name: value]) { $1 })
      let (keys, ledger) = (stage.employer.keys, stage.employer.ledger)
      let reworded = try SignedPaper(.certificate, members, key: keys.record, ledger: ledger).bytes()
      #expect(PaperVerifier().verify(reworded).checks.filter { !$0.ok }.map(\.name) == [.ledger], "\(name)")
    }
  }

  /// The ledger's key signs checkpoints too.
  @Test func noNotePassesForACheckpoint() throws {
    let (stage, papers) = try Self.certificate()
    let signed = try SignedPaper(parsing: papers.json)
    #expect(throws: AuditError.self) { try stage.employer.ledger.verifier.checkpoint(in: signed.note) }
    #expect(signed.isVouched(by: stage.employer.ledger.verifier))
    #expect(!signed.isVouched(by: try Employer().ledger.verifier))
  }

  /// One key signs records, bindings, credentials and papers: none passes for another.
  @Test func noPaperPassesForARecordOrABindingNorTheOtherWayRound() throws {
    let (stage, papers) = try Self.certificate()
    let signed = try SignedPaper(parsing: papers.json)
    #expect(Record(signed.paper) == nil)
    #expect(Binding(signedBytes: signed.signedBytes) == nil)
    #expect(CompactJWS(parsing: signed.signedBytes, maximumSize: 1 << 20) == nil)
    let record = Record(name: "Ada", role: "", dates: "", text: "", nonce: "")
    let signature = try stage.employer.keys.record.sign(try record.signedBytes())
    let file = CanonicalJSON.object([
      "kind": "refpassport/deletion-certificate/v1", "paper": record.json,
      "signed": .string(Base64Standard.encode(try record.signedBytes())),
      "signature": .string(Base64Standard.encode(signature)),
      "note": .string(try stage.employer.ledger.sign("refpassport/paper/v1\n").serialised),
    ])
    #expect(throws: ReferenceError.self) { try SignedPaper(parsing: try file.bytes()) }
  }

  @Test func aReferenceIsNoPaperAndAPaperNoReference() async throws {
    let verdict = PaperVerifier().verify(try await Employer().document())
    #expect(verdict.kind == nil && !verdict.isIntact)
    let paper = try Self.certificate().papers.pdf
    #expect(await ReferenceVerifier(lookup: nil).verify(paper).grade == .invalid)
  }

  /// The PDF of one certificate around the statement of another.
  @Test func partsOfTwoPapersDoNotMix() throws {
    let employer = try Employer()
    let (first, second) = (try Self.one(employer), try Self.one(employer))
    let papers = try first.issuer.certificate(first.certificate(1), at: Self.now)
    let others = try second.issuer.certificate(second.certificate(1), at: Self.now + 5)
    let sealed = try SealedFile(parsing: papers.pdf)
    let drawing = try Drawing.pdf(for: .showing("not a paper"))
    func mixed(_ json: [UInt8], _ proof: [UInt8]?, at time: Timestamp) throws -> Bool {
      let pdf = try PDFUpdate(
        drawing: PDFFile(drawing),
        attachments: [PaperStage.file("deletion-certificate.json", json)]
          + (proof.map { [PaperStage.file("purge.tlog-proof", $0)] } ?? []),
        language: "en-GB", signer: "x", issued: time
      ).signed {
        try CAdESSignature(leaf: employer.keys.leaf, chain: [employer.keys.root], digest: $0).signed(
          by: employer.keys.sealing)
      }
      return PaperVerifier(root: employer.keys.root).verify(pdf).isProven
    }
    let proof = try #require(sealed.attachments["purge.tlog-proof"])
    #expect(try mixed(papers.json, proof, at: Self.now))
    #expect(try !mixed(others.json, proof, at: Self.now))
    #expect(try !mixed(papers.json, nil, at: Self.now))
    #expect(try !mixed(papers.json, proof + [0x0A], at: Self.now))
    #expect(try !mixed(papers.json, proof, at: Self.now + 1))
  }
}
