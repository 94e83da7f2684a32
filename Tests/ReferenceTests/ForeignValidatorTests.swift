import Audit
import Cryptography
import Delivery
import Mail
import Testing

@testable import Reference

/// What other people's programs say about a finished reference.
@Suite struct ForeignValidatorTests {
  @Test func pdfsigFindsTheSealValidOverTheWholeDocument() async throws {
    let scratch = try ScratchDirectory()
    let file = try scratch.write(try await Employer().document(), to: "reference.pdf")
    let answer = try ForeignTool.run("pdfsig", [file])
    #expect(answer.output.contains("Signature is Valid."))
    #expect(answer.output.contains("Total document signed"))
    #expect(answer.output.contains("ETSI.CAdES.detached"))
    #expect(answer.output.contains("Signing Time: Sep 21 2026"))
    #expect(answer.output.contains("CN=Acme Ltd references,O=Acme Ltd"))
  }

  @Test func qpdfFindsNothingWrong() async throws {
    let scratch = try ScratchDirectory()
    let file = try scratch.write(try await Employer().document(), to: "reference.pdf")
    let answer = try ForeignTool.run("qpdf", ["--check", file])
    #expect(answer.status == 0)
    #expect(answer.output.contains("No syntax or stream encoding errors found"))
    #expect(!answer.output.contains("WARNING"))
  }

  @Test func opensslVerifiesTheSignatureUnderThePinnedRoot() async throws {
    let employer = try Employer()
    let scratch = try ScratchDirectory()
    let sealed = try SealedFile(parsing: try await employer.document())
    let cms = try scratch.write(sealed.cms, to: "seal.der")
    let content = try scratch.write(sealed.covered, to: "covered.bin")
    let root = try scratch.write(Array(try employer.keys.root.pem.utf8), to: "root.pem")
    let stranger = try scratch.write(Array(try Employer().keys.root.pem.utf8), to: "stranger.pem")
    func verify(_ root: String) throws -> Int32 {
      try ForeignTool.run(
        "openssl",
        [
          "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", cms, "-content", content, "-CAfile",
          root,
          "-attime", String(Employer.issued.seconds), "-out", "/dev/null",
        ]
      ).status
    }
    #expect(try verify(root) == 0)
    #expect(try verify(stranger) != 0)
  }

  @Test func opensslReadsTheCertificatesAsTheyAreMeant() throws {
    let scratch = try ScratchDirectory()
    let keys = try Employer().keys
    let leaf = try scratch.write(Array(try keys.leaf.pem.utf8), to: "leaf.pem")
    let root = try scratch.write(Array(try keys.root.pem.utf8), to: "root.pem")
    let leafText = try ForeignTool.run("openssl", ["x509", "-in", leaf, "-noout", "-text"]).output
    #expect(leafText.contains("CA:FALSE"))
    #expect(leafText.contains("Digital Signature, Non Repudiation"))
    #expect(leafText.contains("E-mail Protection, 1.3.6.1.5.5.7.3.36"))
    #expect(leafText.contains("X509v3 Authority Key Identifier"))
    #expect(leafText.contains("NIST CURVE: P-256"))
    #expect(leafText.contains("Not After : Sep") || leafText.contains("Not After : Oct"))
    #expect(leafText.contains(" 2066 GMT"))
    let rootText = try ForeignTool.run("openssl", ["x509", "-in", root, "-noout", "-text"]).output
    #expect(rootText.contains("CA:TRUE, pathlen:0"))
    #expect(rootText.contains("Certificate Sign, CRL Sign"))
  }

  @Test func pdfdetachFindsTheThreeAttachments() async throws {
    let scratch = try ScratchDirectory()
    let file = try scratch.write(try await Employer().document(), to: "reference.pdf")
    let answer = try ForeignTool.run("pdfdetach", ["-list", file])
    #expect(answer.output.contains("3 embedded files"))
    for name in ["reference.json", "reference.vc.jwt", "issue.tlog-proof"] {
      #expect(answer.output.contains(name))
    }
  }

  @Test func thePageCanBeCopiedAsText() async throws {
    let scratch = try ScratchDirectory()
    let file = try scratch.write(try await Employer().document(), to: "reference.pdf")
    let text = try ForeignTool.run("pdftotext", ["-layout", file, "-"]).output
    for part in [
      "Employment reference", "Ada Example", "Engineer", "4 March 2019 – 30 September 2026", "_refpassport",
    ] {
      #expect(text.contains(part), "\(part) is missing")
    }
  }

  /// At 150 dots an inch, as a page looks on a good screen.
  @Test(arguments: [
    LeaverFacts.plain,
    .of("Zoë Ångström-Łukasiewicz", title: "Senior Research Engineer", department: "Grid & Storage"),
    .of("ليلى المثال", title: "مهندسة أولى", department: "البحث والتطوير"),
    .of("例示 花子", title: "主任研究員", department: "蓄電システム部"),
    // Longer facts make a finer code, which is drawn larger.
    .of(
      "Maximiliana Wilhelmina Alexandrina von Beispielhausen zu Musterwalde",
      title: "Executive Vice President for Strategic International Partnerships and Infrastructure",
      department: "Department of Cross-Functional Organisational Development and Improvement"),
  ])
  func zbarReadsTheLinkFromThePage(facts: LeaverFacts) async throws {
    let employer = try Employer()
    let scratch = try ScratchDirectory()
    let file = try scratch.write(try await employer.document(for: facts), to: "reference.pdf")
    _ = try ForeignTool.run("pdftoppm", ["-r", "150", "-gray", "-png", file, "\(scratch.path)/page"])
    let answer = try ForeignTool.run("zbarimg", ["--nodbus", "--raw", "-q", "\(scratch.path)/page-1.png"])
    let link = answer.output.trimmingPrefix { $0.isWhitespace }.prefix { !$0.isWhitespace }
    let parts = link.split(separator: "#")
    #expect(parts.first == "https://references.acme.example/verify")
    let token = try #require(parts.last.flatMap { CompactJWS(parsing: Array($0.utf8), maximumSize: 2048) })
    #expect(token.isSigned(by: employer.keys.record.publicKey))
    #expect(token.payload["n"]?.string == facts.name)
    #expect(token.payload["d"]?.string == "acme.example")
    #expect(token.header["kid"]?.string == "REF1")
    #expect(link.utf8.count < 800)
  }
}
