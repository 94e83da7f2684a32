import Cryptography
import Delivery
import Foundation
import Mail
import Testing

@testable import Store

/// The scan that needs no purge: of everything, every day, and of backups that somebody names.
@Suite("Standing scan")
struct StandingScanTests {
  let bench: Workbench
  let elsewhere: String

  init() throws {
    bench = try Workbench()
    elsewhere = bench.path + "-elsewhere"
    try FileManager.default.createDirectory(atPath: elsewhere, withIntermediateDirectories: true)
  }

  private func scan(_ store: ApplianceStore) -> StandingScan {
    StandingScan(store, shapes: ScanShapes(domain: "acme.example"))
  }

  private func write(_ text: String, _ name: String, in directory: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(directory)/\(name)"))
  }

  private func found(_ report: ScanReport) -> [String] { report.residue.map(\.needle) }

  @Test("what is sealed of an open case may lie nowhere in clear, and is found before it is purged")
  func openCase() throws {
    let store = try bench.open(extraRoots: [elsewhere])
    try store.admit(1)
    #expect(found(try scan(store).full(at: time(5)).report) == [])
    try write("Umbrella Acoustics", "notes", in: bench.path)
    try write("of Zephyrine Quillfeather-Müller", "log", in: elsewhere)
    #expect(Set(found(try scan(store).full(at: time(6)).report)) == ["department", "name"])
    #expect(
      try store.lastScan() == store.lastScan().map { PastScan(at: time(6), files: $0.files, bytes: $0.bytes, hits: 2) })
  }

  @Test("the newest scan is remembered, over a restart")
  func remembered() throws {
    let past: PastScan
    do {
      let store = try bench.open()
      #expect(try store.lastScan() == nil)
      _ = try scan(store).scan(at: time())
      past = try scan(store).scan(at: time(60))
      #expect(past.at == time(60) && past.files == 5 && past.hits == 0)
    }
    #expect(try ApplianceStore.reader(dataDirectory: bench.path).lastScan() == past)
  }

  @Test("a copy of data_dir is found by its key slots, with the database beside them clean")
  func backup() throws {
    let store = try bench.open()
    try store.admit(1)
    try FileManager.default.copyItem(atPath: bench.path, toPath: elsewhere + "/nightly")
    let report = try scan(store).search([elsewhere])
    #expect(Set(found(report)) == ["key-slots"])
    #expect(report.residue.allSatisfy { $0.file.hasSuffix("/nightly/keys.slots") })
    #expect(try store.lastScan() == nil, "what is found elsewhere is not the state of the appliance")
  }

  @Test("an old copy of the key slots is found too, with none of the present keys, and within an archive")
  func oldSlots() throws {
    let store = try bench.open()
    let row = try store.admitCancelled(1)
    let slots = try Data(contentsOf: URL(fileURLWithPath: bench.slots))
    _ = try store.purge([row], at: time(20))
    try (Data(count: 1536) + slots).write(to: URL(fileURLWithPath: elsewhere + "/backup.tar"))
    #expect(found(try scan(store).search([elsewhere + "/backup.tar"])) == ["key-slots"])
    try (Data(count: 1537) + slots.prefix(64)).write(to: URL(fileURLWithPath: elsewhere + "/backup.tar"))
    #expect(found(try scan(store).search([elsewhere + "/backup.tar"])) == [], "the text within a program is none")
  }

  @Test("the key-encryption key is found as bytes, in Base64 and in hexadecimal", arguments: ["raw", "base64", "hex"])
  func kek(encoding: String) throws {
    let store = try bench.open()
    let bytes = bench.kek.withBytes { Array($0) }
    let text: [UInt8] =
      switch encoding {
      case "raw": bytes
      case "hex": Array(Hex.encode(bytes).utf8)
      default: Array(Data(bytes).base64EncodedData())
      }
    for directory in [elsewhere, bench.path] {
      try Data(Array("kek=".utf8) + text).write(to: URL(fileURLWithPath: directory + "/kek"))
    }
    #expect(found(try scan(store).search([elsewhere])) == ["kek"])
    #expect(found(try scan(store).full(at: time()).report) == ["kek"])
    #expect(try scan(store).search([elsewhere]).residue.map(\.encoding) == [encoding])
  }

  @Test("compressed and encrypted files are counted, since nothing can be found in them")
  func opaque() throws {
    let store = try bench.open()
    for (name, head) in [
      ("a.gz", [0x1F, 0x8B]), ("b.zst", [0x28, 0xB5, 0x2F, 0xFD]), ("c.zip", Array("PK\u{3}\u{4}".utf8)),
    ] {
      try Data(head + Array("@acme.example"[...].utf8.prefix(0))).write(
        to: URL(fileURLWithPath: "\(elsewhere)/\(name)"))
    }
    try write("plain", "d.txt", in: elsewhere)
    let report = try scan(store).search([elsewhere])
    #expect(report.files == 4 && report.opaque == 3 && report.residue.isEmpty)
  }

  @Test("what is not there, or is data_dir itself, is refused; data_dir below a named directory is left out")
  func paths() throws {
    let store = try bench.open()
    #expect(throws: ScanPathFailure.missing("/nowhere/at/all")) { try scan(store).search(["/nowhere/at/all"]) }
    #expect(throws: ScanPathFailure.missing("relative")) { try scan(store).search(["relative"]) }
    #expect(throws: ScanPathFailure.own(bench.path)) { try scan(store).search([bench.path]) }
    #expect(throws: ScanPathFailure.own(bench.database)) { try scan(store).search([bench.database]) }
    let link = elsewhere + "/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: bench.path)
    #expect(throws: ScanPathFailure.own(link)) { try scan(store).search([link]) }
    try write("x", "only", in: elsewhere)
    let above = (bench.path as NSString).deletingLastPathComponent
    #expect(
      ScanRoot(path: above, kind: .pointed(besides: bench.path)).files().files.allSatisfy {
        !$0.path.hasPrefix(bench.path + "/")
      })
  }

  @Test("a purge under way and its open neighbours are no findings")
  func quiet() throws {
    let store = try bench.open(lookupRetention: 86_400)
    let row = try store.admitCancelled(1)
    try store.admit(2)
    _ = try store.lookup(try .init(parsing: "kept@leaver.example"), by: "clara", at: time())
    let purger = try Purger(store) { if $0 == .delete { throw CancellationError() } }
    #expect(throws: CancellationError.self) { try store.purge([row], at: time(20), with: purger) }
    #expect(found(try scan(store).full(at: time(30)).report) == [])
  }
}
