import Curl
import Delivery
import Mail
import SMTP
import Sandbox
import Testing

/// Hostile text, wherever it may come from, becomes no command on the wire and no line of a log.
@Suite struct InjectionTests {
  /// One hostile text, named, since the text itself is not for a terminal.
  struct Hostile: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let text: String

    init(_ name: String, _ text: String) { (testDescription, self.text) = (name, text) }
  }

  /// Octets that are no UTF-8 come in as a configuration or Bob would hand them on: repaired by Swift.
  private static func octets(_ octets: [UInt8]) -> String { String(decoding: octets, as: UTF8.self) }

  /// What could end a line, start another, fool a terminal, or break a parser.
  static let hostile = [
    Hostile("CR LF and a command", "a\r\nRCPT TO:<eve@bad.example>"),
    Hostile("LF and a command", "a\nRCPT TO:<eve@bad.example>"),
    Hostile("CR and a command", "a\rRCPT TO:<eve@bad.example>"), Hostile("CR LF at the end", "a\r\n"),
    Hostile("CR LF at the start", "\r\nQUIT"), Hostile("a fake final dot", "a\r\n.\r\nMAIL FROM:<eve@bad.example>"),
    Hostile("a dot behind bare LF", "a\n.\nMAIL FROM:<eve@bad.example>"),
    Hostile("a dot behind bare CR", "a\r.\rMAIL FROM:<eve@bad.example>"),
    Hostile("a folded header", "a\r\n Bcc: eve@bad.example"), Hostile("a second header", "a\r\nBcc: eve@bad.example"),
    Hostile("an empty line and a body", "a\r\n\r\nbody"), Hostile("NUL", "a\0b"), Hostile("NUL at the end", "a\0"),
    Hostile("ESC, colour", "a\u{1B}[31mb"), Hostile("ESC, title", "a\u{1B}]0;b\u{07}"), Hostile("C1 CSI", "a\u{9B}31m"),
    Hostile("backspaces", "a\u{8}\u{8}b"), Hostile("DEL", "a\u{7F}b"), Hostile("vertical tab", "a\u{B}b"),
    Hostile("form feed", "a\u{C}b"), Hostile("next line", "a\u{85}RCPT TO:<eve@bad.example>"),
    Hostile("Ctrl-Z", "a\u{1A}b"),
  ]

  /// Hostile to an address, though harmless in a text that is encoded.
  static let hostileToAddresses = [
    Hostile("bidi override", "a\u{202E}b"), Hostile("bidi isolate", "a\u{2066}b\u{2069}"),
    Hostile("zero width", "a\u{200B}b"), Hostile("byte order mark", "\u{FEFF}a"), Hostile("soft hyphen", "a\u{AD}b"),
    Hostile("line separator", "a\u{2028}b"), Hostile("paragraph separator", "a\u{2029}b"),
    Hostile("no-break space", "a\u{A0}b"), Hostile("private use", "a\u{E000}b"), Hostile("tag", "a\u{E0041}b"),
    Hostile("space and a parameter", "a NOTIFY=NEVER"), Hostile("closed bracket", "a> NOTIFY=NEVER X=<b"),
    Hostile("open bracket", "<a"), Hostile("quoted", "\"a\\\r\\\nb\""), Hostile("quoted blank", "\"a b\""),
    Hostile("comment", "a(b)"), Hostile("route", "@bad.example:a"), Hostile("two ats", "a@b"),
    Hostile("comma", "a,eve@bad.example,b"), Hostile("semicolon", "a;b"), Hostile("colon", "a:b"),
    Hostile("backslash", "a\\b"), Hostile("leading dot", ".a"), Hostile("two dots", "a..b"), Hostile("empty", ""),
    Hostile("a megabyte", String(repeating: "a", count: 1 << 20)),
  ]

  // MARK: Addresses

  /// No address comes of it, as local part or as domain, and the error says nothing of it.
  @Test(arguments: hostile + hostileToAddresses) func noAddress(_ hostile: Hostile) {
    for text in [hostile.text + "@acme.example", "robin@" + hostile.text, "robin@\(hostile.text).example"] {
      let error = #expect(throws: AddressError.self) { try Address(parsing: text) }
      #expect(error.map { !Self.shows($0, hostile) } == true)
      #expect(throws: AddressError.self) { try Mailbox(parsing: "Sample <\(text)>") }
    }
  }

  /// Text that is no UTF-8 is repaired before anybody can see it; an overlong CR LF stays what it never was.
  @Test(arguments: [
    [0xC0, 0x8D, 0xC0, 0x8A], [0xE0, 0x80, 0x8D, 0xE0, 0x80, 0x8A], [0xF0, 0x80, 0x80, 0x8A], [0xC0, 0x80], [0xFF],
    [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3],
  ])
  func overlongOctetsAreNoLineEnd(_ octets: [UInt8]) async throws {
    let text = "a" + Self.octets(octets) + "b"
    #expect(!text.utf8.contains { $0 < 0x20 })
    let recipient = try (try? Address(parsing: text + "@acme.example")) ?? Samples.address()
    let lines = try await Self.wire(to: recipient, try Self.mail(subject: text))
    // An address with the mark of the repair is UTF-8 and nothing else (RFC 6531).
    #expect(lines.allSatisfy { Self.isClean($0, beyondASCII: recipient.needsSMTPUTF8) })
  }

  // MARK: Mails

  /// As display name, subject, header name, header value and ENVID: refused, or on the wire as something else.
  @Test(arguments: hostile) func noLineOfAMail(_ hostile: Hostile) async throws {
    let text = hostile.text
    #expect(throws: AddressError.self) { try Mailbox(displayName: text, address: try Samples.address()) }
    #expect(throws: HeaderError.self) { try Header("X-Sample", text) }
    #expect(throws: HeaderError.self) { try Header(text, "value") }
    #expect(throws: HeaderError.self) { try Self.mail(subject: text) }
    #expect(MessageID(parsing: "<\(text)@acme.example>") == nil)

    // In a body, in a file's name and in ENVID anything may stand: it is encoded.
    let lines = try await Self.wire(to: try Samples.address(), envid: text, try Self.mail(text: text, file: text))
    #expect(lines.allSatisfy { Self.isClean($0) })
    let said = lines.map { String(decoding: $0.dropLast(), as: UTF8.self) }
    #expect(said[1].hasPrefix("MAIL FROM:<bounces+abc@acme.example> SIZE="))
    #expect(said[1].hasSuffix(" RET=HDRS ENVID=" + XText.encode(text)))
    #expect(
      said[2]
        == "RCPT TO:<robin.sample@acme.example> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;robin.sample@acme.example")
    #expect(!said.prefix { !$0.isEmpty }.contains { $0.hasPrefix("Bcc") })
  }

  /// What is hostile to the eye alone goes out encoded, never raw.
  @Test(
    arguments: hostileToAddresses.filter { $0.text.utf8.count <= 200 && !$0.text.contains(where: \.isASCIIControl) })
  func textIsEncoded(_ hostile: Hostile) async throws {
    let text = hostile.text
    let mail = try Self.mail(from: text, subject: text, text: text, file: text)
    #expect(try await Self.wire(to: try Samples.address(), mail).allSatisfy { Self.isClean($0) })
  }

  /// A message that holds a bare line end, wherever it comes from, does not leave; one with fake dots leaves stuffed.
  @Test(arguments: hostile) func noRawMessage(_ hostile: Hostile) async throws {
    let message = Array("Subject: x\r\n\r\n\(hostile.text)\r\n".utf8)
    let relay = ScriptedRelay()
    let (end, intents) = try await sent(to: relay, Samples.envelope(), message: message)
    if (try? DotStuffing.encode(message)) == nil {
      #expect(end.words == "refused body 554 policy")
      #expect(relay.sessions == 0 && intents == 0)
    } else {
      #expect(end == Self.taken)
      #expect(relay.commands == Self.usual)
      #expect(relay.lines.allSatisfy { $0.last == 0x0D && !$0.dropLast().contains(0x0D) })
    }
  }

  // MARK: Replies

  /// What a relay says shows in no description, whatever it answers.
  @Test(arguments: hostile + hostileToAddresses, ["MAIL", "RCPT", "DATA", "."])
  func noReplyShows(_ hostile: Hostile, _ verb: String) async throws {
    for code in [250, 354, 450, 550, 421, 530] {
      var answers = ScriptedRelay.willing
      answers[verb] = "\(code) \(Self.marker)\(hostile.text)"
      let (end, _) = try await sent(to: ScriptedRelay(answers), Samples.envelope())
      #expect(!Self.shows(end, hostile))
      if case .outcome(let outcome) = end {
        #expect(!Self.shows(outcome, hostile) && !Self.shows(outcome.reply, hostile))
        #expect(!Self.shows(outcome.result, hostile))
      }
    }
  }

  /// The same before MAIL, where libcurl reads.
  @Test(arguments: hostile + hostileToAddresses, ["421", "554"])
  func noGreetingShows(_ hostile: Hostile, _ code: String) async throws {
    let said = "\(code) \(Self.marker)\(hostile.text)"
    try await withSink([SMTPFault(.greeting, .reply(said), times: nil)]) { sink, port in
      let transport = SMTPTransport(try Samples.relay(port: port))
      let envelope = try Samples.envelope()
      do throws(TransportFailure) {
        _ = try await transport.send(envelope, message: Samples.mail) {}
        Issue.record("went through")
      } catch {
        #expect(!Self.shows(error, hostile))
        guard case .route(let trouble) = error else { return }
        #expect(!Self.shows(trouble, hostile))
      }
    }
    let failure = WireFailure(kind: .refused, replyCode: Int(code), replies: Array(said.utf8))
    #expect(!Self.shows(failure, hostile) && !Self.shows(RouteTrouble(failure), hostile))
  }

  // MARK: Aids

  private static let marker = "marker-of-the-reply"
  private static let usual = ["MAIL", "RCPT", "DATA", ".", "QUIT"]
  private static let taken = Sent.outcome(.accepted(Reply(code: 250, lines: ["took it"])))

  private static func mail(
    from name: String? = nil, subject: String = "Sample", text: String = "Hello.", file: String = "sample.pdf"
  ) throws -> Message {
    try Message(
      from: Mailbox(displayName: name, address: Samples.address()), to: Samples.address(), subject: subject,
      date: Timestamp(seconds: 1_790_000_000), id: MessageID(random: Array(0..<16), domain: "acme.example"),
      content: .mixed([.plainText(text), .attachment(name: file, type: .pdf, bytes: [1, 2, 3])]))
  }

  /// The lines that a relay gets with `mail`, which must be those of one mail.
  private static func wire(to recipient: Address, envid: String = "case-1", _ mail: Message) async throws -> [[UInt8]] {
    let relay = ScriptedRelay(offer: ["PIPELINING", "SIZE", "DSN", "SMTPUTF8"])
    let envelope = Envelope(
      sender: try Samples.address("bounces+abc@acme.example"), recipient: recipient, dsn: DSNRequest(envid: envid))
    let (end, intents) = try await sent(to: relay, envelope, message: mail.bytes())
    #expect(end == taken)
    #expect(intents == 1)
    #expect(relay.commands == usual)
    return relay.lines
  }

  /// Printable, with the CR of its CRLF at the end and nowhere else.
  private static func isClean(_ line: [UInt8], beyondASCII: Bool = false) -> Bool {
    line.last == 0x0D && line.dropLast().allSatisfy { (0x20...0x7E).contains($0) || beyondASCII && $0 >= 0x80 }
  }

  /// True if any way to print `value` shows the text or the marker before it.
  private static func shows(_ value: some Any, _ hostile: Hostile) -> Bool {
    var dumped = ""
    dump(value, to: &dumped)
    let printed = "\(value)" + String(reflecting: value) + dumped
    let isTelling = hostile.text.utf8.count > 3
    return printed.contains(marker) || (isTelling && printed.contains(hostile.text))
      || printed.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" }
  }
}

extension Character {
  fileprivate var isASCIIControl: Bool { utf8.contains { $0 < 0x20 } }
}
