import Cryptography
import Delivery
import Foundation
import GRDB
import Testing

@testable import Store

@Suite("purge scan: what must never be there")
struct ShapeScanTests {
  let bench: Workbench
  let store: ApplianceStore
  init() throws {
    bench = try Workbench()
    store = try bench.open()
  }

  private let shapes = ScanShapes(domain: "acme.example")

  @Test("a directory with open and purged cases is clean")
  func clean() throws {
    let row = try store.admitCancelled(1, mail: Array("Content-Transfer-Encoding: base64\r\n%PDF-1.7".utf8))
    try store.admit(2)
    _ = try store.purge([row], at: time(20))
    var steps: [ScanProgress] = []
    let report = try store.scan(shapes) { steps.append($0) }
    #expect(report.residue == [])
    #expect(report.files == 5)
    #expect(steps.map(\.files) == [1, 2, 3, 4, 5])
    #expect(steps.last?.bytes == report.bytes)
    #expect(report.bytes > 10_000)
    let reader = try ApplianceStore.reader(dataDirectory: bench.path)
    #expect(try reader.scan(shapes).residue == [])
  }

  @Test(
    "shapes are found in any encoding",
    arguments: [
      ("RCPT TO:<someone@acme.example>", "utf8"), ("to=someone%40ACME.example", "percent"),
      ("%PDF-1.7", "utf8"),
      (Data("\n%PDF-1.7 xx".utf8).base64EncodedString(), "base64"),
      ("Content-Transfer-Encoding: 7bit", "utf8"),
    ])
  func shapes(text: String, encoding: String) throws {
    try Data(("noise " + text).utf8).write(to: URL(fileURLWithPath: bench.path + "/spool"))
    let found = try store.scan(shapes).residue
    #expect(found.map(\.needle) == ["shape"])
    #expect(found.map(\.encoding) == [encoding])
    #expect(found.map(\.file) == ["spool"])
  }

  @Test("a key without a case is an orphan")
  func orphanSlot() throws {
    let slot = try store.owned().slots.store(SecretKey(randomOfSize: 32), for: .random())
    #expect(
      try store.scan(shapes).residue == [
        Residue(needle: "slot", encoding: "raw", file: "keys.slots", offset: (slot + 1) * 64)
      ])
  }

  @Test("sealed parts without their case are orphans")
  func orphanRows() throws {
    try store.queue.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA foreign_keys = OFF")
      try database.execute(sql: "INSERT INTO sealed VALUES (zeroblob(16), 'facts', randomblob(40))")
    }
    #expect(try store.scan(shapes).residue.map(\.needle) == ["ciphertext"])
  }
}
