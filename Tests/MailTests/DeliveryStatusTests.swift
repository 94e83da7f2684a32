import Testing

@testable import Mail

/// What reports claim, field by field (RFC 3464).
@Suite struct DeliveryStatusTests {
  private func claims(_ text: String) -> DeliveryStatus? { DeliveryStatus(fields: Array(text.utf8)[...]) }

  private func recipient(_ fields: String) throws -> DeliveryStatus.Recipient {
    let status = claims(
      "Reporting-MTA: dns; relay.acme.example\n\nFinal-Recipient: rfc822; a@b.example\n" + fields)
    return try #require(status?.recipients.first)
  }

  @Test("the mail's fields and each recipient's, with LF and CRLF, with empty lines to spare or too few")
  func groups() throws {
    let whole = """
      Reporting-MTA: dns; relay.acme.example
      Original-Envelope-Id: case-1

      Final-Recipient: rfc822; ada@acme.example
      Action: failed
      Status: 5.1.1

      Final-Recipient: RFC822;<bob@acme.example>
      Original-Recipient: rfc822;bob@home.example
      Action: delivered
      Status: 2.0.0
      """
    for text in [
      whole, whole.replacing("\n", with: "\r\n"), whole.replacing("\n\n", with: "\n\n\n"),
      whole.replacing("case-1\n\n", with: "case-1\n"),
    ] {
      let status = try #require(claims(text))
      #expect(status.envelopeID == "case-1" && status.reportingMTA == "relay.acme.example")
      #expect(status.recipients.map(\.final) == ["ada@acme.example", "bob@acme.example"])
      #expect(status.recipients.map(\.original) == [nil, "bob@home.example"])
      #expect(status.recipients.map(\.action) == [.failed, .delivered])
      #expect(status.recipients.map(\.status?.description) == ["5.1.1", "2.0.0"])
    }
  }

  @Test(
    "what speaks of no recipient is no report",
    arguments: ["", "\n\n", "Reporting-MTA: dns; a\n\n", "no field", "Action: failed"])
  func none(_ text: String) { #expect(claims(text) == nil) }

  @Test("a message that tells neither action nor status of anybody is no report, whatever else it holds")
  func silent() {
    let report = Report(
      reading: Array(
        """
        From: MAILER-DAEMON@relay.acme.example
        Content-Type: multipart/report; report-type=delivery-status; boundary=b

        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; relay.acme.example
        Original-Envelope-Id: case-1

        Final-Recipient: rfc822; ada@acme.example

        --b--

        """.utf8))
    #expect(report == Report())
  }

  @Test(
    "actions in every spelling; what is none is not guessed",
    arguments: [
      ("failed", .failed), ("Failed", .failed), ("DELAYED", .delayed), ("relayed (to non-DSN-aware mailer)", .relayed),
      ("expanded (to multi-recipient alias)", .expanded), ("delivered", .delivered), ("", nil), ("failure", .failed),
      ("undeliverable", .failed),
    ] as [(String, Report.Action?)])
  func actions(_ text: String, _ action: Report.Action?) throws {
    #expect(try recipient("Action: \(text)\n").action == action)
  }

  @Test(
    "the more telling of two codes counts, as long as they speak of the same",
    arguments: [
      ("5.1.1", "", "5.1.1"), ("5.0.0", "smtp; 550 5.1.1 no such user", "5.1.1"),
      ("5.0.0", "smtp; 550-5.2.2 full", "5.2.2"),
      ("5.7.0", "smtp; 550 5.7.26 not authenticated", "5.7.26"), ("5.7.0", "smtp; 550 5.1.1 no", "5.7.0"),
      ("5.1.1", "smtp; 550 5.7.1 no", "5.1.1"), ("4.4.7", "smtp; 550 5.1.1 no", "4.4.7"),
      ("5.0.0", "smtp; 550 no such user", "5.0.0"), ("", "smtp; 550 #5.1.0 no", "5.1.0"),
      ("5.1.1 (no such user)", "", "5.1.1"),
      ("nonsense", "", nil), ("", "", nil), ("5.0.0", "X-Postfix; delivery to 10.1.1.1 failed", "5.0.0"),
    ] as [(String, String, String?)])
  func codes(_ status: String, _ diagnostic: String, _ expected: String?) throws {
    let fields = "Status: \(status)\n" + (diagnostic.isEmpty ? "" : "Diagnostic-Code: \(diagnostic)\n")
    #expect(try recipient(fields).status?.description == expected)
  }

  @Test("what the other server said comes without its type, folded lines joined")
  func diagnostics() throws {
    let said = try recipient("Diagnostic-Code: smtp; 550 5.1.1 no such user;\n    ask elsewhere\n").diagnostic
    #expect(said == "550 5.1.1 no such user;    ask elsewhere")
  }

  @Test(
    "a recipient is meant whether it is written plainly or in xtext",
    arguments: [
      ("nouser+tag@acme.example", "nouser+2Btag@acme.example", true),
      ("full+37@acme.example", "full+37@acme.example", true), ("full7@acme.example", "full+37@acme.example", false),
      ("Ada@acme.example", "ada@ACME.example", true), ("ada@acme.example", "ada@other.example", false),
      ("ada@acme.example", "xada@acme.example", false),
    ])
  func names(_ address: String, _ written: String, _ isMeant: Bool) throws {
    let address = try Address(parsing: address)
    let report = Report(
      reading: Array(
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; a\n\nOriginal-Recipient: rfc822;\(written)\nAction: failed\n"
          .utf8
      ))
    #expect(try #require(report.recipients.first).names(address) == isMeant)
  }

  @Test("it is found in a whole message, and bounded")
  func found() throws {
    let parts = ReceivedPart(Array(ReceivedPartTests.report.utf8)).all
    let status = try #require(parts.compactMap { DeliveryStatus($0) }.first)
    #expect(status.recipients.map(\.final) == ["ada@acme.example"] && status.recipients.first?.action == .failed)
    let many = "A: b\n\n" + String(repeating: "Final-Recipient: rfc822; a@b.example\n\n", count: 10_000)
    #expect(claims(many)?.recipients.count == DeliveryStatus.most)
    #expect(claims(String(repeating: "?\n", count: 100_000)) == nil)
  }
}
