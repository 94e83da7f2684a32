import Foundation
import Mail
import Testing

/// A small generator whose numbers are the same everywhere.
struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}

@Suite("Encodings")
struct EncodingTests {
  static let vectors: [(String, String, String)] = [
    ("", "", ""), ("f", "Zg==", "my"), ("fo", "Zm8=", "mzxq"), ("foo", "Zm9v", "mzxw6"),
    ("foob", "Zm9vYg==", "mzxw6yq"),
    ("fooba", "Zm9vYmE=", "mzxw6ytb"), ("foobar", "Zm9vYmFy", "mzxw6ytboi"),
  ]

  @Test("base64 and base32 by the vectors of RFC 4648 §10", arguments: vectors)
  func rfc4648(plain: String, base64: String, base32: String) {
    #expect(Base64.encode(Array(plain.utf8)) == base64)
    #expect(Base64.decode(base64) == Array(plain.utf8))
    #expect(Base32.encode(Array(plain.utf8)) == base32)
    #expect(Base32.decode(base32.uppercased()) == Array(plain.utf8))
  }

  @Test(
    "what is not canonical base64 is refused",
    arguments: ["Z", "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm9v\r\n", "Zm9 ", "Zm-_", "Zm9v="])
  func badBase64(text: String) { #expect(Base64.decode(text) == nil) }

  @Test("what is not base32 is refused", arguments: ["m", "mz1", "mzxw60", "mzxw6===", "mz ", "mzz", "mzxw6yqq8"])
  func badBase32(text: String) { #expect(Base32.decode(text) == nil) }

  @Test("random bytes survive base64, base32 and the lines of a MIME body")
  func roundTrips() {
    var random = Seeded(state: 7)
    for length in 0..<300 {
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
      #expect(Base32.decode(Base32.encode(bytes)) == bytes)
      let lines = Base64.encodeLines(bytes)
      #expect(lines.split(separator: 0x0A).allSatisfy { $0.count <= 77 && $0.last == 0x0D })
      #expect(Data(base64Encoded: Data(lines), options: .ignoreUnknownCharacters).map { [UInt8]($0) } == bytes)
    }
  }

  /// A decoder of RFC 2045 §6.7 that shares nothing with the encoder.
  static func unquoted(_ encoded: [UInt8]) -> [UInt8] {
    let text = String(decoding: encoded, as: UTF8.self).replacingOccurrences(of: "=\r\n", with: "")
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "=") else {
        bytes.append(byte)
        continue
      }
      bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
      rest = rest.dropFirst(2)
    }
    return bytes
  }

  static let texts: [String] = [
    "plain", "a=b", "ends with blank ", "ends with tab\t", ".leading dot", "From the start", "ünïcödé", "two\r\nlines",
    "\r\n\r\n", "trailing\r\n", String(repeating: "x", count: 76), String(repeating: "x", count: 77),
    String(repeating: "é", count: 100), String(repeating: "a b ", count: 60), "tab\tinside", ".", "..", "=", " ",
    String(repeating: "x", count: 75) + ".y", String(repeating: "x", count: 75) + "From the start",
    String(repeating: "é", count: 12) + "xxxFrom From From", "a\rb\r\nc", "\r", "Fromage",
    String(repeating: "x", count: 75) + " ", "𠮷野家",
  ]

  @Test(
    "quoted-printable keeps the text, in lines of at most 76 characters that no relay needs to touch", arguments: texts)
  func quotedPrintable(text: String) {
    let encoded = QuotedPrintable.encode(Array(text.utf8))
    let decoded = String(decoding: Self.unquoted(encoded), as: UTF8.self)
    #expect(decoded == (text.hasSuffix("\r\n") ? text : text + "\r\n"))
    for line in String(decoding: encoded, as: UTF8.self).components(separatedBy: "\r\n") {
      #expect(line.utf8.count <= 76)
      #expect(!line.hasSuffix(" ") && !line.hasSuffix("\t"))
      #expect(!line.hasPrefix(".") && !line.hasPrefix("From "))
      #expect(line.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 9 })
    }
  }

