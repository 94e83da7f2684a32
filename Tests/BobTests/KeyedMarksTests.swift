import Bob
import Cryptography
import Testing

@Suite("Keyed marks")
struct KeyedMarksTests {
  @Test("marks tell people and labels apart, and parts never run together")
  func marks() {
    let marks = KeyedMarks(key: SecretKey([UInt8](repeating: 1, count: 32)))
    let other = KeyedMarks(key: SecretKey([UInt8](repeating: 2, count: 32)))
    let all = [
      marks.mark("person", ["acme", "12"]), marks.mark("person", ["acme1", "2"]), marks.mark("start", ["acme", "12"]),
      marks.mark("person", ["acme", "12", ""]), other.mark("person", ["acme", "12"]),
    ]
    #expect(Set(all).count == all.count)
    #expect(marks.mark("person", ["acme", "12"]) == all[0])
  }
}
