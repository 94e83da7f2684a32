import Cryptography
import Delivery
import Foundation
import Mail
import Testing

@testable import Store

@Suite("Needles")
struct NeedleTests {
  /// Scans one file with these bytes for a leaver.
  private func scan(
    _ bytes: [UInt8], for facts: LeaverFacts = canary, vocabulary: [String] = [], name: String = "file",
    kind: ScanRoot.Kind = .own
  ) throws -> [Residue] {
    let directory = FileManager.default.temporaryDirectory.path + "/refpassport-needle-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try Data(bytes).write(to: URL(fileURLWithPath: "\(directory)/\(name)"))
    var needles = Needles(case: .random(), vocabulary: vocabulary)
    needles.add(facts)
    return FileScan(needles.all).run(over: [ScanRoot(path: directory, kind: kind)]).report.residue
  }

  /// Ways of writing that were made without our own encoders.
  static let writings: [(String, @Sendable (String) -> [UInt8])] = [
    ("utf8", { Array($0.utf8) }),
    ("utf8", { Array($0.uppercased().utf8) }),
    ("utf8", { Array($0.lowercased().utf8) }),
    ("utf8", { Array($0.decomposedStringWithCanonicalMapping.utf8) }),
    ("utf16le", { Array($0.data(using: .utf16LittleEndian) ?? Data()) }),
    ("utf16be", { Array($0.uppercased().data(using: .utf16BigEndian) ?? Data()) }),
    ("hex", { $0.utf8.flatMap { Array(String(format: "%02x", $0).utf8) } }),
    ("hex", { $0.utf8.flatMap { Array(String(format: "%02X", $0).utf8) } }),
    ("base64", { Array(Data($0.utf8).base64EncodedData()) }),
    ("base64", { Array(Data(("x" + $0).utf8).base64EncodedData(options: .lineLength64Characters)) }),
    (
      "base64",
      { Array(Data(("yz" + $0 + " and more").utf8).base64EncodedData(options: .lineLength76Characters)) }
    ),
    (
      "base64",
      {
        let text = Data((String(repeating: "w", count: 53) + $0).utf8)
        return Array(text.base64EncodedData(options: [.lineLength64Characters, .endLineWithCarriageReturn]))
      }
    ),
  ]

  static let fields: [(String, String)] = [
    ("name", "Zephyrine Quillfeather-Müller"), ("name", "Quillfeather-Müller, Zephyrine"),
    ("title", "Marmalade Cartographer"), ("department", "Umbrella Acoustics"),
    ("address", "z.quillfeather@acme.example"),
  ]

  @Test("every fact is found in every encoding", arguments: fields, 0..<writings.count)
  func encodings(field: (String, String), writing: Int) throws {
    let (encoding, write) = Self.writings[writing]
    let bytes = Randomness.bytes(100) + [0] + write(field.1) + [0] + Randomness.bytes(100)
    let found = try scan(bytes)
    #expect(found.contains { $0.needle == field.0 && $0.encoding == encoding }, "\(found)")
  }

