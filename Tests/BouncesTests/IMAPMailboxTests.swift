import Bounces
import Curl
import Delivery
import Testing

@Suite("reports are read from an IMAP mailbox")
struct IMAPMailboxTests {
  /// A literal that would end a fetch too early if it were searched for tags.
  private static let tricky = "Subject: a\r\n\r\nA004 OK done\r\n* 2 FETCH (UID 9)\r\n)\r\n"
  private static let three: [UInt32: String] = [3: "Subject: three\r\n\r\n", 4: tricky, 9: "Subject: nine\r\n\r\n"]

  private func collect(
    _ server: ScriptedIMAP, _ taker: Taker, after: IMAPMailbox.After = .delete, most: Int = 5000, looks: Int = 1
  ) async throws -> [Result<Collected, ReportSourceFailure>] {
    let source = try server.source(after, most: most)
    var results: [Result<Collected, ReportSourceFailure>] = []
    for _ in 0..<looks {
      do throws(ReportSourceFailure) {
        results.append(.success(try await source.collect { try taker.take($0) }))
      } catch {
        results.append(.failure(error))
      }
    }
    await server.stop()
    return results
  }

  @Test("every message comes whole, oldest first, and leaves when it has done its work")
  func whole() async throws {
    let server = ScriptedIMAP(Self.three)
    let taker = Taker()
    let results = try await collect(server, taker)
    #expect(try results[0].get() == Collected(taken: 3))
    #expect(taker.messages == [3, 4, 9].compactMap { Self.three[$0] })
    #expect(server.uids.isEmpty)
    // The others' deleted messages are not expunged with ours, and no message is fetched by a command of ours.
    #expect(!server.commands.contains("EXPUNGE") && !server.commands.contains { $0.contains("PEEK") })
  }

  @Test(
    "by what the server offers it is deleted, moved or marked",
    arguments: [
      (["UIDPLUS", "MOVE"], .delete, [], [:]), (["MOVE"], .delete, [], ["RefPassport-Done": [3, 4, 9]]),
      ([], .delete, [3, 4, 9], [:]), (["UIDPLUS", "MOVE"], .move, [], ["RefPassport-Done": [3, 4, 9]]),
      (["UIDPLUS"], .move, [3, 4, 9], [:]), (["UIDPLUS", "MOVE"], .keep, [3, 4, 9], [:]),
    ] as [([String], IMAPMailbox.After, [UInt32], [String: [UInt32]])])
  func afterwards(_ offers: [String], _ after: IMAPMailbox.After, _ left: [UInt32], _ moved: [String: [UInt32]])
    async throws
  {
    let server = ScriptedIMAP(Self.three, offers: offers)
    let taker = Taker()
    let results = try await collect(server, taker, after: after, looks: 2)
    #expect(server.uids == left && server.moved == moved)
    #expect(taker.messages.count == 3, "and is not taken again")
    #expect(try results[1].get() == Collected())
  }

  @Test("what is none of ours stays as it was, and is not taken again", arguments: [true, false])
  func left(_ keepsKeywords: Bool) async throws {
    let server = ScriptedIMAP(Self.three, keepsKeywords: keepsKeywords)
    let taker = Taker { _ in .leave }
    _ = try await collect(server, taker, looks: 3)
    #expect(server.uids == [3, 4, 9] && taker.messages.count == 3)
    #expect(!server.flags(3).contains("\\Seen") && !server.flags(3).contains("\\Deleted"))
  }

  @Test("a message that cannot be made durable stays, unmarked, and nothing more is taken")
  func notTaken() async throws {
    struct DiskFull: Error {}
    let server = ScriptedIMAP(Self.three)
    let taker = Taker { text in
      if text == Self.tricky { throw DiskFull() }
      return .remove
    }
    let results = try await collect(server, taker, looks: 5)
    for result in results {
      guard case .failure(.notTaken(let cause)) = result, cause is DiskFull else {
        Issue.record("not .notTaken: \(result)")
        continue
      }
    }
    #expect(server.uids == [4, 9] && server.flags(4).filter { $0.hasPrefix("$") }.isEmpty)
  }

  @Test("a message longer than any report is set aside unread, once, and the rest goes on")
  func tooLong() async throws {
    var messages = Self.three
    messages[4] = String(repeating: "x", count: ReceivedMessage.longest + 1)
    let server = ScriptedIMAP(messages)
    let taker = Taker()
    let results = try await collect(server, taker, looks: 2)
    #expect(try results.map { try $0.get() } == [Collected(taken: 2, setAside: 1), Collected()])
    #expect(server.uids == [4] && server.flags(4).contains("$RefPassportAside"))
    #expect(!server.commands.contains("UID FETCH 4 BODY[]"))
  }

