import Audit
import Cryptography
import Mail
import Testing

@testable import Reference

/// What other people's programs say about papers.
@Suite struct PaperValidatorTests {
  @Test func pdfsigAndQpdfAcceptBothPapers() throws {
    let scratch = try ScratchDirectory()
    let (certificate, report) = (try PaperTests.certificate().papers, try PaperTests.report().papers)
    for (name, pdf) in [("certificate.pdf", certificate.pdf), ("report.pdf", report.pdf)] {
      let file = try scratch.write(pdf, to: name)
      let seal = try ForeignTool.run("pdfsig", [file]).output
      #expect(seal.contains("Signature is Valid.") && seal.contains("Total document signed"))
      #expect(seal.contains("ETSI.CAdES.detached"))
      let check = try ForeignTool.run("qpdf", ["--check", file])
      #expect(check.status == 0 && check.output.contains("No syntax or stream encoding errors found"))
      #expect(!check.output.contains("WARNING"))
    }
  }

  @Test func theAttachmentsComeOutAsTheyWentIn() throws {
    let scratch = try ScratchDirectory()
    let (stage, papers) = try PaperTests.certificate()
    let file = try scratch.write(papers.pdf, to: "certificate.pdf")
    _ = try ForeignTool.run("pdfdetach", ["-saveall", "-o", scratch.path, file])
    #expect(try scratch.read("deletion-certificate.json") == papers.json)
    let proof = try TlogProof(parsing: String(decoding: try scratch.read("purge.tlog-proof"), as: UTF8.self))
    let entry = try #require(proof.extra)
    #expect(throws: Never.self) { try proof.verify(entryBytes: entry, by: stage.employer.ledger.verifier) }
    let report = try scratch.write(try PaperTests.report().papers.pdf, to: "report.pdf")
    let list = try ForeignTool.run("pdfdetach", ["-list", report]).output
    for name in ["audit-report.json", "checkpoint.txt", "checkpoint-start.txt", "growth.txt"] {
      #expect(list.contains(name))
    }
  }

  /// The lines that the paper prints, on the file that the paper holds, with the shell and openssl.
  @Test func thePrintedCommandsVerifyTheStatement() throws {
    let scratch = try ScratchDirectory()
    let (stage, papers) = try PaperTests.certificate()
    _ = try scratch.write(papers.json, to: "deletion-certificate.json")
    let ledger = try stage.certificate(1).ledger
    let commands = PaperWords.verification(.certificate, of: ledger, by: try stage.issuer).compactMap { part in
      if case .literal(let text) = part { text } else { nil }
    }
    let lines = try #require(commands.first)
    func run() throws -> ForeignTool.Answer {
      try ForeignTool.run("bash", ["-ec", "cd '\(scratch.path)'\n\(lines)"])
    }
    let answer = try run()
    #expect(answer.status == 0 && answer.output.contains("Signature Verified Successfully"), "\(answer.output)")
    #expect(try scratch.read("signed.bin") == SignedPaper(parsing: papers.json).signedBytes)
    _ = try scratch.write(try PaperTests.certificate().papers.json, to: "deletion-certificate.json")
    #expect(try run().status != 0)
  }

  @Test func thePagesCanBeReadAsText() throws {
    let scratch = try ScratchDirectory()
    let (stage, papers) = try PaperTests.certificate()
    let file = try scratch.write(papers.pdf, to: "certificate.pdf")
    let text = try ForeignTool.run("pdftotext", ["-layout", file, "-"]).output
    for part in [
      "Certificate of deletion", PaperStage.caseID(1), "promised within 45 d: kept", "12 files, 0 hits",
      "left with the leaver’s mail", "until 1 October 2027", "What is outside of our reach", "How to verify this paper",
      stage.employer.ledger.verifier.vkey, "Page 1 of 3", "Page 3 of 3",
    ] {
      #expect(text.contains(part), "\(part) is missing")
    }
    let report = try scratch.write(try PaperTests.report().papers.pdf, to: "report.pdf")
    let words = try ForeignTool.run("pdftotext", ["-layout", report, "-"]).output
    for part in [
      "1 – 31 October 2026", "The ledger verifies", "Confirmed as delivered", "90 % within", "Time to deletion",
      "promised: 45 d", "logarithmic scale", "What this report cannot show",
    ] {
      #expect(words.contains(part), "\(part) is missing")
    }
  }