  @Test("quoted-printable keeps random texts")
  func quotedPrintableRandom() {
    var random = Seeded(state: 3)
    for _ in 0..<500 {
      let pieces = [".", "=", " ", "\t", "From ", "é", "\u{1F600}", "x", "-", "\r", "\0", "\r\n"]
      let text =
        (0..<Int.random(in: 0...400, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "x" }
        .joined() + "x"
      let encoded = QuotedPrintable.encode(Array(text.utf8))
      #expect(Self.unquoted(encoded) == Array((text + "\r\n").utf8))
      for line in String(decoding: encoded, as: UTF8.self).components(separatedBy: "\r\n") {
        #expect(line.utf8.count <= 76 && !line.hasPrefix(".") && !line.hasPrefix("From "))
        #expect(!line.hasSuffix(" ") && !line.hasSuffix("\t") && !line.contains("\r"))
      }
    }
  }

  @Test(
    "encoded words have at most 75 characters and never split a character",
    arguments: [
      "é", "Référence d'emploi", String(repeating: "日本", count: 60), "", String(repeating: "é", count: 23), "👩‍🔬👩‍🔬👩‍🔬👩‍🔬👩‍🔬",
    ])
  func encodedWords(text: String) {
    let words = EncodedWord.encode(text).split(separator: " ")
    var decoded = ""
    for word in words {
      #expect(word.utf8.count <= 75)
      #expect(word.hasPrefix("=?utf-8?b?") && word.hasSuffix("?="))
      let bytes = Base64.decode(word.dropFirst(10).dropLast(2))
      let part = bytes.flatMap { String(validating: $0, as: UTF8.self) }
      #expect(part != nil, "each word is whole UTF-8 by itself (RFC 2047 §5)")
      decoded += part ?? ""
    }
    #expect(decoded == text)
  }

  @Test(
    "xtext by RFC 3461 §4",
    arguments: [
      ("ada@acme.example", "ada@acme.example"), ("a+b", "a+2Bb"), ("a=b", "a+3Db"), ("a b", "a+20b"), ("é", "+C3+A9"),
      ("", ""), ("\r\n", "+0D+0A"),
    ])
  func xtext(plain: String, encoded: String) {
    #expect(XText.encode(plain) == encoded)
    #expect(XText.decode(encoded) == plain)
  }

  @Test("what is no xtext is refused", arguments: ["a b", "a=", "+", "+2", "+2b", "+GG", "a\r\n", "+FF"])
  func badXText(text: String) { #expect(XText.decode(text) == nil) }

  @Test("a Message-ID is written once, read back, and holds nothing that could break a header")
  func messageID() {
    let id = MessageID(random: [0, 1, 2, 254, 255], domain: "acme.example")
    #expect(id.text == "<aaaqf7x7@acme.example>")
    #expect(MessageID(parsing: id.text) == id)
    for text in [
      "", "<>", "a@b", "<a>", "<a@b", "<a@b@c>", "<a b@c>", "<a@b>\r\n", "<a@\u{e9}>", "<<a@b>>", "<@b>", "<a@>",
    ] {
      #expect(MessageID(parsing: text) == nil, "\(text)")
    }
  }

  @Test("a Message-ID has at most 250 octets, and is kept as its text")
  func messageIDKept() throws {
    let longest = "<" + String(repeating: "a", count: 237) + "@acme.example" + ">"
    let id = try #require(MessageID(parsing: longest))
    #expect(MessageID(parsing: "<a" + longest.dropFirst()) == nil)
    let kept = try JSONEncoder().encode([id])
    #expect(try JSONDecoder().decode([MessageID].self, from: kept) == [id])
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([MessageID].self, from: Data("[\"<a b@c>\"]".utf8)) }
  }
}
