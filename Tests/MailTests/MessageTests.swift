import Foundation
import Mail
import Testing

@Suite("A whole mail")
struct MessageTests {
  func message(subject: String = "Your employment reference", pdf: [UInt8] = Array("%PDF-1.5 …".utf8)) throws -> Message
  {
    try Message(
      from: try Mailbox(parsing: "Acme People Team <people@acme.example>"),
      to: try Address(parsing: "ada@acme.example"),
      replyTo: try Mailbox(parsing: "Åsa <asa@acme.example>"), subject: subject,
      date: Timestamp(seconds: 1_790_000_000),
      id: MessageID(random: Array(0..<16), domain: "acme.example"),
      content: .mixed([
        .alternative([
          .plainText(
            "Hello,\n\n.this line begins with a dot,\nFrom the start,\nand it is longer than seventy-six characters, so that it must be broken softly. Ünïcödé.\n"
          ),
          .html("<p>Hello</p>"),
        ]),
        .attachment(name: "reference.pdf", type: .pdf, bytes: pdf),
        .attachment(name: "Quittung für Ada.json", type: .json, bytes: Array("{}".utf8)),
      ]))
  }

  @Test("is exactly this")
  func golden() throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/mail.eml")
    let expected = try String(contentsOf: path, encoding: .utf8).replacingOccurrences(of: "\n", with: "\r\n")
    #expect(String(decoding: try message().bytes(), as: UTF8.self) == expected)
  }

  @Test("is CRLF, 7-bit clean and short-lined, whatever the content")
  func clean() throws {
    let noise = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let bytes = try message(subject: String(repeating: "Référence ", count: 30), pdf: noise).bytes()
    #expect(bytes.allSatisfy { $0 < 0x80 && $0 != 0 })
    var previous: UInt8 = 0
    for byte in bytes {
      #expect((byte == 0x0A) == (previous == 0x0D) || byte == 0x0A && previous == 0x0D)
      previous = byte
    }
    let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
    #expect(lines.allSatisfy { $0.utf8.count <= 78 })
    #expect(try DotStuffing.encode(bytes) == bytes, "no line begins with a dot")
  }

  @Test("no boundary is the beginning of another, and none occurs in the content")
  func boundaries() throws {
    let text = String(decoding: try message().bytes(), as: UTF8.self)
    let boundaries = text.matches(of: /boundary="([^"]+)"/).map { String($0.output.1) }
    #expect(boundaries.count == 2)
    for one in boundaries {
      for other in boundaries where one != other { #expect(!other.hasPrefix(one)) }
      #expect(text.components(separatedBy: "--\(one)--\r\n").count == 2)
    }
  }

  @Test("a foreign parser reads what was written")
  func foreign() throws {
    let program = """
      import email, email.policy, json, sys
      m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
      parts = {p.get_filename(): p.get_content().hex() if isinstance(p.get_content(), bytes) else p.get_content() for p in m.iter_attachments()}
      print(json.dumps({"subject": m["Subject"], "reply": str(m["Reply-To"]), "auto": m["Auto-Submitted"], "id": m["Message-ID"],
        "text": m.get_body(("plain",)).get_content(), "html": m.get_body(("html",)).get_content(), "parts": parts,
        "defects": [str(d) for p in m.walk() for d in p.defects], "types": [p.get_content_type() for p in m.walk()]}))
      """
    let pdf = (0..<300).map { UInt8(truncatingIfNeeded: $0) }
    let answer = try Python.run(program, input: try message(subject: "Référence – für Ada", pdf: pdf).bytes())
    #expect(answer["subject"] as? String == "Référence – für Ada")
    #expect(answer["reply"] as? String == "Åsa <asa@acme.example>")
    #expect(answer["auto"] as? String == "auto-generated")
    #expect((answer["text"] as? String)?.contains(".this line begins with a dot") == true)
    #expect((answer["text"] as? String)?.contains("broken softly. Ünïcödé.") == true)
    #expect(answer["defects"] as? [String] == [])
    let parts = try #require(answer["parts"] as? [String: String])
    #expect(Set(parts.keys) == ["reference.pdf", "Quittung für Ada.json"])
    #expect(parts["reference.pdf"] == pdf.map { String(format: "%02x", $0) }.joined())
    #expect(
      answer["types"] as? [String] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf", "application/json",
      ])
  }

  @Test(
    "no header takes a line break or another control",
    arguments: ["a\r\nBcc: eve@x.example", "a\nb", "a\rb", "a\0", "\u{85}", "a\u{1B}[2J"])
  func injection(text: String) throws {
    #expect(throws: HeaderError.value) { try message(subject: text) }
    #expect(throws: HeaderError.value) { try Header("X-Case", text) }
    #expect(throws: HeaderError.name) { try Header(text, "x") }
  }

  @Test("what looks like an encoded word is encoded, so that it is read as it was written")
  func lookalike() throws {
    let text = String(decoding: try message(subject: "=?utf-8?q?x?=").bytes(), as: UTF8.self)
    #expect(text.contains("Subject: =?utf-8?b?PT91dGYtOD9xP3g/PQ==?=\r\n"))
  }

  @Test(
    "a file name is quoted, or written by RFC 2231, and breaks nothing",
    arguments: ["a\"b.pdf", "a\\b.pdf", "a\r\nb.pdf", "ä.pdf", "a;b.pdf", "%41.pdf", "a'b.pdf"])
  func fileNames(name: String) throws {
    let mail = try Message(
      from: try Mailbox(parsing: "p@acme.example"), to: try Address(parsing: "a@b.example"), subject: "x",
      date: Timestamp(seconds: 0), id: MessageID(random: [1], domain: "acme.example"),
      content: .mixed([.attachment(name: name, type: .pdf, bytes: [1])]))
    let program = """
      import email, email.policy, json, sys
      m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
      print(json.dumps({"names": [p.get_filename() for p in m.iter_attachments()], "keys": m.keys()}))
      """
    let answer = try Python.run(program, input: mail.bytes())
    #expect((answer["names"] as? [String])?.count == 1)
    if !name.contains("\r") { #expect(answer["names"] as? [String] == [name]) }
    #expect((answer["keys"] as? [String])?.contains("b.pdf") == false)
  }

  @Test("an address beyond ASCII asks for SMTPUTF8")
  func smtputf8() throws {
    #expect(try message().needsSMTPUTF8 == false)
    let mail = try Message(
      from: try Mailbox(parsing: "p@acme.example"), to: try Address(parsing: "jürgen@b.example"), subject: "x",
      date: Timestamp(seconds: 0), id: MessageID(random: [1], domain: "acme.example"), content: .plainText("x"))
    #expect(mail.needsSMTPUTF8)
  }
}

/// Runs a program of Python's standard library, a parser that is not ours, and reads its JSON.
enum Python {
  struct Failed: Error { let status: Int32 }

  static func run(_ program: String, input: [UInt8]) throws -> [String: Any] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", program]
    let (into, out) = (Pipe(), Pipe())
    process.standardInput = into
    process.standardOutput = out
    try process.run()
    try into.fileHandleForWriting.write(contentsOf: Data(input))
    try into.fileHandleForWriting.close()
    let data = try out.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0,
      let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    else { throw Failed(status: process.terminationStatus) }
    return object
  }
}
