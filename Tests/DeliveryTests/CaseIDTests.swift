import Delivery
import Testing

@Suite("A case number")
struct CaseIDTests {
  private static let hyphenFirst: [UInt8] = [0xF8] + [UInt8](repeating: 7, count: 15)
  private static let letterFirst: [UInt8] = [0x08] + [UInt8](repeating: 7, count: 15)

  @Test("is read as it is written, also one that begins with a hyphen")
  func readsWhatItWrites() throws {
    for bytes in [Self.hyphenFirst, Self.letterFirst] {
      let id = try #require(CaseID(bytes: bytes))
      #expect(CaseID(id.description) == id)
    }
    #expect(try #require(CaseID(bytes: Self.hyphenFirst)).description.hasPrefix("-"))
  }

  @Test("is drawn anew if it would pass for an option on a command line")
  func isNoOption() {
    var draws = [Self.letterFirst, Self.hyphenFirst, Self.hyphenFirst]
    #expect(CaseID.random { draws.removeLast() }.bytes == Self.letterFirst)
    #expect(draws.isEmpty)
  }

  @Test("is another one every time, and never begins with a hyphen")
  func random() {
    let ids = (0..<3000).map { _ in CaseID.random() }
    #expect(Set(ids).count == 3000)
    #expect(ids.allSatisfy { !$0.description.hasPrefix("-") })
  }

  @Test(
    "has 16 bytes", arguments: ["", "A", "AAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAA!A"])
  func refusesOthers(text: String) {
    #expect(CaseID(text) == nil)
  }
}
