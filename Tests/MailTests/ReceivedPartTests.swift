import Testing

@testable import Mail

/// Messages that come back, taken apart: whatever they hold, something comes of them, and never more than the bounds.
@Suite struct ReceivedPartTests {
  /// A report as RFC 3462 has it: a text, the report's fields, and the header of the mail it speaks of.
  static let report = """
    From: MAILER-DAEMON@relay.acme.example
    Subject: Undelivered Mail
     Returned to Sender
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=delivery-status;
    \tboundary="=_next (part)/1"

    This is a MIME-encapsulated message.

    --=_next (part)/1
    Content-Type: text/plain; charset=us-ascii

    It could not be delivered.

    --=_next (part)/1
    Content-Type: message/delivery-status

    Reporting-MTA: dns; relay.acme.example

    Final-Recipient: rfc822; ada@acme.example
    Action: failed

    --=_next (part)/1
    Content-Type: message/rfc822

    Subject: Your reference
    Message-ID: <one@acme.example>

    Hello.
    --=_next (part)/1--
    epilogue
    """

  private func part(_ text: String) -> ReceivedPart { ReceivedPart(Array(text.utf8)) }

  @Test("a report is its three parts, with LF and with CRLF alike")
  func whole() {
    for text in [Self.report, Self.report.replacing("\n", with: "\r\n")] {
      let message = part(text)
      #expect(message.fields.first("subject") == "Undelivered Mail Returned to Sender")
      #expect(message.type.is("multipart/report") && message.type.parameters["report-type"] == "delivery-status")
      #expect(
        message.parts.map { "\($0.type.type)/\($0.type.subtype)" } == [
          "text/plain", "message/delivery-status", "message/rfc822",
        ])
      #expect(message.parts[0].text.trimmed == "It could not be delivered.")
      #expect(message.parts[1].text.contains("Action: failed"))
      let original = message.parts[2].parts[0]
      #expect(original.fields.first("message-id") == "<one@acme.example>")
      #expect(original.text == "Hello.")
      #expect(message.all.count == 5)
    }
  }

  @Test("every beginning of it can be taken apart, and holds no more than the whole")
  func truncated() {
    let octets = Array(Self.report.utf8)
    for length in 0...octets.count {
      let message = ReceivedPart(Array(octets[..<length]))
      #expect(message.all.count <= 5)
      #expect(message.all.allSatisfy { $0.text.utf8.count <= length })
    }
    // One whose last delimiter was cut off has its last part all the same.
    #expect(ReceivedPart(Array(octets.dropLast(30))).parts.count == 3)
  }

  @Test(
    "a header ends where it can go on no longer, and what is no field is passed over",
    arguments: [
      ("A: 1\nB: 2\n\nbody", ["a": "1", "b": "2"], "body"), ("A: 1\n  2\n\t3\n\nbody", ["a": "1  2\t3"], "body"),
      ("From ada Mon Sep 21\nA: 1\n\nbody", ["a": "1"], "body"),
      ("A: 1\nno field at all\nB: 2", ["a": "1"], "no field at all\nB: 2"),
      ("A : 1\n\nbody", ["a": "1"], "body"), ("\nbody", [:], "body"), ("", [:], ""), ("A:\n\n", ["a": ""], ""),
      (" A: 1\n\nbody", [:], "body"), ("A: 1\n\nB: 2\n\nc", ["a": "1"], "B: 2\n\nc"), (":x\n\nbody", [:], ":x\n\nbody"),
    ])
  func headers(_ text: String, _ fields: [String: String], _ body: String) {
    let message = part(text)
    #expect(Dictionary(message.fields.fields.map { ($0.name, $0.value) }) { first, _ in first } == fields)
    #expect(String(decoding: message.body, as: UTF8.self) == body)
  }

  @Test(
    "content types in every spelling",
    arguments: [
      ("text/plain", "text/plain", [:]), ("TEXT/HTML; Charset=UTF-8", "text/html", ["charset": "UTF-8"]),
      ("multipart/mixed; boundary=\"a;b=c\"", "multipart/mixed", ["boundary": "a;b=c"]),
      ("multipart/mixed; boundary=\"a\\\"b\"", "multipart/mixed", ["boundary": "a\"b"]),
      (
        "multipart/report (a (nested) comment); report-type = delivery-status ; boundary=x", "multipart/report",
        ["report-type": "delivery-status", "boundary": "x"]
      ),
      ("multipart/mixed; boundary*0=\"one\"; boundary*1=\"two\"", "multipart/mixed", ["boundary": "onetwo"]),
      ("multipart/mixed; boundary*=us-ascii'en'x", "multipart/mixed", ["boundary": "x"]),
      ("multipart/mixed; boundary=first; boundary=second", "multipart/mixed", ["boundary": "first"]),
      ("text", "text/plain", [:]), ("", "text/plain", [:]), ("/", "text/plain", [:]), (";;;=;\"", "text/plain", [:]),
      ("text/plain; (never ends", "text/plain", [:]),
      ("text/plain; name=\"never ends", "text/plain", ["name": "never ends"]),
    ])
  func types(_ value: String, _ name: String, _ parameters: [String: String]) {
    let type = ContentType(value)
    #expect(type.is(name))
    #expect(type.parameters == parameters)
  }

  @Test(
    "transfer codings are undone, and faults in them stay",
    arguments: [
      ("quoted-printable", "a=3Db=\nc =20\nd", "a=bc  \r\nd"), ("Quoted-Printable", "100% =ZZ =", "100% =ZZ "),
      ("base64", "SGVs\nbG8=", "Hello"), ("BASE64", "SGVsbG8", "Hello"), ("base64", "SG*Vs bG8=\nSGk=", "Hello"),
      ("base64", "====", ""), ("7bit", "as it is=3D", "as it is=3D"), ("x-unknown", "as it is", "as it is"),
    ])
  func codings(_ coding: String, _ body: String, _ text: String) {
    #expect(part("Content-Transfer-Encoding: \(coding)\n\n\(body)").text == text)
  }

  @Test("octets that are no UTF-8 become characters all the same")
  func charsets() {
    let latin = ReceivedPart(Array("Content-Type: text/plain; charset=iso-8859-1\n\ncaf".utf8) + [0xE9])
    #expect(latin.text == "café")
    #expect(ReceivedPart(Array("\ncaf".utf8) + [0xE9]).text == "café")
    #expect(part("\ncafé").text == "café")
    #expect(ReceivedPart(Array("Subject: caf".utf8) + [0xE9, 0x0A]).fields.first("subject") == "café")
  }

  @Test("a multipart that does not name its boundary has the parts behind the first line that looks like one")
  func guessedBoundary() {
    let message = part("Content-Type: multipart/report\n\n--x1\n\none\n--x1\n\ntwo\n--x1--\n")
    #expect(message.parts.map(\.text) == ["one", "two"])
    #expect(part("Content-Type: multipart/mixed; boundary=absent\n\nno part\n").parts.isEmpty)
  }

  @Test("a delimiter may have blanks behind it, and must begin its line")
  func delimiters() {
    let message = part("Content-Type: multipart/mixed; boundary=x\n\n--x \t\n\na --x\n--xy\n\n--x-- \n--x\n\nnever")
    #expect(message.parts.map(\.text) == ["a --x\n--xy\n"])
  }

  // MARK: Bounds

  @Test("messages in messages are opened to a depth, parts to a number, fields to a number and a length")
  func bounds() {
    let nested = String(repeating: "Content-Type: message/rfc822\n\n", count: 10_000)
    #expect(part(nested).all.count == ReceivedPart.deepest + 1)
    let wide = "Content-Type: multipart/mixed; boundary=x\n\n" + String(repeating: "--x\n\na\n", count: 10_000)
    #expect(part(wide).all.count == ReceivedPart.most + 1)
    let multiparts = String(repeating: "Content-Type: multipart/mixed; boundary=x\n\n--x\n", count: 5_000)
    #expect(part(multiparts).all.count <= ReceivedPart.most + 1)
    let many = part(String(repeating: "A: 1\n", count: 100_000)).fields.fields
    #expect(many.count == ReceivedFields.most)
    let long = part("A: " + String(repeating: "x", count: 1_000_000) + "\n\n").fields.first("a")
    #expect(long?.utf8.count == ReceivedFields.longest - 1)
    let folded = part("A: 1\n" + String(repeating: " x\n", count: 500_000)).fields.first("a")
    #expect((folded?.utf8.count ?? 0) <= ReceivedFields.longest)
    #expect(part("\n" + String(repeating: "y", count: 1_000_000)).text.utf8.count == ReceivedPart.longestText)
    #expect(ContentType("a/b" + String(repeating: "; x=1", count: 100_000)).parameters == ["x": "1"])
    #expect(ContentType("a/b; " + String(repeating: "(", count: 100_000)).is("a/b"))
  }
}
