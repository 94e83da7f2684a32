import Testing

@testable import Audit

@Suite("JSON has one canonical form, and nothing loose is read")
struct CanonicalJSONTests {
  func read(_ text: String) throws(AuditError) -> CanonicalJSON {
    try CanonicalJSON(parsing: Array(text.utf8), maximumSize: 10_000)
  }

  func canonical(_ text: String) throws -> String { String(decoding: try read(text).bytes(), as: UTF8.self) }

  @Test("keys are in the order of their UTF-16 code units (RFC 8785 §3.2.3)")
  func keyOrder() throws {
    let input = #"""
      { "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
        "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis" }
      """#
    #expect(
      try canonical(input)
        == #"{"\r":"Carriage Return","1":"One","\#u{80}":"Control","\#u{f6}":"Latin Small Letter O With Diaeresis","#
        + #""\#u{20ac}":"Euro Sign","\#u{1f600}":"Emoji: Grinning Face","#
        + #""\#u{fb33}":"Hebrew Letter Dalet With Dagesh"}"#)
  }

  @Test("surrogates come before the last of the basic plane, as in UTF-16 and not as in UTF-8")
  func keyOrderAcrossPlanes() throws {
    let scalars: [Unicode.Scalar] = [
      "\u{0}", "A", "\u{7f}", "\u{80}", "\u{7ff}", "\u{800}", "\u{d7ff}", "\u{e000}", "\u{efff}", "\u{f000}",
      "\u{fffd}",
      "\u{10000}", "\u{3ffff}", "\u{10ffff}",
    ]
    let keys = scalars.flatMap { one in [String(one), "x\(one)"] + scalars.map { "\(one)\($0)" } }
    for left in keys {
      for right in keys where left != right {
        let members = CanonicalJSON.object([left: 1, right: 2])
        let inOrder = left.utf16.lexicographicallyPrecedes(right.utf16)
        let expected: [CanonicalJSON] =
          inOrder ? [.string(left), .string(right)] : [.string(right), .string(left)]
        let bytes = try members.bytes()
        let first = try expected[0].bytes()
        #expect(bytes.dropFirst().starts(with: first + [UInt8(ascii: ":")]))
      }
    }
  }

  @Test("the strings and literals of RFC 8785 §3.2.2")
  func sample() throws {
    let input =
      #"{ "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false] }"#
    #expect(
      try canonical(input)
        == #"{"literals":[null,true,false],"string":"\#u{20ac}$\u000f\nA'B\"\\\\\"/"}"#)
  }

  @Test("every control character has its ECMAScript escape, DEL and the rest stay")
  func escapes() throws {
    let all = CanonicalJSON.string(
      String(String.UnicodeScalarView((0...0x21).compactMap { Unicode.Scalar($0) })))
    let expected =
      #""\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"#
      + #"\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f !""#
    #expect(String(decoding: try all.bytes(), as: UTF8.self) == expected)
    #expect(try CanonicalJSON.string("\u{7f}\u{2028}/").bytes() == Array("\"\u{7f}\u{2028}/\"".utf8))
  }

  @Test(
    "canonical texts come back byte for byte",
    arguments: [
      "{}", "[]", "\"\"", "0", "-1", "9007199254740991", "-9007199254740991", "null", "true",
      #"{"":[{}],"A":{"b":[1,"x",false]},"a":-5}"#, #"["\ud83d"]"#.replacing(#"\ud83d"#, with: "\u{1f511}"),
    ])
  func canonicalTexts(text: String) throws {
    let value = try CanonicalJSON(canonical: Array(text.utf8), maximumSize: 100)
    #expect(try value.bytes() == Array(text.utf8))
  }

  @Test(
    "valid JSON that is not canonical is no canonical text",
    arguments: [
      " {}", "{} ", "{\"a\": 1}", #"{"b":1,"a":2}"#, #""\u0041""#, #""\/""#, #""\u000A""#, #""\u001F""#,
      "[1, 2]",
      #""\ud83d\ude00""#,
    ])
  func looseTexts(text: String) throws {
    _ = try read(text)
    #expect(throws: AuditError.self) { try CanonicalJSON(canonical: Array(text.utf8), maximumSize: 100) }
  }

  @Test("whatever is canonical is told by reading it as by writing it again, in 3,000 spellings")
  func spellings() throws {
    var generator = SystemRandomNumberGenerator()
    let keys = ["a", "b", "aa", "", "\u{e9}", "\u{20ac}", "\u{fb33}", "\u{1f600}", "\"", "\\", "\n", "ts", "n"]
    func text(_ depth: Int) -> String {
      func gap() -> String { Int.random(in: 0..<40, using: &generator) == 0 ? " " : "" }
      func spelt(_ key: String) -> String {
        switch key {
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\n": Bool.random(using: &generator) ? "\\n" : "\\u000a"
        case "a": Int.random(in: 0..<20, using: &generator) == 0 ? "\\u0061" : "a"
        default: key
        }
      }
      switch Int.random(in: 0..<(depth > 2 ? 3 : 5), using: &generator) {
      case 0: return gap() + "\(Int.random(in: -20...20, using: &generator))"
      case 1: return "\"" + spelt(keys.randomElement(using: &generator) ?? "") + "\"" + gap()
      case 2: return ["true", "false", "null"].randomElement(using: &generator) ?? ""
      case 3:
        return "[" + (0..<Int.random(in: 0..<3, using: &generator)).map { _ in text(depth + 1) }.joined(separator: ",")
          + "]"
      default:
        var chosen = Array(keys.shuffled(using: &generator).prefix(Int.random(in: 0..<5, using: &generator)))
        if Int.random(in: 0..<4, using: &generator) > 0 { chosen.sort { CanonicalJSON.precedes($0.utf8, $1.utf8) } }
        return "{" + gap() + chosen.map { "\"\(spelt($0))\":\(text(depth + 1))" }.joined(separator: ",") + "}"
      }
    }
    var canonical = 0
    for _ in 0..<3_000 {
      let bytes = Array(text(0).utf8)
      let value = try CanonicalJSON(parsing: bytes, maximumSize: 100_000)
      let isCanonical = try value.bytes() == bytes
      canonical += isCanonical ? 1 : 0
      #expect((try? CanonicalJSON(canonical: bytes, maximumSize: 100_000)) == (isCanonical ? value : nil))
    }
    #expect(500..<2_900 ~= canonical)
  }

  @Test(
    "what the ledger's JSON must not hold is refused, with its place",
    arguments: [
      ("", 0, "the text ends too early"), ("{", 1, "a string is missing"),
      ("[1", 2, "a comma or the end of an array is missing"),
      ("[1,]", 3, "no value begins like this"), (#"{"a":1,}"#, 7, "a string is missing"),
      (#"{"a" 1}"#, 5, "a colon is missing"),
      (#"{"a":1 "b":2}"#, 7, "a comma or the end of an object is missing"),
      ("1 2", 2, "more text after the value"), ("nul", 0, "no value begins like this"),
      ("\u{feff}1", 0, "no value begins like this"), ("'a'", 0, "no value begins like this"),
      ("1.0", 1, "a number that is no integer"), ("1e3", 1, "a number that is no integer"),
      ("2E0", 1, "a number that is no integer"), ("-0", 2, "a negative zero"),
      ("01", 2, "a number with a leading zero"),
      ("-", 1, "a number without digits"), ("+1", 0, "no value begins like this"),
      ("NaN", 0, "no value begins like this"),
      ("9007199254740992", 15, "an integer of 2^53 or more"),
      ("-9007199254740992", 16, "an integer of 2^53 or more"),
      ("99999999999999999999999999", 15, "an integer of 2^53 or more"),
      (#"{"a":1,"a":1}"#, 7, "a key is given twice"),
      (#"{"a":1,"\u0061":1}"#, 7, "a key is given twice"), ("\"a", 2, "a string without end"),
      ("\"\\", 2, "a string without end"), ("\"\t\"", 1, "a control character inside a string"),
      ("\"\\n\n\"", 3, "a control character inside a string"), (#""\x""#, 3, "an unknown escape"),
      (#""\u12G4""#, 5, "an escape without four digits"), (#""\u12"#, 5, "an escape without four digits"),
      (#""\ud800""#, 7, "a lone surrogate"), (#""\udc00\ud800""#, 7, "a lone surrogate"),
      (#""\ud800\u0041""#, 13, "a lone surrogate"), (#""\ud800x""#, 7, "a lone surrogate"),
    ])
  func refusedTexts(text: String, offset: Int, reason: String) {
    #expect(throws: AuditError.malformedJSON(offset: offset, reason: reason)) { try read(text) }
  }

  @Test(
    "bytes that are not UTF-8 are refused",
    arguments: [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]] as [[UInt8]]
  )
  func brokenUTF8(bytes: [UInt8]) {
    for text in [[0x22] + bytes + [0x22], [0x22, 0x5c, 0x6e] + bytes + [0x22]] {
      #expect(throws: AuditError.malformedJSON(offset: 1, reason: "a string that is not UTF-8")) {
        try CanonicalJSON(parsing: text, maximumSize: 100)
      }
    }
  }

  @Test("depth and size are bounded")
  func bounds() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try read(nested(16))
    #expect(throws: AuditError.malformedJSON(offset: 16, reason: "nested too deeply")) {
      try read(nested(17))
    }
    #expect(throws: AuditError.self) { try read(String(repeating: "{\"a\":", count: 5000)) }
    #expect(throws: AuditError.malformedJSON(offset: 3, reason: "the text is too long")) {
      try CanonicalJSON(parsing: Array("1234".utf8), maximumSize: 3)
    }
  }

  @Test("an integer of 2^53 has no canonical form", arguments: [1 << 53, -(1 << 53), Int64.max, Int64.min])
  func largeIntegers(number: Int64) {
    #expect(throws: AuditError.notRepresentable(reason: "an integer of 2^53 or more")) {
      try CanonicalJSON.array([.integer(number)]).bytes()
    }
  }

  @Test("members are reached by name and kind")
  func accessors() {
    let value: CanonicalJSON = [
      "text": "x", "number": 7, "flag": true, "list": ["a", 2], "inner": ["k": "v"],
    ]
    #expect(value["text"]?.string == "x")
    #expect(value["number"]?.integer == 7)
    #expect(value["flag"]?.bool == true)
    #expect(value["list"]?.array == ["a", 2])
    #expect(value["inner"]?["k"]?.string == "v")
    #expect(value["text"]?.integer == nil && value["number"]?.string == nil && value["absent"] == nil)
    #expect(value.array == nil && value.bool == nil && value["list"]?.object == nil)
  }

  @Test("random bytes never trap the parser, and what it takes is stable")
  func noise() throws {
    var random = SystemRandomNumberGenerator()
    let alphabet = Array(#"{}[]",:\u0d8e1-. tfn"#.utf8)
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 0...24, using: &random)).compactMap { _ in
        alphabet.randomElement(using: &random)
      }
      guard let value = try? CanonicalJSON(parsing: text, maximumSize: 64) else { continue }
      let bytes = try value.bytes()
      #expect(try CanonicalJSON(canonical: bytes, maximumSize: 256) == value)
    }
  }
}
