import Delivery
import Foundation
import Mail
import Testing

@testable import Templates

@Suite struct LeaverMailTests {
  @Test("the whole mail, byte for byte")
  func golden() throws {
    let bytes = try Post.composer().compose(Post.leaverMail())
    #expect(
      String(decoding: bytes, as: UTF8.self) == Golden.leaver.replacingOccurrences(of: "\n", with: "\r\n"))
  }

  @Test("text and HTML as alternatives, then the PDF, then the receipt")
  func structure() throws {
    let mail = try ReadMail(Post.composer(replyTo: "hr@acme.example").compose(Post.leaverMail()))
    #expect(mail.header("Content-Type")?.hasPrefix("multipart/mixed;") == true)
    #expect(mail.header("Reply-To") == "hr@acme.example")
    #expect(mail.header("Auto-Submitted") == "auto-generated")
    let parts = try mail.parts(3)
    let alternatives = try parts[0].parts(2)
    #expect(
      alternatives.map { $0.header("Content-Type") } == [
        "text/plain; charset=utf-8", "text/html; charset=utf-8",
      ])
    #expect(parts[1].header("Content-Type") == "application/pdf")
    #expect(parts[1].header("Content-Disposition") == "attachment; filename=\"reference.pdf\"")
    #expect(try parts[1].decoded() == "%PDF-1.7 sample")
    #expect(parts[2].header("Content-Type") == "application/json")
    #expect(parts[2].header("Content-Disposition") == "attachment; filename=\"receipt.json\"")
    #expect(try parts[2].decoded() == "{\"salt\":\"sample\"}")
  }

  @Test("both forms say what the leaver must know")
  func content() throws {
    let mail = try Post.leaverMail()
    for part in try ReadMail(Post.composer().compose(mail)).parts(3)[0].parts(2) {
      let text = try part.decoded().replacingOccurrences(of: "\r\n", with: " ")
      for phrase in [
        "reference.pdf", "carries its own proof", "receipt.json to yourself",
        "https://references.acme.example/verify",
        "destroys your address", mail.caseID.description, "Testa Beispiel", "Acme Ltd",
      ] {
        #expect(text.lowercased().contains(phrase.lowercased()), "\(phrase)")
      }
    }
  }

  @Test("the HTML loads nothing from anywhere and leaves colours to the reader")
  func html() throws {
    let html = try ReadMail(Post.composer().compose(Post.leaverMail())).parts(3)[0].parts(2)[1].decoded()
    for remote in ["src=", "url(", "<link", "<script", "<img", "<style", "@import", "background"] {
      #expect(!html.contains(remote), "\(remote)")
    }
    #expect(html.components(separatedBy: "://").count == 3)
    #expect(html.contains("<html lang=\"en-GB\">"))
    #expect(html.contains("name=\"color-scheme\" content=\"light dark\""))
    #expect(!html.contains("color:"))
  }

  @Test("the same mail has the same bytes, and no line is long or beyond ASCII")
  func bytes() throws {
    let composer = try Post.composer(organisation: "Bücher & Söhne <Ltd>")
    let bytes = try composer.compose(Post.leaverMail())
    #expect(bytes == (try composer.compose(Post.leaverMail())))
    expectClean(bytes)
  }

  /// What people, or machines, may have typed into a field of Bob.
  static let hostile = [
    "A\r\nBcc: all@acme.example", "A\nB", "A\rB", "A\u{0}B", "A\u{85}B\u{2028}C\u{2029}D", "A\u{1B}[2JB",
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='x", "A & B &amp; C",
    "<\u{338}script>", "\"\u{301} onload=x", "{{case}}", "{{{receipt}}}", "{{#name}}{{name}}{{/name}}",
    "{{=<% %>=}}",
    "{{> leaver.text}}", "{{% CONTENT_TYPE:HTML}}", "\u{202E}evil\u{2066}x\u{200F}", "שלום עולם", "مرحبا",
    "=?utf-8?q?=0D=0ABcc:_x?=", ".", "From here", "--=_0_aaaaaaaaaaaaaaaaaaaaaaaaaa--", "%s%n$(id)`id`",
    String(repeating: "x", count: 300), String(repeating: "名", count: 300),
    String(repeating: "word ", count: 60),
    "👩🏽‍💻", " ", "",
  ]

  @Test("a hostile value stays a value, in every field", arguments: hostile)
  func hostileValues(_ value: String) throws {
    let composer = try Post.composer(organisation: value.isEmpty ? "Acme" : value)
    let facts = LeaverFacts(
      name: value, title: value, department: value, start: nil, end: nil, workEmail: value)
    let bytes = try composer.compose(Post.leaverMail(facts))
    expectClean(bytes)
    let mail = try ReadMail(bytes)
    #expect(
      mail.headers.map(\.name) == [
        "Date", "From", "To", "Message-ID", "Subject", "Auto-Submitted", "X-Auto-Response-Suppress",
        "MIME-Version",
        "Content-Type",
      ])
    #expect(mail.header("To") == "testa@acme.example")
    let parts = try mail.parts(3)
    #expect(try parts[1].decoded() == "%PDF-1.7 sample")

    let plain = try ReadMail(Post.composer().compose(Post.leaverMail())).parts(3)[0].parts(2)
    let alternatives = try parts[0].parts(2)
    // The text has as many lines as the same mail to anybody else: a value adds none.
    #expect(
      try alternatives[0].decoded().components(separatedBy: "\r\n").count
        == plain[0].decoded().components(separatedBy: "\r\n").count)
    // The HTML has as many signs that begin and end tags and attributes.
    for sign in ["<", ">", "\"", "'"].flatMap(\.unicodeScalars) {
      #expect(
        try alternatives[1].decoded().unicodeScalars.count { $0 == sign }
          == plain[1].decoded().unicodeScalars.count { $0 == sign }, "\(sign)")
    }
    for text in try alternatives.map({ try $0.decoded() }) {
      #expect(!text.unicodeScalars.contains { (0x202A...0x202E).contains($0.value) || $0.value == 0x2066 })
      #expect(!text.contains("\u{1B}"))
      if value.contains("{{case}}") { #expect(text.contains("{{case}}")) }
    }
  }

  @Test("what the leaver is called reaches the leaver")
  func faithful() throws {
    let facts = LeaverFacts(
      name: "Zoë <3 \u{202E}O’Sample", title: nil, department: nil, start: nil, end: nil, workEmail: nil)
    let parts = try ReadMail(Post.composer().compose(Post.leaverMail(facts))).parts(3)[0].parts(2)
    #expect(try parts[0].decoded().contains("Hello Zoë <3 O’Sample,"))
    #expect(try parts[1].decoded().contains("<bdi>Zoë &lt;3 O’Sample</bdi>"))
  }
}

/// CRLF only, 7-bit clean, no line beyond 78 characters but for a header word that cannot be folded.
func expectClean(_ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
  #expect(
    bytes.allSatisfy { $0 == 0x0D || $0 == 0x0A || (0x20...0x7E).contains($0) },
    sourceLocation: sourceLocation)
  let text = String(decoding: bytes, as: UTF8.self)
  let lines = text.components(separatedBy: "\r\n")
  #expect(
    !lines.contains { $0.utf8.contains(0x0D) || $0.utf8.contains(0x0A) }, sourceLocation: sourceLocation)
  #expect(text.hasSuffix("\r\n"), sourceLocation: sourceLocation)
  let body = lines.drop { !$0.isEmpty }
  #expect(body.allSatisfy { $0.utf8.count <= 76 }, sourceLocation: sourceLocation)
  #expect(lines.allSatisfy { $0.utf8.count <= 998 }, sourceLocation: sourceLocation)
}
