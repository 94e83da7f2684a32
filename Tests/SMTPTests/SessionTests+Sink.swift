import Foundation
import Mail
import Sandbox
import Testing

/// A client that says whatever it is told, to try the stand-in as no proper client would.
private final class PlainClient {
  private let descriptor: Int32
  private var unread: [UInt8] = []

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(status == 0)
  }

  deinit { close(descriptor) }

  func say(_ text: String) {
    let octets = Array(text.utf8)
    _ = send(descriptor, octets, octets.count, Int32(MSG_NOSIGNAL))
  }

  /// The codes of the next replies, one for each, however many lines it has; fewer if the stand-in has left.
  func codes(_ count: Int = 1) -> [Int] {
    var codes: [Int] = []
    while codes.count < count, let line = line() {
      if line.dropFirst(3).first != UInt8(ascii: "-") {
        codes.append(Int(String(decoding: line.prefix(3), as: UTF8.self)) ?? 0)
      }
    }
    return codes
  }

  private func line() -> ArraySlice<UInt8>? {
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        defer { unread = Array(unread[(end + 1)...]) }
        return unread[..<end]
      }
      var piece = [UInt8](repeating: 0, count: 4096)
      let count = recv(descriptor, &piece, piece.count, 0)
      guard count > 0 else { return nil }
      unread += piece[..<count]
    }
  }
}

/// The stand-in itself: what the other tests lean on.
@Suite struct SessionSinkTests {
  /// RFC 2920: commands in one piece are answered one by one, and a body behind them is not taken for commands.
  @Test func commandsMayComeInOnePiece() async throws {
    try await withSink { sink, port in
      let client = try PlainClient(port: port)
      client.say("EHLO client.example\r\nMAIL FROM:<a@acme.example> RET=HDRS\r\n")
      client.say("RCPT TO:<b@acme.example> NOTIFY=NEVER\r\nRCPT TO:<c@acme.example>\r\nDATA\r\n")
      #expect(client.codes(6) == [220, 250, 250, 250, 250, 354])
      client.say("..one\r\nQUIT\r\n.\r\nQUIT\r\n")
      #expect(client.codes(3) == [250, 221])
      let mail = try #require(sink.mails().first)
      #expect(mail.message == Array(".one\r\nQUIT\r\n".utf8))
      #expect(mail.from.address == "a@acme.example" && mail.from.parameters == ["RET=HDRS"])
      #expect(mail.recipients.map(\.address) == ["b@acme.example", "c@acme.example"])
      #expect(mail.recipients.map(\.parameters) == [["NOTIFY=NEVER"], []])
      #expect(!mail.isEncrypted && mail.account == nil)
    }
  }

  /// Both mechanisms, with and without an initial response (RFC 4954 §4), right and wrong.
  @Test(arguments: ["sample password", "wrong"])
  func loginsComeInEveryForm(_ password: String) async throws {
    let plain = Base64.encode(Array("\0sample\0\(password)".utf8))
    let (user, secret) = (Base64.encode(Array("sample".utf8)), Base64.encode(Array(password.utf8)))
    let forms = [
      ["AUTH PLAIN \(plain)"], ["AUTH PLAIN", plain], ["AUTH LOGIN", user, secret],
      ["AUTH LOGIN \(user)", secret],
    ]
    for form in forms {
      try await withSink(
        [],
        {
          $0.login = ("sample", "sample password")
          $0.requiresLogin = true
        }
      ) { sink, port in
        let client = try PlainClient(port: port)
        client.say("EHLO client.example\r\n")
        #expect(client.codes(2) == [220, 250])
        for (number, line) in form.enumerated() {
          client.say(line + "\r\n")
          let last = password == "wrong" ? 535 : 235
          #expect(client.codes() == [number == form.count - 1 ? last : 334])
        }
        client.say("MAIL FROM:<a@acme.example>\r\n")
        #expect(client.codes() == [password == "wrong" ? 530 : 250])
        #expect(sink.commands().map(\.line) == ["EHLO client.example", "AUTH", "MAIL FROM:<a@acme.example>"])
      }
    }
  }

  @Test(arguments: [
    (["MAIL FROM:<a@acme.example>"], 503), (["EHLO x", "RCPT TO:<a@acme.example>"], 503),
    (["EHLO x", "MAIL FROM:<a@acme.example>", "DATA"], 503),
    (["EHLO x", "MAIL FROM:<a@acme.example>", "MAIL FROM:<b@acme.example>"], 503),
    (["EHLO x", "MAIL FROM:<a@acme.example>", "RSET", "RCPT TO:<b@acme.example>"], 503),
    (["EHLO x", "MAIL FROM:a@acme.example"], 501), (["EHLO x", "MAIL FROM:<a@acme.example> AUTH=<>"], 555),
    (["EHLO x", "MAIL FROM:<a@acme.example> RET=HDRS"], 555),
    (["EHLO x", "MAIL FROM:<a@acme.example> SIZE=1001"], 552),
    (["EHLO x", "MAIL FROM:<a@acme.example>", "RCPT TO:<>"], 501),
    (["EHLO x", "MAIL FROM:<a@acme.example>", "RCPT TO:<b@acme.example> NOTIFY=NEVER"], 555),
    (["EHLO x", "STARTTLS"], 502), (["EHLO x", "AUTH PLAIN AHgAeA=="], 502), (["XYZZY"], 500),
  ])
  func whatIsOutOfPlaceIsRefused(_ lines: [String], _ code: Int) async throws {
    try await withSink([], { $0.keywords = ["SIZE 1000"] }) { sink, port in
      let client = try PlainClient(port: port)
      client.say(lines.map { $0 + "\r\n" }.joined())
      let codes = client.codes(lines.count + 1)
      #expect(codes.last == code)
      #expect(codes.dropLast().allSatisfy { $0 < 300 })
      #expect(sink.mails().isEmpty)
    }
  }

  /// A relay that hangs does not keep the program from ending.
  @Test(arguments: [SMTPFault.Point.greeting, .mail])
  func stopEndsEverySession(_ point: SMTPFault.Point) async throws {
    try await withSink([SMTPFault(point, .hang, times: nil)]) { sink, port in
      let clients = try (0..<8).map { _ in try PlainClient(port: port) }
      for client in clients { client.say("EHLO x\r\nMAIL FROM:<a@acme.example>\r\n") }
      if point == .mail { for client in clients { #expect(client.codes(2) == [220, 250]) } }
      await sink.stop()
      for client in clients { #expect(client.codes().isEmpty) }
    }
  }

  /// A fault counts down, and the next one then has its turn.
  @Test func faultsComeInTheirNumberAndOrder() async throws {
    let faults = [
      SMTPFault(.mail, .reply("450 4.2.1 text"), times: 2), SMTPFault(.mail, .reply("550 5.2.1 text")),
    ]
    try await withSink(faults) { _, port in
      let client = try PlainClient(port: port)
      client.say("EHLO x\r\n" + String(repeating: "MAIL FROM:<a@acme.example>\r\n", count: 4))
      #expect(client.codes(6) == [220, 250, 450, 450, 550, 250])
    }
  }
}
