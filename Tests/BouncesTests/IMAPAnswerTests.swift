import Testing

@testable import Bounces

@Suite("what IMAP servers answer")
struct IMAPAnswerTests {
  private func answer(_ text: String) -> IMAPAnswer { IMAPAnswer(Array(text.utf8)) }

  @Test(
    "numbers found",
    arguments: [
      ("* SEARCH 3 5 8\r\n", [3, 5, 8]), ("* SEARCH\r\n", []), ("", []), ("* SEARCH 8 3 3\n* SEARCH 1\n", [1, 3, 8]),
      ("* search 7\r\n", [7]),
      // Between the lines that any server may send at any time.
      ("* 5 EXISTS\r\n* FLAGS (\\Seen)\r\n* SEARCH 2\r\n* 0 RECENT\r\n", [2]),
      // What is no UID: 0, negative, too long, or no number.
      ("* SEARCH 0 -1 4294967296 x 4294967295\r\n", [4_294_967_295]), ("* SEARCH (MODSEQ 917) 4\r\n", [4, 917]),
      ("A001 OK SEARCH 4\r\n", []), ("*SEARCH 4\r\n", []), ("+ SEARCH 4\r\n", []),
    ] as [(String, [UInt32])])
  func found(_ text: String, _ numbers: [UInt32]) { #expect(answer(text).found == numbers) }

  @Test(
    "sizes by UID, whatever else a server tells with them",
    arguments: [
      ("* 1 FETCH (UID 8 RFC822.SIZE 2048)\r\n", [8: 2048]),
      ("* 1 FETCH (RFC822.SIZE 2048 UID 8)\r\n", [8: 2048]),
      (
        "* 1 FETCH (FLAGS (\\Seen $RefPassportTry1) UID 8 RFC822.SIZE 20)\r\n* 2 fetch (uid 9 rfc822.size 0)\r\n",
        [8: 20, 9: 0]
      ),
      ("* 1 FETCH (UID 8)\r\n", [:]), ("* 1 FETCH (RFC822.SIZE 5)\r\n", [:]),
      ("* 1 FETCH (UID 8 RFC822.SIZE -5)\r\n", [:]),
      ("* 1 FETCH (UID 8 RFC822.SIZE)\r\n", [:]), ("* 3 EXPUNGE\r\n", [:]),
      ("* 1 FETCH (UID 8 RFC822.SIZE 99999999999999999999)\r\n", [:]),
    ] as [(String, [UInt32: Int])])
  func sizes(_ text: String, _ sizes: [UInt32: Int]) { #expect(answer(text).sizes == sizes) }

  @Test("capabilities, in any case")
  func capabilities() {
    #expect(
      answer("* CAPABILITY IMAP4rev1 uidplus MOVE AUTH=PLAIN\r\n").capabilities
        == ["IMAP4REV1", "UIDPLUS", "MOVE", "AUTH=PLAIN"])
    #expect(answer("* OK [CAPABILITY IMAP4rev1 UIDPLUS] hello\r\n").capabilities.isEmpty)
  }

  @Test(
    "state of a mailbox",
    arguments: [
      ("* STATUS INBOX (MESSAGES 3 UIDVALIDITY 17)\r\n", 3, 17),
      ("* STATUS \"My Box\" (UIDVALIDITY 17 MESSAGES 3)\r\n", 3, 17),
      ("* STATUS INBOX ()\r\n", nil, nil), ("* STATUS MESSAGES (UIDVALIDITY 4 MESSAGES 0)\r\n", 0, 4),
      ("\r\n", nil, nil),
    ] as [(String, UInt32?, UInt32?)])
  func status(_ text: String, _ messages: UInt32?, _ validity: UInt32?) {
    #expect(answer(text).status("MESSAGES") == messages && answer(text).status("UIDVALIDITY") == validity)
  }

  @Test("an endless answer is bounded")
  func bounded() {
    let text = "* SEARCH" + (1...200_000).map { " \($0)" }.joined() + "\r\n"
    #expect(answer(text).found.count == IMAPAnswer.most)
  }
}
