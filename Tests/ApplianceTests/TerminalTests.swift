import Delivery
import Mail
import Testing

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
    ])
  func codes(error: any Error, exit: Exit) {
    let failure = CommandFailure(error)
    #expect(failure.exit == exit)
    #expect(!failure.sentence.isEmpty)
  }

  @Test("an unforeseen error is named by its type: its text may quote what it choked on")
  func unforeseen() {
    let sentence = CommandFailure(Unforeseen()).sentence
    #expect(sentence.contains("Unforeseen"))
    #expect(!sentence.contains("ada@"))
  }
}
