import Delivery
import Testing

@testable import Reference

/// A changed file is invalid, whatever was changed, and reading it never ends the process.
@Suite struct TamperingTests {
  private func grade(_ bytes: [UInt8]) async -> Verdict.Grade {
    await ReferenceVerifier(lookup: nil).verify(bytes).grade
  }

  /// A genuine reference, and the proof that the test starts from something good.
  private func genuine() async throws -> [UInt8] {
    let document = try await Employer().document()
    #expect(await grade(document) == .silver)
    return document
  }

  @Test func everyFlippedByteIsFound() async throws {
    let document = try await genuine()
    let gap = try SealedFile(parsing: document).gap
    var generator = SeededGenerator(state: 2026)
    // Half of the probes where no signature reaches, half in all the rest, and every byte of the borders.
    var positions = Set(document.indices.prefix(16)).union(document.indices.suffix(64))
    positions.formUnion(gap.prefix(40))
    positions.formUnion(gap.suffix(40))
    while positions.count < 900 { positions.insert(Int.random(in: gap, using: &generator)) }
    while positions.count < 1700 { positions.insert(Int.random(in: document.indices, using: &generator)) }
    var accepted: [Int] = []
    for position in positions.sorted() {
      var changed = document
      changed[position] ^= UInt8.random(in: 1...255, using: &generator)
      if await grade(changed) != .invalid { accepted.append(position) }
    }
    #expect(accepted.isEmpty)
  }

  /// The same hexadecimal number in capitals is the same signature to every other reader.
  @Test func everyCapitalDigitInTheSignatureIsFound() async throws {
    let document = try await genuine()
    let gap = try SealedFile(parsing: document).gap
    let letters = gap.filter { (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(document[$0]) }
    #expect(letters.count > 500)
    for position in letters.prefix(300) {
      var changed = document
      changed[position] ^= 0x20
      #expect(await grade(changed) == .invalid)
    }
  }

  @Test func everyMutationIsFound() async throws {
    let document = try await genuine()
    var generator = SeededGenerator(state: 23_112_026)
    var accepted: [String] = []
    for round in 0..<2200 {
      let mutation = Mutation.allCases[round % Mutation.allCases.count]
      let changed = mutation.apply(to: document, using: &generator)
      guard changed != document else { continue }
      if await grade(changed) != .invalid { accepted.append("\(mutation) in round \(round)") }
    }
    #expect(accepted.isEmpty)
  }

  @Test(arguments: [
    "", "%PDF-1.", "%PDF-1.5\n%%EOF", "%PDF-1.5\nstartxref\n%%EOF", "%PDF-1.5\nstartxref\n99999999999\n%%EOF",
    "%PDF-1.5\nstartxref\n9\n%%EOF", "%PDF-1.5\nxref\n0 1\nstartxref\n9\n%%EOF",
    "%PDF-1.5\nxref\n0 9999999999\ntrailer\n<<>>\nstartxref\n9\n%%EOF",
    "%PDF-1.5\nxref\ntrailer\n<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF",
    "%PDF-1.5\nxref\ntrailer\n<</Root 1 0 R/Prev -1>>\nstartxref\n9\n%%EOF",
    "%PDF-1.5\nxref\ntrailer\n[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\nstartxref\n9\n%%EOF",
    "%PDF-1.5\nxref\n1 1\n0000000009 00000 n \ntrailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF",
  ])
  func aBrokenFileIsInvalid(text: String) async {
    let verdict = await ReferenceVerifier(lookup: nil).verify(Array(text.utf8))
    #expect(verdict.grade == .invalid)
    #expect(verdict.checks.map(\.name) == [.coverage])
  }

  @Test func whatIsAppendedIsFound() async throws {
    let document = try await genuine()
    for tail in ["\n", " ", "%", "\n%%EOF\n", "\n% a comment\n%%EOF\n"] {
      #expect(await grade(document + Array(tail.utf8)) == .invalid)
    }
  }

  /// A second update is what a shadow attack looks like: the old signature still holds, over less than the
  /// file.
  @Test func anotherUpdateIsFound() async throws {
    let document = try await genuine()
    let file = try PDFFile(document)
    let catalog = try file.catalog()
    let offset = document.count
    let shadow =
      "\(catalog.number) 0 obj\n\(catalog.value.written)\nendobj\nxref\n\(catalog.number) 1\n"
      + String(repeating: "0", count: 10 - String(offset).count) + "\(offset) 00000 n \n"
    let table = offset + "\(catalog.number) 0 obj\n\(catalog.value.written)\nendobj\n".utf8.count
    var trailer = try #require(file.trailer.dictionary)
    trailer["Prev"] = .integer(file.newestTable)
    let tail = "trailer\n\(PDFValue.dictionary(trailer).written)\nstartxref\n\(table)\n%%EOF\n"
    let updated = document + Array((shadow + tail).utf8)
    // The control: it is a PDF that can be read, with two updates.
    #expect(try PDFFile(updated).revisions == 3)
    let verdict = await ReferenceVerifier(lookup: nil).verify(updated)
    #expect(verdict.grade == .invalid)
    #expect(verdict.checks.first?.detail == "PDF: the signature does not cover the file to its last byte")
  }

  @Test func theDrawingWithoutTheSignatureIsNoReference() async throws {
    #expect(await grade(try Drawing.pdf(for: .showing("Ada Example"))) == .invalid)
  }
}

/// One way of damaging a file.
enum Mutation: CaseIterable {
  case flip, truncate, splice, digits, duplicate, swap

  func apply(to bytes: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
    var changed = bytes
    let first = Int.random(in: bytes.indices, using: &generator)
    let second = min(bytes.count, first + Int.random(in: 1...200, using: &generator))
    switch self {
    case .flip:
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        changed[Int.random(in: bytes.indices, using: &generator)] ^= UInt8.random(
          in: 1...255, using: &generator)
      }
    case .truncate: changed = Array(bytes.prefix(first))
    case .splice: changed.removeSubrange(first..<second)
    case .digits:
      // Numbers are offsets, lengths and references: the tail of the file is full of them.
      let from = Bool.random(using: &generator) ? max(0, bytes.count - 3000) : first
      let digits = (from..<bytes.count).filter { (0x30...0x39).contains(bytes[$0]) }.prefix(2000)
      for _ in 0..<4 {
        guard let position = digits.randomElement(using: &generator) else { break }
        changed[position] = UInt8.random(in: 0x30...0x39, using: &generator)
      }
    case .duplicate: changed.insert(contentsOf: bytes[first..<second], at: first)
    case .swap:
      let other = Int.random(in: bytes.indices, using: &generator)
      let length = min(second - first, bytes.count - other)
      for offset in 0..<length { changed.swapAt(first + offset, other + offset) }
    }
    return changed
  }
}