  @Test("a server that tells no sizes cannot make us read more")
  func lyingSize() async throws {
    var messages = Self.three
    messages[4] = String(repeating: "x", count: ReceivedMessage.longest + 1)
    let server = ScriptedIMAP(messages) {
      $0.hasSuffix("(RFC822.SIZE)") ? .says("* 1 FETCH (UID 4 RFC822.SIZE 3)\r\n") : nil
    }
    let taker = Taker()
    let results = try await collect(server, taker, looks: 3)
    #expect(taker.messages == [3, 9].compactMap { Self.three[$0] })
    #expect(results.compactMap { try? $0.get().setAside }.reduce(0, +) == 1)
  }

  @Test("a poisoned message, at which the connection always ends, is set aside at the third look and blocks nothing")
  func poisoned() async throws {
    let server = ScriptedIMAP(Self.three) { $0 == "UID FETCH 4 BODY[]" ? .cut : nil }
    let taker = Taker()
    let results = try await collect(server, taker, looks: 4)
    #expect(taker.messages == [3, 9].compactMap { Self.three[$0] })
    #expect(server.uids == [4] && server.flags(4).contains("$RefPassportAside"))
    #expect(results.compactMap { try? $0.get() } == [Collected(taken: 1, setAside: 1), Collected()])
  }

  @Test("when the process ends between the commit and the removal, the message is handed over once more")
  func crash() async throws {
    let server = ScriptedIMAP([3: "Subject: three\r\n\r\n"]) {
      $0.hasPrefix("UID STORE 3 +FLAGS.SILENT (\\Deleted)") ? .close : nil
    }
    let taker = Taker()
    let results = try await collect(server, taker, looks: 2)
    #expect(taker.messages.count == 2 && server.uids == [3])
    #expect(results.allSatisfy { (try? $0.get()) == nil })
  }

  @Test("a look that does not reach everything says so", arguments: [2, 400, 450])
  func incomplete(_ most: Int) async throws {
    let server = ScriptedIMAP(
      Dictionary(uniqueKeysWithValues: (1...most + 1).map { (UInt32($0), "Subject: \($0)\r\n\r\n") }))
    let results = try await collect(server, Taker(), most: most, looks: 2)
    #expect(try results.map { try $0.get() } == [Collected(taken: most, isComplete: false), Collected(taken: 1)])
  }

  @Test("a thousand messages in one look")
  func thousand() async throws {
    let server = ScriptedIMAP(
      Dictionary(uniqueKeysWithValues: (1...1000).map { (4_000_000_000 + UInt32($0), "Subject: \($0)\r\n\r\n") }))
    let taker = Taker()
    #expect(try await collect(server, taker)[0].get() == Collected(taken: 1000))
    #expect(server.uids.isEmpty && server.sessions == 1)
    #expect(taker.messages.first == "Subject: 1\r\n\r\n" && taker.messages.last == "Subject: 1000\r\n\r\n")
  }

  @Test(
    "trouble is a sentence for operators, and loses nothing",
    arguments: [
      (ScriptedIMAP(three, password: "other"), "refuses the login"),
      (ScriptedIMAP(three) { $0.hasPrefix("UID SEARCH") ? .no : nil }, "refuses a command"),
      (ScriptedIMAP(three) { $0.hasPrefix("SELECT") ? .no : nil }, "bounces.imap_url"),
      (ScriptedIMAP(three) { $0.hasPrefix("UID SEARCH") ? .close : nil }, "closed the connection"),
      (ScriptedIMAP(three) { $0 == "UID FETCH 3 BODY[]" ? .close : nil }, "closed the connection"),
    ])
  func trouble(_ server: ScriptedIMAP, _ sentence: String) async throws {
    let taker = Taker()
    let results = try await collect(server, taker)
    guard case .failure(.unreadable(let told)) = results[0] else {
      Issue.record("not .unreadable: \(results)")
      return
    }
    #expect(told.contains(sentence), "\(told)")
    #expect(!told.contains("secret") && taker.messages.isEmpty && server.uids == [3, 4, 9])
  }

  @Test("answers that make no sense move nothing")
  func nonsense() async throws {
    for text in ["* SEARCH 0 -3 x\r\n", "garbage\r\n", "* SEARCH 77\r\n", "* SEARCH 4294967295\r\n"] {
      let server = ScriptedIMAP(Self.three) { $0.contains("UNDELETED") ? .says(text) : nil }
      let taker = Taker()
      _ = try await collect(server, taker)
      #expect(taker.messages.isEmpty && server.uids == [3, 4, 9])
    }
  }

  @Test(
    "a mailbox whose name could end a command cannot be named",
    arguments: ["", "a\"b", "a\\b", "a\r\nb", "Ü", "a\u{0}"])
  func names(_ name: String) {
    #expect(IMAPClient(mailbox: name) { () throws(IMAPFailure) in throw .refused } == nil)
  }
}
