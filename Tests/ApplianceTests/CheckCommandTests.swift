import Mail
import SMTP
import Settings
import Testing

@testable import refpassport

@Suite("What the doctor says of the relay")
struct CheckCommandTests {
  typealias Verdict = RelayReport.Verdict

  static let foreign = Verdict.refused(code: 550, EnhancedStatus(class: 5, subject: 7, detail: 60))
  static let nobody = Verdict.refused(code: 550, nil)

  @Test(
    "a timestamp authority whose clock is another is told, either way",
    arguments: [
      (300, .passed, "agree"), (-300, .passed, "agree"), (301, .warning, "301 s ahead of ours"),
      (-4000, .warning, "4000 s behind ours"),
    ]
      as [(Int64, Finding.Verdict, String)])
  func clock(_ off: Int64, _ verdict: Finding.Verdict, _ words: String) {
    let now = Timestamp(seconds: 1_790_000_000)
    let finding = CheckCommand.clock(of: now + off, ours: now)
    #expect(finding.verdict == verdict)
    #expect(finding.sentence.contains(words))
  }

  @Test(
    "each pair of setting and answer has its sentence, with the key to change",
    arguments: [
      (.verp, [.taken, .taken, .taken], .passed, "tagged senders, and mail to them"),
      (.verp, [.taken, foreign, .taken], .failed, "(550 5.7.60): allow them, or set smtp.return_path: plain"),
      (.verp, [.taken, foreign, nobody], .failed, "smtp.return_path: plain"),
      (.verp, [.taken, .taken, nobody], .warning, "no mail to them (550), so bounces would be lost"),
      (.verp, [nobody, foreign, nobody], .failed, "refuses mail from smtp.bounce_address to itself (550)"),
      (.plain, [foreign, .taken, .taken], .failed, "refuses mail from smtp.bounce_address to itself (550 5.7.60)"),
      (.plain, [.taken, foreign, nobody], .passed, "the plain bounce address"),
      (.verp, [.unproven, .unproven, .unproven], .unproven, "would not say now"),
      (.verp, [.taken, .unproven, .taken], .unproven, "would not say now"),
      (.verp, [.taken, .taken, .unproven], .unproven, "would not say now"),
      (.plain, [.unproven, .taken, .taken], .unproven, "would not say now"),
    ] as [(Settings.Configuration.Relay.ReturnPath, [Verdict], Finding.Verdict, String)])
  func returnPath(
    _ style: Settings.Configuration.Relay.ReturnPath, _ verdicts: [Verdict], _ expected: Finding.Verdict,
    _ words: String
  ) {
    let finding = CheckCommand.returnPath(style, verdicts)
    #expect(finding.verdict == expected)
    #expect(finding.sentence.contains(words), "\(finding.sentence)")
  }

  @Test(
    "offers are told in the words of EHLO",
    arguments: [
      (
        ["PIPELINING", "SIZE 1000", "AUTH XOAUTH2 LOGIN", "DSN", "8BITMIME", "SMTPUTF8", "VRFY"],
        "PIPELINING, SIZE 1000, DSN, 8BITMIME, SMTPUTF8, AUTH LOGIN XOAUTH2"
      ),
      (["SIZE"], "SIZE"), (["HELP"], "no extension that references use"),
    ])
  func offers(_ lines: [String], _ expected: String) {
    #expect(CheckCommand.offers(Capabilities(ehlo: ["relay.acme.example"] + lines)) == expected)
  }
}
