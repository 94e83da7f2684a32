import Delivery
import Foundation
import Mail
import Testing

@testable import Templates

@Suite struct NoticeTests {
  private static let signedNote =
    "acme.example/refpassport/1\n3\nAAAA=\n\n— acme.example/refpassport/1 BBBB=\n"

  @Test(
    "each notice, byte for byte",
    arguments: [
      (.held, "more leavers at once than surge_limit allows", Golden.held),
      (.undeliverable, "the relay knows no such user", Golden.undeliverable),
      (.overdue, "its class is greylisted", Golden.overdue),
      (.alarm, "Since 2026-09-21T14:13:20Z: the relay cannot be used", Golden.alarm),
      (.allClear, "Over since 2026-09-21T14:13:20Z: the relay could not be used", Golden.allClear),
      (.checkpoint, signedNote, Golden.checkpoint),
    ] as [(Notice.Kind, String, String)])
  func golden(_ kind: Notice.Kind, _ detail: String, _ expected: String) throws {
    let bytes = try Post.composer().compose(Post.notice(kind, detail: detail))
    expectClean(bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == expected.replacingOccurrences(of: "\n", with: "\r\n"))
  }

  @Test("many cases stand in one mail, each on its line")
  func many() throws {
    var notice = try Post.notice(.held, detail: "first")
    notice.items.append(.init(caseID: CaseID(bytes: Array(32..<48)), detail: "second"))
    let text = String(decoding: try Post.composer().compose(notice), as: UTF8.self)
    #expect(text.contains("Subject: RefPassport: cases that wait for you (2)\r\n"))
    #expect(text.contains("EBESExQVFhcYGRobHB0eHw: first\r\nICEiIyQlJicoKSorLC0uLw: second\r\n"))
  }

  @Test("a checkpoint is attached with exactly its bytes")
  func checkpoint() throws {
    let parts = try ReadMail(Post.composer().compose(Post.notice(.checkpoint, detail: Self.signedNote)))
      .parts(2)
    #expect(try parts[0].decoded().contains("— acme.example/refpassport/1 BBBB=\r\n"))
    #expect(parts[1].header("Content-Disposition") == "attachment; filename=\"checkpoint.txt\"")
    #expect(try parts[1].decoded() == Self.signedNote)
  }

  @Test("its timestamp is attached too, and the mail tells how to check it")
  func timestamp() throws {
    var notice = try Post.notice(.checkpoint, detail: Self.signedNote)
    notice.items[0].timestamp = Array(repeating: 0x30, count: 900)
    let bytes = try Post.composer().compose(notice)
    expectClean(bytes)
    let parts = try ReadMail(bytes).parts(3)
    let text = try parts[0].decoded()
    #expect(text.contains("\r\n\r\ncheckpoint.tsr, attached too, is the word of a timestamp authority on when\r\n"))
    #expect(
      text.contains(
        "\r\n  openssl ts -verify -in checkpoint.tsr -data checkpoint.txt -CAfile ca.pem\r\n\r\nA checkpoint"))
    #expect(try parts[1].decoded() == Self.signedNote)
    #expect(parts[2].header("Content-Type") == "application/timestamp-reply")
    #expect(parts[2].header("Content-Disposition") == "attachment; filename=\"checkpoint.tsr\"")
    #expect(try parts[2].decoded() == String(repeating: "0", count: 900))
  }

  @Test("a hostile reason adds no header and no control", arguments: LeaverMailTests.hostile)
  func hostile(_ value: String) throws {
    for kind in Notice.Kind.allCases {
      let bytes = try Post.composer(organisation: value.isEmpty ? "Acme" : value)
        .compose(Post.notice(kind, detail: value))
      expectClean(bytes)
      let mail = try ReadMail(bytes)
      #expect(!mail.headers.contains { $0.name == "Bcc" })
      #expect(mail.headers.count { $0.name == "To" } == 1)
    }
  }
}
