import Delivery
import Foundation
import Testing

@testable import Bounces

@Suite("reports are read from a Maildir")
struct MaildirTests {
  /// A Maildir in a directory of its own, gone afterwards.
  final class Bench {
    let path: String

    init() throws {
      path = FileManager.default.temporaryDirectory.path + "/maildir-" + UUID().uuidString
      for folder in ["new", "cur", "tmp"] {
        try FileManager.default.createDirectory(atPath: "\(path)/\(folder)", withIntermediateDirectories: true)
      }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// - Parameter age: seconds since it arrived.
    func put(_ name: String, _ text: String = "Subject: a\n\n", age: Double = 0, in folder: String = "new") throws {
      let file = "\(path)/\(folder)/\(name)"
      try Data(text.utf8).write(to: URL(filePath: file))
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1_790_000_000 - age)], ofItemAtPath: file)
    }

    func names(_ folder: String) -> [String] {
      ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []).sorted()
    }

    func collect(_ taker: Taker, most: Int = 5000) async throws(ReportSourceFailure) -> Collected {
      try await Maildir(path, most: most).collect { try taker.take($0) }
    }
  }

  @Test("every message comes, oldest first, from new/ and cur/, and is gone afterwards")
  func all() async throws {
    let bench = try Bench()
    try bench.put("2.host", "second\n", age: 20)
    try bench.put("1.host", "third\n", age: 10)
    try bench.put("3.host:2,S", "first\n", age: 30, in: "cur")
    let taker = Taker()
    #expect(try await bench.collect(taker) == Collected(taken: 3))
    #expect(taker.messages == ["first\n", "second\n", "third\n"])
    #expect(bench.names("new").isEmpty && bench.names("cur").isEmpty)
  }

  @Test("a look that does not reach everything says so")
  func incomplete() async throws {
    let bench = try Bench()
    for number in 1...3 { try bench.put("\(number).host", age: Double(9 - number)) }
    let taker = Taker()
    #expect(try await bench.collect(taker, most: 2) == Collected(taken: 2, isComplete: false))
    #expect(try await bench.collect(taker, most: 2) == Collected(taken: 1))
  }

  @Test("what is none of ours stays, is not taken again, and keeps its flags")
  func left() async throws {
    let bench = try Bench()
    try bench.put("1.host")
    try bench.put("2.host:2,FS", in: "cur")
    let taker = Taker { _ in .leave }
    for _ in 0..<3 { _ = try await bench.collect(taker) }
    #expect(taker.messages.count == 2)
    #expect(
      bench.names("cur") == ["1.host,RefPassportLeft:2,", "2.host,RefPassportLeft:2,FS"] && bench.names("new").isEmpty)
  }

  @Test("only regular files are opened; hidden files and folders are somebody else's")
  func onlyFiles() async throws {
    let bench = try Bench()
    let secret = bench.path + "/secret"
    try Data("secret".utf8).write(to: URL(filePath: secret))
    try FileManager.default.createSymbolicLink(atPath: bench.path + "/new/link", withDestinationPath: secret)
    #expect(mkfifo(bench.path + "/new/pipe", 0o600) == 0)
    try FileManager.default.createDirectory(atPath: bench.path + "/new/folder", withIntermediateDirectories: false)
    try bench.put(".hidden")
    try bench.put("1.host", "the one\n")
    let taker = Taker()
    #expect(try await bench.collect(taker) == Collected(taken: 1))
    #expect(taker.messages == ["the one\n"] && bench.names("new") == [".hidden", "folder", "link", "pipe"])
  }

  @Test("a message longer than any report is set aside unread")
  func tooLong() async throws {
    let bench = try Bench()
    try bench.put("1.host", String(repeating: "x", count: ReceivedMessage.longest + 1), age: 10)
    try bench.put("2.host", "short\n")
    let taker = Taker()
    #expect(try await bench.collect(taker) == Collected(taken: 1, setAside: 1))
    #expect(taker.messages == ["short\n"] && bench.names(Maildir.aside + "/new") == ["1.host"])
  }

  @Test("a message that cannot be made durable keeps its name, and nothing more is taken")
  func notTaken() async throws {
    struct DiskFull: Error {}
    let bench = try Bench()
    try bench.put("1.host", age: 10)
    try bench.put("2.host:2,S", in: "cur")
    for _ in 0..<5 {
      await #expect(throws: ReportSourceFailure.self) { try await bench.collect(Taker { _ in throw DiskFull() }) }
    }
    #expect(bench.names("new") == ["1.host"] && bench.names("cur") == ["2.host:2,S"])
  }

  @Test("one that was in hand when the process ended comes again; the third time it is set aside, and the rest goes on")
  func crashes() async throws {
    let bench = try Bench()
    try bench.put("1.host,RefPassportTry1", "once\n", age: 20)
    try bench.put("2.host,RefPassportTry2:2,S", "twice\n", age: 10, in: "cur")
    try bench.put("3.host", "never\n")
    let taker = Taker()
    #expect(try await bench.collect(taker) == Collected(taken: 2, setAside: 1))
    #expect(taker.messages == ["once\n", "never\n"] && bench.names(Maildir.aside + "/new") == ["2.host:2,S"])
  }

  @Test(
    "names say what was done, whatever else is in them",
    arguments: [
      ("a", 0, "a,RefPassportTry1", "a,RefPassportLeft:2,"),
      ("a:2,S", 0, "a,RefPassportTry1:2,S", "a,RefPassportLeft:2,S"),
      ("a,S=9", 0, "a,S=9,RefPassportTry1", "a,S=9,RefPassportLeft:2,"),
      ("a,RefPassportTry1", 1, "a,RefPassportTry2", "a,RefPassportLeft:2,"),
      ("a,RefPassportTry2:2,", 2, "a,RefPassportTry2:2,", "a,RefPassportLeft:2,"),
      ("", 0, ",RefPassportTry1", ",RefPassportLeft:2,"),
    ])
  func names(_ text: String, _ tries: Int, _ tried: String, _ left: String) {
    let name = MaildirName(text)
    #expect(name.tries == tries && name.tried.text == tried && name.left.text == left && name.left.isLeft)
  }

  @Test("a Maildir that cannot be read is a sentence for operators")
  func unreadable() async throws {
    let bench = try Bench()
    try FileManager.default.removeItem(atPath: bench.path + "/cur")
    do throws(ReportSourceFailure) {
      _ = try await bench.collect(Taker())
      Issue.record("was read")
    } catch {
      guard case .unreadable(let sentence) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(sentence.contains("bounces.maildir") && sentence.contains("cur/"))
    }
  }
}
