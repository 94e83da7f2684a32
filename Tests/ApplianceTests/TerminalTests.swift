import Foundation
import Mail
import Store
import Testing

@testable import Delivery
@testable import refpassport

@Suite("What is printed cannot move the cursor or forge a line")
struct TerminalTests {
  @Test(
    "controls and bidirectional formats become visible",
    arguments: [
      ("plain", "plain"), ("two\nlines", "two\nlines"), ("\u{1B}[2Jgone", "\u{FFFD}[2Jgone"),
      ("a\rb", "a\u{FFFD}b"), ("nul\u{0}", "nul\u{FFFD}"), ("\u{202E}txt.exe", "\u{FFFD}txt.exe"),
      ("zero\u{200B}width", "zero\u{FFFD}width"), ("line\u{2028}break", "line\u{FFFD}break"), ("Žofie 欧", "Žofie 欧"),
    ])
  func clean(text: String, expected: String) { #expect(Terminal.clean(text) == expected) }

  @Test("a table is as wide as its cells, and empty cells leave no trailing blanks")
  func table() {
    var table = TextTable("CASE", "STAGE")
    table.add("a", "queued")
    table.add("longer", "")
    #expect(table.text == "CASE    STAGE\n──────  ──────\na       queued\nlonger")
  }
}

@Suite("What is revealed of a case")
struct RevealedDocumentTests {
  /// In a name, a title and a reply: none adds a line, moves the cursor or turns the text round.
  @Test(
    "hostile text stays on its line",
    arguments: [
      "a\nMailed to: b", "a\r\nMailed to: b", "a\rName: b", "a\u{85}b", "a\u{2028}b", "a\u{2029}b", "a\u{B}b",
      "a\u{C}b",
      "a\u{1B}[2Jb", "a\u{9B}31mb", "a\u{1B}]0;b\u{7}", "a\u{8}\u{8}b", "a\0b", "a\u{7F}b", "\u{202E}ba", "a\u{200B}b",
    ])
  func oneLine(_ hostile: String) {
    let facts = LeaverFacts(
      name: hostile, title: hostile, department: hostile, start: nil, end: nil, workEmail: hostile)
    let reply = ReplyHistory.Item(
      attempt: 1, at: Timestamp(seconds: 0), phase: .rcpt, code: 550, status: "5.1.1", text: hostile)
    let revealed = RevealedDocument(CaseDesk.Revealed(facts: facts, recipient: hostile, replies: [reply]))
    let shown = Terminal.clean(revealed.text)
    let lines = shown.split(whereSeparator: \.isNewline)
    #expect(
      lines.map { $0.prefix { $0 != ":" } } == [
        "Name", "Title", "Department", "Start", "End", "Work e-mail", "Mailed to", "Attempt 1, rcpt",
      ])
    #expect(
      !shown.unicodeScalars.contains { $0 != "\n" && [.control, .format].contains($0.properties.generalCategory) })
  }
}

@Suite("Every failure has its exit code and its sentence")
struct CommandFailureTests {
  struct Unforeseen: Error { let secret = "ada@acme.example" }

  @Test(
    "exit codes are contract",
    arguments: [
      (CaseMachine.Refusal.gone as any Error, Exit.no), (CaseStoreError.notFound(.random()), .no),
      (DeskFailure.needsBob, .usage), (DeskFailure.stillHeld(.noAddress), .no),
      (LeaverSourceFailure.refused(advice: "look at bob.token_file"), .outside),
      (TransportFailure.route(RouteTrouble(kind: .tls, phase: .starttls, advice: "look at smtp.ca_file")), .outside),
      (ApplianceKeys.Failure.lost(directory: "/d/keys"), .usage), (Unforeseen(), .outside),
      (StoreError.olderVersion, .usage), (StoreError.laterVersion, .usage),
    ])
  func codes(error: any Error, exit: Exit) {
    let failure = CommandFailure(error)
    #expect(failure.exit == exit)
    #expect(!failure.sentence.isEmpty)
  }

  @Test("what is no database is told by SQLite's code, and with the way out")
  func database() throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "database-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try Data(String(repeating: "ada@acme.example ", count: 20).utf8)
      .write(to: directory.appending(path: "refpassport.db"))
    #expect {
      _ = try ApplianceStore.reader(dataDirectory: directory.path)
    } throws: { error in
      let failure = CommandFailure(error)
      return failure.exit == .outside && failure.sentence.contains("26 (file is not a database)")
        && failure.sentence.contains("refpassport restore") && !failure.sentence.contains("ada@")
    }
  }

  @Test("an unforeseen error is named by its type: its text may quote what it choked on")
  func unforeseen() {
    let sentence = CommandFailure(Unforeseen()).sentence
    #expect(sentence.contains("Unforeseen"))
    #expect(!sentence.contains("ada@"))
  }
}
