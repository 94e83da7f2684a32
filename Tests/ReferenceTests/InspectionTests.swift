import Audit
import Cryptography
import Testing

@testable import Reference

/// What `reference inspect` shows: what is there, believed or not.
@Suite struct InspectionTests {
  @Test func thePartsAreShownWithoutJudgement() async throws {
    let employer = try Employer()
    let document = try await employer.document()
    let inspection = try ReferenceInspection(document)
    #expect(inspection.size == document.count)
    #expect(inspection.updates == 1)
    #expect(inspection.digest == Hex.encode(SHA256.hash(document)))
    #expect(inspection.attachments.map(\.name) == ["issue.tlog-proof", "reference.json", "reference.vc.jwt"])
    #expect(inspection.record?.name == "Ada Example")
    #expect(inspection.binding?.domain == "acme.example")
    let json = try CanonicalJSON(parsing: try inspection.json(), maximumSize: 65_536)
    #expect(json["record"]?["role"]?.string == "Engineer")
    #expect(json["binding"]?["selector"]?.string == "REF1")
    #expect(json["attachments"]?.array?.count == 3)
  }

  /// A changed page is not judged here, only shown; the verifier is there for the rest.
  @Test func aChangedFileIsStillShown() async throws {
    var document = try await Employer().document()
    document[200] ^= 1
    #expect(throws: Never.self) { try ReferenceInspection(document) }
    #expect(await ReferenceVerifier(lookup: nil).verify(document).grade == .invalid)
  }

  @Test func whatIsNoSealedFileIsRefused() throws {
    #expect(throws: ReferenceError.malformed(part: "PDF", reason: "no PDF header")) {
      try ReferenceInspection([])
    }
    let drawing = try Drawing.pdf(for: .showing("Ada Example"))
    #expect(throws: ReferenceError.malformed(part: "PDF", reason: "no certification signature")) {
      try ReferenceInspection(drawing)
    }
  }
}
