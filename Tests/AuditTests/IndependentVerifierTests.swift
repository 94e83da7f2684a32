import Audit
import Foundation
import Testing

@Suite("verify_export.py, written from the standards alone, comes to the same verdict")
struct IndependentVerifierTests {
  /// Writes the export to a directory of its own, runs the script on it, and returns status and output.
  func verdict(on ledger: SampleLedger) throws -> (status: Int32, output: String) {
    let directory = FileManager.default.temporaryDirectory.appending(path: "export-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    for file in ledger.export.files {
      try Data(file.bytes).write(to: directory.appending(path: file.name))
    }
    let held = try ledger.held.enumerated().map { number, text in
      let file = directory.appending(path: "held-\(number).txt")
      try Data(text.utf8).write(to: file)
      return file.path
    }
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "verify_export.py")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-B", script.path, directory.path] + held
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  @Test("it accepts the honest export, in one line")
  func honest() throws {
    let ledger = try SampleLedger()
    let (status, output) = try verdict(on: ledger)
    #expect(status == 0)
    #expect(output.hasPrefix("ok: 22 entries of harbour.example/refpassport/1, root "))
    #expect(output.filter { $0 == "\n" }.count == 1)
  }

  @Test("it accepts a ledger of which some was dropped, and one that came back from a backup")
  func lives() throws {
    for ledger in [try SampleLedger.pruned(), try SampleLedger.restored()] {
      let (status, output) = try verdict(on: ledger)
      #expect(status == 0, "\(output)")
    }
  }

  @Test("it takes a held head as bare text too")
  func bareHead() throws {
    var ledger = try SampleLedger()
    ledger.held = try ledger.held.map { try SignedNote(parsing: $0).text }
    #expect(try verdict(on: ledger).status == 0)
  }

  @Test("it rejects every attack, in one line", arguments: LedgerAttack.all)
  func attacks(attack: LedgerAttack) throws {
    var ledger = try LedgerAttack.victim(of: attack)
    try attack.change(&ledger)
    let (status, output) = try verdict(on: ledger)
    #expect(status == 1)
    #expect(output.hasPrefix("REJECTED: ") && output.filter { $0 == "\n" }.count == 1, "\(output)")
  }
}