  /// Whatever happens in a period, nothing is drawn outside of the page or over its foot.
  @Test(arguments: [0, 1, 3, 120])
  func everythingStaysWithinThePages(cases: Int) throws {
    let scratch = try ScratchDirectory()
    let file = try scratch.write(try PaperTests.report(cases: max(cases, 3)).papers.pdf, to: "report.pdf")
    let boxes = try ForeignTool.run("pdftotext", ["-bbox", file, "-"]).output
    let words = boxes.split(separator: "\n").filter { $0.contains("<word ") }
    #expect(words.count > 300)
    for word in words {
      let numbers = word.split(separator: "\"").compactMap { Double($0) }
      guard numbers.count >= 4 else { continue }
      #expect(numbers[0] >= 40 && numbers[2] <= Canvas.width - 40 && numbers[1] >= 0 && numbers[3] < Canvas.height - 20)
    }
  }

  @Test func thePlotsAxesReachAroundWhatTheyShow() {
    func curve(_ seconds: [Int64]) -> CurvePlot.Curve { .init(name: "", spread: Spread(seconds)) }
    func plot(_ curves: [CurvePlot.Curve], mark: Int64? = nil) -> CurvePlot {
      CurvePlot(
        title: "", shareLabel: "", timeLabel: "", curves: curves, mark: mark.map { .init(seconds: $0, name: "") })
    }
    for seconds in [[0], [1], [59], [3600], [86_400, 5], [90_000_000], [1, 90_000_000]] as [[Int64]] {
      let reach = plot([curve(seconds)]).reach
      #expect(reach.lowerBound >= 1 && reach.lowerBound < reach.upperBound)
      #expect(seconds.allSatisfy { max(1, $0) >= reach.lowerBound && $0 < reach.upperBound })
    }
    #expect(plot([curve([5])], mark: 3_888_000).reach.contains(3_888_000))
    for most in [0, 1, 3, 4, 9, 17, 50, 61, 999, 123_456, 9_999_999] {
      let top = BarPlot.top(of: most)
      #expect(top >= most && top.isMultiple(of: 4) && top >= 4)
    }
  }

  @Test(
    arguments: [
      (0, "under 1 s"), (45, "45 s"), (725, "12 min 5 s"), (3600, "1 h"), (86_399, "23 h 59 min"), (525_600, "6 d 2 h"),
      (90_000_000, "1,041 d 16 h"),
    ] as [(Int64, String)])
  func durationsAreWrittenInTwoUnits(seconds: Int64, text: String) {
    #expect(PaperWords.span(seconds) == text)
  }

  @Test(arguments: [
    ("2026-10-01", "2026-10-31", "1 – 31 October 2026"), ("2026-10-05", "2026-10-05", "5 October 2026"),
    ("2026-09-28", "2026-10-04", "28 September – 4 October 2026"),
    ("2025-12-01", "2026-01-31", "1 December 2025 – 31 January 2026"),
  ])
  func whatBothDaysShareIsSaidOnce(from: String, to: String, text: String) {
    #expect(PaperWords.days(of: PaperStage.period(from, to)) == text)
  }

  /// A code that the words do not know is shown as it is; none is empty, and every event has words.
  @Test func everyEntryHasWords() throws {
    for event in EntryEvent.allCases {
      let entry = try Entry(
        event: event, case: PaperStage.caseID(1), at: 1, fields: event == .purge ? ["after": "x"] : [:])
      #expect(PaperWords.says(entry).count > 8)
    }
    #expect(PaperWords.part("novelty").contains("novelty") && PaperWords.holdReason("novelty") == "novelty")
  }
}
