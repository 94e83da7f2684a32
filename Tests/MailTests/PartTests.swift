import Foundation
import Mail
import Testing

@Suite("MIME parts")
struct PartTests {
  func mail(_ content: Part, id: [UInt8] = [1]) throws -> [UInt8] {
    try Message(
      from: try Mailbox(parsing: "p@acme.example"), to: try Address(parsing: "a@b.example"), subject: "x",
      date: Timestamp(seconds: 0), id: MessageID(random: id, domain: "acme.example"), content: content
    ).bytes()
  }

  /// What a foreign parser finds: for each leaf its type, file name, and octets in hexadecimal.
  func leaves(_ mail: [UInt8]) throws -> [[String]] {
    let program = """
      import email, email.policy, json, sys
      m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
      print(json.dumps({"leaves": [[p.get_content_type(), p.get_filename() or "", p.get_payload(decode=True).hex()]
        for p in m.walk() if not p.is_multipart()], "defects": [str(d) for p in m.walk() for d in p.defects]}))
      """
    let answer = try Python.run(program, input: mail)
    #expect(answer["defects"] as? [String] == [])
    return try #require(answer["leaves"] as? [[String]])
  }

  func hex(_ bytes: some Sequence<UInt8>) -> String { bytes.map { String(format: "%02x", $0) }.joined() }

  @Test("attachments of every length keep their octets")
  func attachments() throws {
    var random = Seeded(state: 11)
    let files = [0, 1, 2, 3, 56, 57, 58, 113, 114, 115, 4096].map { length in
      (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
    let parts = files.map { Part.attachment(name: "\($0.count).pdf", type: .pdf, bytes: $0) }
    #expect(try leaves(mail(.mixed(parts))) == files.map { ["application/pdf", "\($0.count).pdf", hex($0)] })
  }

  static let texts: [(String, String)] = [
    ("a\nb\n", "a\r\nb"), ("a\r\nb", "a\r\nb"), ("a\rb", "a\r\nb"), ("a\n\r\nb", "a\r\n\r\nb"),
    ("a\r\r\nb", "a\r\n\r\nb"),
    ("", ""), ("\n.\nFrom x\n", "\r\n.\r\nFrom x"), ("a \n\tb\t\n", "a \r\n\tb\t"),
    ("=_0_--\n--=_0_\n", "=_0_--\r\n--=_0_"),
    ("é\u{2028}\0", "é\u{2028}\0"),
  ]

  @Test("every kind of line break in a text becomes CRLF, and nothing else changes", arguments: texts)
  func lineBreaks(text: String, read: String) throws {
    let found = try leaves(mail(.alternative([.plainText(text), .html(text)])))
    #expect(found == [["text/plain", "", hex(read.utf8)], ["text/html", "", hex(read.utf8)]])
  }

  @Test("no boundary of a deep tree begins with another one, nor does a body line with a boundary")
  func boundaries() throws {
    let leaf = Part.plainText(String(repeating: "--=_0.1_\n", count: 5))
    let branch = Part.mixed(Array(repeating: .alternative([leaf, .mixed([leaf])]), count: 4))
    let text = String(decoding: try mail(.mixed([branch, leaf, branch])), as: UTF8.self)
    let boundaries = text.matches(of: /boundary="([^"]+)"/).map { String($0.output.1) }
    #expect(boundaries.count == 19 && Set(boundaries).count == 19)
    for one in boundaries {
      #expect(one.utf8.count <= 70, "RFC 2046 §5.1.1")
      #expect(!boundaries.contains { $0 != one && $0.hasPrefix(one) })
    }
    let delimiters = text.components(separatedBy: "\r\n").filter { $0.hasPrefix("--=_") }
    #expect(Set(delimiters) == Set(boundaries.flatMap { ["--\($0)", "--\($0)--"] }))
  }

  @Test("the same mail has the same bytes, another Message-ID has other boundaries")
  func stable() throws {
    let content = Part.mixed([.plainText("x")])
    #expect(try mail(content) == mail(content))
    #expect(try !String(decoding: mail(content, id: [2]), as: UTF8.self).contains("=_0_aeacme"))
    #expect(try String(decoding: mail(content, id: [1]), as: UTF8.self).contains("boundary=\"=_0_aeacmeexample\""))
  }

  static let names: [(String, String)] = [
    ("reference.pdf", "filename=\"reference.pdf\""), ("a b;c.pdf", "filename=\"a b;c.pdf\""),
    ("é.pdf", "filename*=utf-8''%C3%A9.pdf"), ("a\"b.pdf", "filename*=utf-8''a%22b.pdf"),
    ("é 100%'*.pdf", "filename*=utf-8''%C3%A9%20100%25%27%2A.pdf"),
    ("a\r\nBcc: x", "filename*=utf-8''a%0D%0ABcc%3A%20x"),
  ]

  @Test("a file name is a quoted string, or by RFC 2231 §4 in UTF-8", arguments: names)
  func fileName(name: String, parameter: String) throws {
    let bytes = try mail(.attachment(name: name, type: .json, bytes: [1]))
    let text = String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: "\r\n ", with: " ")
    #expect(text.contains("\r\nContent-Disposition: attachment; \(parameter)\r\n"))
  }

  @Test(
    "a media type is two tokens",
    arguments: [
      ("application/pdf", true), ("image/svg+xml", true), ("application", false), ("a/b/c", false), ("/b", false),
      ("a/", false), ("a b/c", false), ("a/b; c=d", false), ("a/b\r\n", false), ("é/x", false), ("", false),
    ])
  func mediaType(text: String, isType: Bool) {
    #expect(MediaType(text)?.text == (isType ? text : nil))
  }
}
