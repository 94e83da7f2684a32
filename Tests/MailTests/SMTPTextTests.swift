import Mail
import Testing

@Suite("Replies of relays")
struct ReplyTests {
  static let replies: [(String, Int, String?, [String])] = [
    ("220 relay.acme.example ESMTP Postfix\r\n", 220, nil, ["relay.acme.example ESMTP Postfix"]),
    ("250 2.0.0 Ok: queued as 4Xy1\r\n", 250, "2.0.0", ["Ok: queued as 4Xy1"]),
    ("250-2.1.0 Sender\r\n250 2.1.0 ok\r\n", 250, "2.1.0", ["Sender", "ok"]),
    (
      "550 5.1.1 <a@b.example>: Recipient address rejected: User unknown\r\n", 550, "5.1.1",
      ["<a@b.example>: Recipient address rejected: User unknown"]
    ),
    (
      "451 4.7.1 Greylisting in action, please come back later\r\n", 451, "4.7.1",
      ["Greylisting in action, please come back later"]
    ),
    (
      "550-5.7.26 This mail is unauthenticated\r\n550-5.7.26 \r\n550 5.7.26 see x\r\n", 550, "5.7.26",
      ["This mail is unauthenticated", "", "see x"]
    ),
    ("354 End data with <CR><LF>.<CR><LF>\r\n", 354, nil, ["End data with <CR><LF>.<CR><LF>"]),
    ("421\r\n", 421, nil, [""]), ("250 \r\n", 250, nil, [""]), ("250-\r\n250 x\r\n", 250, nil, ["", "x"]),
    ("452 5.3.1 class and code disagree\r\n", 452, nil, ["5.3.1 class and code disagree"]),
    ("250 2.0.0\r\n", 250, "2.0.0", [""]), ("554 5.7.1\r\n", 554, "5.7.1", [""]),
    ("250 ok lf only\n", 250, nil, ["ok lf only"]), ("251 2.1.5 will forward\r\n", 251, "2.1.5", ["will forward"]),
    ("503 5.5.1 Error: \u{e9}\r\n", 503, "5.5.1", ["Error: \u{e9}"]),
    ("550 1.2 not a status\r\n", 550, nil, ["1.2 not a status"]),
  ]

