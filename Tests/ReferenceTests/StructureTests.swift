import Delivery
import Testing

@testable import Reference

/// The shape of the finished PDF: PDF/A-3b's structure, and the order of its parts.
@Suite struct StructureTests {
  @Test func theCatalogClaimsWhatPDFAAsksFor() async throws {
    let file = try PDFFile(try await Employer().document())
    let catalog = try file.catalog().value
    #expect(file.revisions == 2)
    #expect(catalog["Lang"]?.string == Array("en-GB".utf8))
    #expect(catalog["MarkInfo"]?["Marked"] == .bool(true))
    #expect(file.trailer["ID"]?.array?.count == 2)
    let intent = try #require(catalog["OutputIntents"]?.array?.first)
    #expect(intent["S"]?.name == "GTS_PDFA1")
    let profile = try file.streamBytes(try #require(intent["DestOutputProfile"]?.reference))
    #expect(profile == ColourProfile.sRGB)
    let metadata = String(
      decoding: try file.streamBytes(try #require(catalog["Metadata"]?.reference)), as: UTF8.self)
    #expect(metadata.contains("<pdfaid:part>3</pdfaid:part>"))
    #expect(metadata.contains("<pdfaid:conformance>B</pdfaid:conformance>"))
    #expect(metadata.contains("<xmp:CreateDate>2026-09-21T14:13:20Z</xmp:CreateDate>"))
  }

  @Test func everyTrueTypeFontHasItsMapping() async throws {
    let facts = LeaverFacts.of("ليلى المثال", title: "Ведущий инженер", department: "Έρευνα")
    let file = try PDFFile(try await Employer().document(for: facts))
    let fonts = try file.objects.map { try file.object($0).value }.filter {
      $0["Subtype"]?.name == "CIDFontType2"
    }
    #expect(!fonts.isEmpty)
    for font in fonts { #expect(font["CIDToGIDMap"]?.name == "Identity") }
  }

  @Test func theAttachmentsAreWrittenInOrderAndAssociated() async throws {
    let document = try await Employer().document()
    let file = try PDFFile(document)
    let catalog = try file.catalog().value
    let specifications = try #require(catalog["AF"]?.array).map { try #require($0.reference) }
    let names = try specifications.map { try #require(try file.object($0).value["UF"]?.string) }
    #expect(
      names.map { String(decoding: $0, as: UTF8.self) } == [
        "reference.json", "reference.vc.jwt", "issue.tlog-proof",
      ])
    let positions = try specifications.map { number in
      try file.object(try #require(try file.object(number).value["EF"]?["F"]?.reference)).range.lowerBound
    }
    #expect(positions == positions.sorted())
    // A name tree must be sorted, whatever the order of writing.
    let tree = try #require(catalog["Names"]?["EmbeddedFiles"]?["Names"]?.array).compactMap(\.string)
    #expect(
      tree.map { String(decoding: $0, as: UTF8.self) } == [
        "issue.tlog-proof", "reference.json", "reference.vc.jwt",
      ])
  }

  @Test func theSignatureIsACertificationThatAllowsNothing() async throws {
    let document = try await Employer().document()
    let sealed = try SealedFile(parsing: document)
    #expect(sealed.forbidsChanges)
    #expect(sealed.time == "D:20260921141320Z")
    #expect(sealed.gap.count == 2 * PDFUpdate.reserve + 2)
    // Signed attributes are content-type, message-digest and signing-certificate-v2; signing-time (1.9.5) is
    // not there.
    let signingTime: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x05]
    let signingCertificateV2: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x02, 0x2F]
    #expect(!sealed.cms.contains(signingTime))
    #expect(sealed.cms.contains(signingCertificateV2))
  }

  @Test func theColourProfileIsOneThatReadersKnow() {
    let profile = ColourProfile.sRGB
    #expect(profile.count < 1500)
    #expect(Array(profile[36..<40]) == Array("acsp".utf8))
    #expect(Array(profile[12..<24]) == Array("mntrRGB XYZ ".utf8))
    let size = profile.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    #expect(size == profile.count)
  }

  @Test(arguments: [
    (
      "<< /A 1 /B [true null (a\\051b) <414d> /N#20n 2 0 R -1 0.5] >>",
      "<< /A 1 /B [true null <612962> (AM) /N#20n 2 0 R -1 0.5] >>"
    ),
    ("[1 0 2]", "[1 0 2]"), ("(nested (round) brackets)", "<6E65737465642028726F756E6429206272616B65747329>"),
  ])
  func valuesAreReadAndWritten(text: String, written: String) throws {
    var lexer = PDFLexer(Array(text.utf8), at: 0)
    let value = try lexer.value()
    var again = PDFLexer(Array(value.written.utf8), at: 0)
    #expect(try again.value() == value)
    if !text.hasPrefix("(") { #expect(value.written == written) }
  }

  @Test(arguments: [
    "", "<<", "<< /A >>", "<< /A 1 /A 2 >>", "<< 1 2 >>", "[1", "(a", "(a\\", "(\\8)", "<4", "<4g>", "/#4",
    "/#", "tru", "<< /A 1 >",
    String(repeating: "[", count: 40), "/" + String(repeating: "a", count: 200), "1a",
    "99999999999999999999 x",
  ])
  func brokenValuesAreRefused(text: String) {
    var lexer = PDFLexer(Array(text.utf8), at: 0)
    if text.hasPrefix("9999") {
      // Too large for a number we count with: kept as it is spelt.
      #expect((try? lexer.value()) == .real("99999999999999999999"))
    } else {
      #expect(throws: ReferenceError.self) { try lexer.value() }
    }
  }

  @Test(arguments: [
    ("  Ada \u{202E}elpmaxE\u{202C}  ", "Ada elpmaxE"), ("Zoe\u{0308}", "Zoë"),
    ("A\u{0000}da\r\nX: y", "Ada X: y"),
    ("نمونه\u{200C}ای", "نمونه\u{200C}ای"), ("Ada\u{00AD}\u{FEFF}\u{200B}", "Ada"),
    ("a\tb\u{2028}c", "a b c"),
  ])
  func textIsCleanedBeforeItIsSigned(raw: String, clean: String) {
    #expect(PrintableText(raw)?.text.unicodeScalars.elementsEqual(clean.unicodeScalars) == true)
  }
}

extension [UInt8] {
  func contains(_ part: [UInt8]) -> Bool {
    indices.dropLast(Swift.max(0, part.count - 1)).contains {
      self[$0..<($0 + part.count)].elementsEqual(part)
    }
  }
}