  @Test(
    "encodings that differ only where letters are foreign or special",
    arguments: [
      ("percent", "who=Zephyrine%20Quillfeather-M%C3%BCller&"),
      ("percent", "who=Zephyrine+Quillfeather-M%c3%bcller&"),
      ("percent", "to=z.quillfeather%40acme.example"),
      ("json", #"{"a":"Zephyrine Quillfeather-M\u00FCller"}"#),
      ("quoted-printable", "Dear Zephyrine Quillfeather-M=C3=BCller,"),
      ("quoted-printable", "Dear Zephyrine Quillfea=\r\nther-M=C3=\r\n=BCller,"),
      ("quoted-printable", "=?utf-8?q?Zephyrine_Quillfeather-M=C3=BCller?="),
      ("utf8", "Marmalade Carto=\r\ngrapher"),
    ])
  func special(encoding: String, text: String) throws {
    #expect(try scan(Array(text.utf8)).contains { $0.encoding == encoding })
  }

  @Test("nothing is found where nothing is: random bytes, base64 of them, our own schema")
  func silence() throws {
    #expect(try scan(Randomness.bytes(400_000)) == [])
    #expect(try scan(Array(Data(Randomness.bytes(200_000)).base64EncodedData())) == [])
    let dull = LeaverFacts(
      name: "Case Sealed", title: "Operator", department: "purgeRecord", start: nil, end: nil,
      workEmail: "ref@a.example")
    #expect(try scan(Array(Schema.version1.joined(separator: "\n").utf8), for: dull) == [])
  }

  @Test("a short word is no alarm by itself, but is found as the facts hold it")
  func short() throws {
    let facts = LeaverFacts(
      name: "Bo Xi", title: "CEO", department: "IT", start: nil, end: nil, workEmail: nil)
    #expect(try scan(Array("Bo Xi is CEO of IT; boxing, ceox".utf8), for: facts) == [])
    let sealed = try CaseVault.encode(facts)
    #expect(Set(try scan(sealed, for: facts).map(\.needle)) == ["name", "title", "department"])
    #expect(
      try scan(Array(Data(sealed).base64EncodedData()), for: facts).allSatisfy { $0.encoding == "base64" })
    #expect(try scan(Array(Data(sealed).base64EncodedData()), for: facts).count == 3)
  }

  @Test("the organisation's own words are no trace of a leaver, except in combination")
  func vocabulary() throws {
    let facts = LeaverFacts(
      name: "Zephyrine Quill", title: nil, department: "Acme Europe", start: nil, end: nil, workEmail: nil)
    let text = Array("certificate of Acme Europe Ltd".utf8)
    #expect(try scan(text, for: facts).map(\.needle) == ["department"])
    #expect(try scan(text, for: facts, vocabulary: ["Acme Europe Ltd"]) == [])
    let sealed = try CaseVault.encode(facts)
    let found = Set(try scan(sealed, for: facts, vocabulary: ["Acme Europe Ltd"]).map(\.needle))
    #expect(found == ["name", "department"])
  }

  @Test("in a directory shared with other programs only what is surely this leaver's counts")
  func shared() throws {
    let now = Int64(Date().timeIntervalSince1970)
    let kind = ScanRoot.Kind.shared(since: now - 3600)
    #expect(try scan(Array("we seek a Marmalade Cartographer".utf8), kind: kind) == [])
    #expect(try scan(Array("for Zephyrine Quillfeather-Müller".utf8), kind: kind).map(\.needle) == ["name"])
    #expect(try scan(Array("z.quillfeather@acme.example".utf8), kind: kind).map(\.needle) == ["address"])
    let later = ScanRoot.Kind.shared(since: now + 3600)
    #expect(try scan(Array("z.quillfeather@acme.example".utf8), kind: later) == [])
  }

  @Test("a file named for the leaver is found, and its name is not repeated")
  func fileName() throws {
    let found = try scan([1, 2, 3], name: "Zephyrine Quillfeather-Müller.pdf")
    #expect(found.map(\.needle).contains("name"))
    #expect(found.allSatisfy { !$0.description.lowercased().contains("quill") })
  }

  @Test("a needle never shows its bytes")
  func redacted() {
    var needles = Needles(case: .random(), vocabulary: [])
    needles.add(canary)
    needles.add(salt: Randomness.bytes(32))
    needles.add(employee: "2288714402938475")
    #expect(Set(needles.all.map(\.kind)) == ["name", "address", "title", "department", "salt", "employee"])
    for needle in needles.all {
      let shown = "\(needle) \(String(reflecting: needle))".lowercased()
      #expect(!shown.contains("quill") && !shown.contains("marmalade"))
    }
  }

  @Test("symbolic links are not followed")
  func links() throws {
    let bench = try Workbench()
    let outside = bench.path + ".outside"
    defer { try? FileManager.default.removeItem(atPath: outside) }
    try Data("z.quillfeather@acme.example".utf8).write(to: URL(fileURLWithPath: outside))
    try FileManager.default.createDirectory(atPath: bench.path, withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(atPath: bench.path + "/link", withDestinationPath: outside)
    #expect(ScanRoot(path: bench.path, kind: .own).files().files.isEmpty)
  }
}