  @Test("are read whole, however they are cut", arguments: replies)
  func read(bytes: String, code: Int, status: String?, lines: [String]) throws {
    for cut in 0...bytes.utf8.count {
      var parser = ReplyParser()
      parser.push(bytes.utf8.prefix(cut))
      var reply = try parser.next()
      if reply == nil {
        parser.push(bytes.utf8.dropFirst(cut))
        reply = try parser.next()
      }
      #expect(reply == Reply(code: code, enhanced: status.flatMap { EnhancedStatus(parsing: $0) }, lines: lines))
      if cut < bytes.utf8.count { #expect(!parser.hasRemainder) }
    }
  }

  @Test("several come out one after the other, and what is over is seen")
  func several() throws {
    var parser = ReplyParser()
    parser.push("250 a\r\n250-b\r\n250 c\r\n550 d".utf8)
    #expect(try parser.next()?.lines == ["a"])
    #expect(try parser.next()?.lines == ["b", "c"])
    #expect(parser.hasRemainder)
    #expect(try parser.next() == nil)
  }

  @Test("are read octet by octet, all of them, with nothing left over")
  func octets() throws {
    let bytes = Self.replies.map(\.0).joined()
    var parser = ReplyParser()
    var read: [Reply] = []
    for octet in bytes.utf8 {
      parser.push([octet])
      if let reply = try parser.next() { read.append(reply) }
    }
    #expect(read.map(\.code) == Self.replies.map(\.1) && read.map(\.lines) == Self.replies.map(\.3))
    #expect(!parser.hasRemainder)
  }

  @Test("the longest line and the most lines are read")
  func bounds() throws {
    let longest = "250 " + String(repeating: "x", count: ReplyParser.maximumLine - 5)
    let most = String(repeating: "250-x\r\n", count: ReplyParser.maximumLines - 1) + "250 x\r\n"
    var parser = ReplyParser()
    parser.push((longest + "\r\n" + most).utf8)
    #expect(try parser.next()?.lines.first?.utf8.count == ReplyParser.maximumLine - 5)
    #expect(try parser.next()?.lines.count == ReplyParser.maximumLines)
  }

  @Test(
    "after an error none is read any more: nobody knows what it would answer",
    arguments: [
      "250-a\r\n550 b\r\n250 c\r\n", "hello\r\n250 c\r\n", "250 a\rb\r\n250 c\r\n",
    ])
  func botched(bytes: String) {
    var parser = ReplyParser()
    parser.push(bytes.utf8)
    #expect(throws: ReplyError.self) { try parser.next() }
    parser.push("250 d\r\n".utf8)
    #expect(throws: ReplyError.self) { try parser.next() }
  }

  static let broken: [(String, ReplyError)] = [
    ("hello\r\n", .garbage), ("25\r\n", .garbage), ("2500 x\r\n", .garbage), ("199 x\r\n", .garbage),
    ("600 x\r\n", .garbage),
    ("250_x\r\n", .garbage), ("250 a\rb\r\n", .garbage), ("250 a\0b\r\n", .garbage), ("\r\n", .garbage),
    ("\n", .garbage),
    ("250-a\r\n550 b\r\n", .mixedCodes), ("250 " + String(repeating: "x", count: 4100), .lineTooLong),
    ("250 " + String(repeating: "x", count: 4100) + "\r\n", .lineTooLong),
    (String(repeating: "250-x\r\n", count: 129), .tooManyLines), ("２５０ x\r\n", .garbage), ("-50 x\r\n", .garbage),
  ]

  @Test("that are none are an error, within bounds", arguments: broken)
  func refused(bytes: String, error: ReplyError) {
    var parser = ReplyParser()
    parser.push(bytes.utf8)
    #expect(throws: error) { while try parser.next() != nil {} }
  }

  @Test("a reply's description tells codes only: its text may hold an address")
  func redacted() {
    let reply = Reply(code: 550, enhanced: EnhancedStatus(parsing: "5.1.1"), lines: ["<canary@acme.example> unknown"])
    #expect("\(reply)" == "550 5.1.1")
  }

  @Test(
    "an enhanced status is class.subject.detail",
    arguments: [
      ("2.0.0", true), ("5.1.1", true), ("4.7.999", true), ("1.0.0", false), ("3.0.0", false), ("5.1", false),
      ("5.1.1.1", false),
      ("5.1000.1", false), ("5..1", false), ("a.b.c", false), ("5.1.1 ", false), ("", false), ("-5.1.1", false),
    ])
  func status(text: String, isStatus: Bool) {
    #expect((EnhancedStatus(parsing: text) != nil) == isStatus)
    if isStatus { #expect(EnhancedStatus(parsing: text)?.description == text) }
  }
}

@Suite("What a relay offers")
struct CapabilitiesTests {
  @Test("Postfix")
  func postfix() {
    let offered = Capabilities(ehlo: [
      "relay.acme.example", "PIPELINING", "SIZE 10240000", "VRFY", "ETRN", "STARTTLS", "AUTH PLAIN LOGIN",
      "AUTH=PLAIN LOGIN",
      "ENHANCEDSTATUSCODES", "8BITMIME", "DSN", "SMTPUTF8", "CHUNKING",
    ])
    #expect(offered.dsn && offered.pipelining && offered.starttls && offered.eightBitMIME && offered.smtputf8)
    #expect(offered.size == 10_240_000)
    #expect(offered.auth == ["PLAIN", "LOGIN"])
  }

  @Test("Exchange, which speaks in another case and offers no DSN to strangers")
  func exchange() {
    let offered = Capabilities(ehlo: [
      "mail Hello [10.0.0.1]", "size 37748736", "pipelining", "auth ntlm login xoauth2", "8bitmime",
    ])
    #expect(!offered.dsn && offered.pipelining)
    #expect(offered.size == 37_748_736)
    #expect(offered.auth == ["NTLM", "LOGIN", "XOAUTH2"])
  }

  @Test("a greeting offers nothing, nor does SIZE without a limit set one")
  func nothing() {
    let offered = Capabilities(ehlo: ["DSN", "SIZE", "SIZE 0", "SIZE x", "XDSN", ""])
    #expect(!offered.dsn)
    #expect(offered.offersSize && offered.size == nil)
  }
}

@Suite("The envelope's commands")
struct EnvelopeTests {
  func envelope(_ recipient: String = "ada@acme.example") throws -> Envelope {
    Envelope(
      sender: try Address(parsing: "bounces+abc@acme.example"), recipient: try Address(parsing: recipient),
      dsn: DSNRequest(envid: "Case=1+2"))
  }

  @Test("a parameter stands there exactly when its keyword was offered")
  func parameters() throws {
    var offered = Capabilities()
    let envelope = try envelope()
    #expect(try envelope.mailCommand(offered, size: 7) == "MAIL FROM:<bounces+abc@acme.example>")
    #expect(try envelope.rcptCommand(offered) == "RCPT TO:<ada@acme.example>")
    offered.offersSize = true
    #expect(try envelope.mailCommand(offered, size: 7) == "MAIL FROM:<bounces+abc@acme.example> SIZE=7")
    offered.dsn = true
    #expect(
      try envelope.mailCommand(offered, size: 7)
        == "MAIL FROM:<bounces+abc@acme.example> SIZE=7 RET=HDRS ENVID=Case+3D1+2B2")
    #expect(
      try envelope.rcptCommand(offered)
        == "RCPT TO:<ada@acme.example> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;ada@acme.example")
  }

