import Testing

@testable import Mail

@Suite("phrases are found all at once")
struct PhraseMatcherTests {
  private static let matcher = PhraseMatcher([
    ("user unknown", 0), ("unknown user", 1), ("known", 2), ("own user", 3), (" spam", 4), ("ününü", 63),
  ])

  @Test(
    "wherever they stand, overlapping or one within another",
    arguments: [
      ("", []), ("user unknown", [0, 2]), ("unknown user unknown", [0, 1, 2, 3]), ("user unknow", []),
      ("nospam", []), ("no spam", [4]), ("üününüü", [63]), ("unknunknown userknownown user", [1, 2, 3]),
    ] as [(String, [Int])])
  func found(_ text: String, _ signs: [Int]) {
    #expect(Self.matcher.signs(in: Array(text.utf8)) == signs.reduce(UInt64(0)) { $0 | 1 << UInt64($1) })
  }

  @Test("the same as one search after another, over every text of eight letters out of three")
  func sameAsNaive() {
    let phrases = ["ab", "bca", "cab", "aab", "c", "bb"]
    let matcher = PhraseMatcher(phrases.enumerated().map { ($1, $0) })
    for number in 0..<6561 {
      var rest = number
      let text = (0..<8).map { _ -> UInt8 in
        defer { rest /= 3 }
        return UInt8(ascii: "a") + UInt8(rest % 3)
      }
      let string = String(decoding: text, as: UTF8.self)
      let expected = phrases.enumerated().reduce(UInt64(0)) {
        string.contains($1.element) ? $0 | 1 << UInt64($1.offset) : $0
      }
      #expect(matcher.signs(in: text) == expected, "\(string)")
    }
  }

  @Test("a phrase may begin in one piece of a text and end in the next")
  func pieces() {
    var position = PhraseMatcher.Position()
    #expect(Self.matcher.signs(in: Array("user unk".utf8), from: &position) == 0)
    #expect(Self.matcher.signs(in: Array("nown".utf8), from: &position) == 0b101)
  }

  @Test("every phrase of the table is written as the text will be, and fits the table")
  func table() {
    for (sign, phrases) in ReportSign.reasons + ReportSign.natures {
      for phrase in phrases {
        let words = PlainWords(Array(phrase.utf8)).octets
        #expect(
          words.dropFirst().dropLast().elementsEqual(phrase.utf8.trimmed), "\(phrase) is not in the form of a text")
        #expect(ReportSign.matcher.signs(in: words).has(sign), "\(phrase)")
      }
      #expect(Set(phrases).count == phrases.count, "a phrase of \(sign) stands there twice")
    }
  }
}

@Suite("a text as plain words")
struct PlainWordsTests {
  @Test(
    "small letters, single blanks, no addresses",
    arguments: [
      ("", " "), ("  User\r\n\tUNKNOWN ", " user unknown "),
      ("550 5.1.1 <spam@acme.example>: User unknown", " 550 5.1.1 user unknown "),
      ("mailbox for spam+full@acme.example is full", " mailbox for is full "),
      ("see https://acme.example/spam", " see https://acme.example/spam "), ("@", " "), ("a@ b", " b "),
    ])
  func words(_ text: String, _ expected: String) {
    #expect(PlainWords(Array(text.utf8)).octets == Array(expected.utf8))
  }

  @Test("what stands in an address chooses no reason, however long it is")
  func addressesSayNothing() {
    let address = String(repeating: "user-unknown.", count: 500) + "@mailbox-full.example"
    #expect(Diagnosis(Array("550 <\(address)> no".utf8)).sign == nil)
  }
}
