import Foundation
import Mail
import Testing

@Suite("Header fields")
struct HeaderTests {
  /// The header lines of a mail that holds `extra`, and this subject.
  func lines(subject: String = "x", extra: [Header] = []) throws -> [String] {
    let mail = try Message(
      from: try Mailbox(parsing: "p@acme.example"), to: try Address(parsing: "a@b.example"), subject: subject,
      date: Timestamp(seconds: 0), id: MessageID(random: [1], domain: "acme.example"), extra: extra,
      content: .plainText("x"))
    let text = String(decoding: mail.bytes(), as: UTF8.self)
    let head = try #require(text.range(of: "\r\n\r\n"))
    return text[..<head.lowerBound].components(separatedBy: "\r\n")
  }

  /// The value of one field: the breaks of folding are taken out, the blanks stay (RFC 5322 §2.2.3).
  func unfolded(_ name: String, in lines: [String]) -> String? {
    let joined = lines.reduce(into: [String]()) { fields, line in
      if line.hasPrefix(" "), let last = fields.popLast() { fields.append(last + line) } else { fields.append(line) }
    }
    return joined.first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
  }

  static let values: [String] = [
    "", "short", "two  blanks", "  leading", "trailing  ", String(repeating: "word ", count: 40),
    String(repeating: "x", count: 70), String(repeating: "x", count: 71), String(repeating: "x", count: 900),
    "a " + String(repeating: "x", count: 200) + " b", String(repeating: "ab  ", count: 50),
    "a" + String(repeating: " ", count: 150) + "b", String(repeating: "<id@acme.example> ", count: 30) + "end",
  ]

  @Test("are folded before words: the value stays as it was, and no line is blank", arguments: values)
  func folded(value: String) throws {
    let lines = try lines(extra: [Header("X-Case", value)])
    #expect(unfolded("X-Case", in: lines) == value)
    for line in lines {
      #expect(line.utf8.count <= 998)
      #expect(!line.allSatisfy { $0 == " " }, "a line of blanks alone would be obsolete syntax (RFC 5322 §4.2)")
      // Only a line of one word, or with a run of blanks, may be longer than 76.
      let shown = line.trimmingCharacters(in: .whitespaces)
      if shown.utf8.count > 76 { #expect(shown.split(separator: " ").count <= 2) }
    }
  }

  @Test(
    "that cannot be folded are refused",
    arguments: [
      String(repeating: "x", count: 901), "a " + String(repeating: "x", count: 2000),
      "a" + String(repeating: " ", count: 999),
    ])
  func unfoldable(value: String) throws {
    #expect(throws: HeaderError.value) { try Header("X-Case", value) }
    let lines = try lines(subject: value)
    #expect(lines.allSatisfy { $0.utf8.count <= 76 }, "a subject becomes encoded words instead")
    let words = try #require(unfolded("Subject", in: lines)).split(separator: " ")
    let octets = try words.flatMap { try #require(Base64.decode($0.dropFirst(10).dropLast(2))) }
    #expect(String(decoding: octets, as: UTF8.self) == value)
  }

  @Test(
    "have a name of printable characters",
    arguments: ["", "a b", "a:", "é", "a\r\n", "a\0", String(repeating: "x", count: 77)])
  func badName(name: String) {
    #expect(throws: HeaderError.name) { try Header(name, "x") }
  }

  static let controls: [UInt32] = Array(0...31) + Array(0x7F...0x9F)

  @Test("hold no control, whichever it is", arguments: controls)
  func control(value: UInt32) throws {
    let text = "a" + String(try #require(Unicode.Scalar(value))) + "b"
    #expect(throws: HeaderError.value) { try Header("X-Case", text) }
    #expect(throws: HeaderError.value) { try lines(subject: text) }
  }

  @Test("beyond ASCII have no place in a mail that does not need SMTPUTF8")
  func sevenBit() throws {
    let field = try Header("X-Case", "é")
    #expect(throws: HeaderError.value) { try lines(extra: [field]) }
  }

  static let subjects: [String] = [
    "é", String(repeating: "é", count: 200), String(repeating: "日本 ", count: 40), "👩‍🔬 👩‍🔬 👩‍🔬 👩‍🔬 👩‍🔬 👩‍🔬",
  ]

  @Test("with encoded words have lines of at most 76 characters (RFC 2047 §2)", arguments: subjects)
  func encoded(subject: String) throws {
    #expect(try lines(subject: subject).allSatisfy { $0.utf8.count <= 76 && $0.utf8.allSatisfy { $0 < 0x80 } })
  }
}