  @Test("an address beyond ASCII needs SMTPUTF8, and is not told without it")
  func utf8() throws {
    var offered = Capabilities()
    offered.dsn = true
    let envelope = try envelope("jürgen@acme.example")
    #expect(throws: EnvelopeError.needsSMTPUTF8) { try envelope.mailCommand(offered, size: 1) }
    #expect(throws: EnvelopeError.needsSMTPUTF8) { try envelope.rcptCommand(offered) }
    offered.smtputf8 = true
    #expect(try envelope.mailCommand(offered, size: 1).hasSuffix(" SMTPUTF8"))
    #expect(try envelope.rcptCommand(offered) == "RCPT TO:<jürgen@acme.example> NOTIFY=SUCCESS,FAILURE,DELAY")
  }

  @Test("the null reverse-path is <>, and no wish is NOTIFY=NEVER")
  func nothing() throws {
    var offered = Capabilities()
    offered.dsn = true
    let envelope = Envelope(
      sender: nil, recipient: try Address(parsing: "a@b.example"), dsn: DSNRequest(envid: "1", notify: []))
    #expect(try envelope.mailCommand(offered, size: 1).hasPrefix("MAIL FROM:<> "))
    #expect(try envelope.rcptCommand(offered).contains("NOTIFY=NEVER"))
  }
}

@Suite("Transparency of the DATA phase")
struct DotStuffingTests {
  @Test(
    "leading dots are doubled, the end gets its CRLF, the terminator is apart",
    arguments: [
      ("", ""), ("a", "a\r\n"), ("a\r\n", "a\r\n"), (".", "..\r\n"), (".a\r\n.b", "..a\r\n..b\r\n"),
      ("a.b\r\n", "a.b\r\n"),
      ("..\r\n", "...\r\n"), ("\r\n.\r\n", "\r\n..\r\n"), ("a\r\n\r\n", "a\r\n\r\n"),
    ])
  func stuffed(message: String, wire: String) throws {
    let encoded = try DotStuffing.encode(Array(message.utf8))
    #expect(String(decoding: encoded, as: UTF8.self) == wire)
    #expect(!("\r\n" + wire).contains("\r\n.\r\n"))
  }

  @Test("taking the doubled dots away again gives the message, whatever it is")
  func roundTrip() throws {
    var random = Seeded(state: 5)
    let pieces = [".", "..", "\r\n", "\r\n.\r\n", "x", "é", "\0"]
    for _ in 0..<2000 {
      let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "x" }
      let message = text.joined() + "x\r\n"
      let wire = String(decoding: try DotStuffing.encode(Array(message.utf8)), as: UTF8.self)
      #expect(
        ("\r\n" + wire).utf8.count == ("\r\n" + message).utf8.count + message.lines.filter { $0.first == 46 }.count)
      let read = wire.lines.map { $0.first == 46 ? $0.dropFirst() : $0 }
      #expect(read.map { Array($0) } == message.lines.map { Array($0) })
    }
    #expect(DotStuffing.terminator == Array(".\r\n".utf8))
  }

  @Test(
    "a lone CR or LF is refused: it could end the message early",
    arguments: [
      ("a\nb", DotStuffingError.bareLF), ("\n.\n", .bareLF), ("a\rb", .bareCR), ("a\r", .bareCR), ("\r\r\n", .bareCR),
      ("a\r\n.\nMAIL FROM:<evil@x.example>\r\n", .bareLF),
    ])
  func refused(message: String, error: DotStuffingError) {
    #expect(throws: error) { try DotStuffing.encode(Array(message.utf8)) }
  }
}

@Suite("Tagged return paths")
struct VERPTests {
  @Test("a token comes back out of the address it was put into, in any case of letters, and out of no other")
  func roundTrip() throws {
    let base = try Address(parsing: "bounces@acme.example")
    let token = VERPToken(bytes: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    let tagged = try base.tagged(with: token)
    #expect(tagged.text == "bounces+aebagbafaydqqcik@acme.example")
    #expect(VERPToken(from: tagged, base: base) == token)
    #expect(VERPToken(from: try Address(parsing: tagged.text.uppercased()), base: base) == token)
    for other in [
      "bounces@acme.example", "bounces+@acme.example", "bounces+aebagbafaydqqcik@x.example",
      "other+aebagbafaydqqcik@acme.example", "bounces+1234@acme.example",
    ] {
      #expect(VERPToken(from: try Address(parsing: other), base: base) == nil, "\(other)")
    }
  }

  @Test("every token comes back, of every length that fits")
  func everyToken() throws {
    var random = Seeded(state: 13)
    let base = try Address(parsing: "Bounces+refs@acme.example")
    for length in 1...30 {
      let token = VERPToken(bytes: (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) })
      #expect(VERPToken(from: try base.tagged(with: token), base: base) == token)
      #expect(VERPToken(from: try base.tagged(with: token), base: try Address(parsing: "refs@acme.example")) == nil)
    }
  }

  @Test("a local part that would pass 64 octets is refused")
  func tooLong() throws {
    let base = try Address(parsing: String(repeating: "b", count: 60) + "@acme.example")
    #expect(throws: AddressError.tooLong) { try base.tagged(with: VERPToken(bytes: [1, 2, 3])) }
  }
}

extension String {
  /// The octets between line feeds.
  fileprivate var lines: [ArraySlice<UInt8>] { Array(utf8).split(separator: 10, omittingEmptySubsequences: false) }
}
