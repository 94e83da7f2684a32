import Mail
import Testing

@Suite("Addresses can only exist well-formed")
struct AddressTests {
  static let hostile: [String] = [
    "", "@", "a@", "@b.example", "ada", "ada@acme.example\r\nRCPT TO:<eve@x.example>", "ada@acme.example\n",
    "ada\r@acme.example",
    "ada\0@acme.example", "ada@acme.example\0", "ada @acme.example", " ada@acme.example", "ada@acme.example ",
    "ada@ acme.example", "<ada@acme.example>", "Ada <ada@acme.example>", "ada@acme.example>",
    "ada@acme.example, eve@x.example",
    "ada@acme.example;eve@x.example", "ada(comment)@acme.example", "\"ada\"@acme.example", "\"a b\"@acme.example",
    "ada@[127.0.0.1]", "ada@127.0.0.1", "ada@acme.123", "ada@[IPv6:::1]", ".ada@acme.example", "ada.@acme.example",
    "a..da@acme.example",
    "ada@.acme.example",
    "ada@acme..example", "ada@acme.example.", "ada@-acme.example", "ada@acme-.example", "ada@ac_me.example",
    "ada@acme!.example",
    "ada@acme.exa mple", "ada\\@acme.example", "ada:x@acme.example", "ada\u{7F}@acme.example", "ada\u{85}@acme.example",
    "ada\u{2028}@acme.example", "ada\u{202E}@acme.example", "ada\u{200B}@acme.example", "ada\u{A0}@acme.example",
    "ada\t@acme.example", "ada@acme.example NOTIFY=NEVER", "ada@acme.example> SIZE=1", "ada@ACME EXAMPLE",
    "a@b@acme.example", "ada@münchen.example", "ada@acme.example\u{0B}", "ada,eve@acme.example", "ada[1]@acme.example",
    String(repeating: "a", count: 65) + "@acme.example", "a@" + String(repeating: "b", count: 64) + ".example",
    "a@" + Array(repeating: "abcdefgh", count: 32).joined(separator: "."), String(repeating: "x", count: 2000),
  ]

  @Test("hostile and malformed text is refused", arguments: hostile)
  func refused(text: String) {
    #expect(throws: AddressError.self) { try Address(parsing: text) }
  }

  static let good: [(String, String)] = [
    ("ada@acme.example", "ada@acme.example"), ("Ada.Example@ACME.Example", "Ada.Example@acme.example"),
    ("ada+tag@acme.example", "ada+tag@acme.example"), ("o'brien@acme.example", "o'brien@acme.example"),
    ("a!#$%&'*+-/=?^_`{|}~b@x.example", "a!#$%&'*+-/=?^_`{|}~b@x.example"), ("1@2.example", "1@2.example"),
    ("jürgen@acme.example", "jürgen@acme.example"), ("ada@localhost", "ada@localhost"),
    ("ada@xn--mnchen-3ya.example", "ada@xn--mnchen-3ya.example"), ("ada@acme.example.sbx", "ada@acme.example.sbx"),
  ]

  @Test("a good address keeps its local part; its domain is in lower case", arguments: good)
  func accepted(text: String, wire: String) throws {
    let address = try Address(parsing: text)
    #expect(address.text == wire)
    #expect(address.needsSMTPUTF8 == wire.utf8.contains { $0 >= 0x80 })
    #expect(address.normalised == wire.lowercased())
    #expect(try Address(parsing: address.text) == address)
  }

  @Test("the longest local part has 64 octets, the longest address 254")
  func lengths() throws {
    _ = try Address(parsing: String(repeating: "a", count: 64) + "@acme.example")
    let domain = Array(repeating: String(repeating: "b", count: 47), count: 4).joined(separator: ".")  // 191 octets
    #expect(try Address(parsing: String(repeating: "a", count: 62) + "@" + domain).text.utf8.count == 254)
    #expect(throws: AddressError.tooLong) { try Address(parsing: String(repeating: "a", count: 63) + "@" + domain) }
  }

  @Test("no description of an address, or of what holds one, shows it")
  func redacted() throws {
    let address = try Address(parsing: "canary@secret.example")
    let mailbox = try Mailbox(parsing: "Canary Person <canary@secret.example>")
    let envelope = Envelope(sender: address, recipient: address, dsn: DSNRequest(envid: "1"))
    struct Holder { let address: Address, envelope: Envelope, mailbox: Mailbox? }
    let holder = Holder(address: address, envelope: envelope, mailbox: mailbox)
    var dumped = ""
    dump(holder, to: &dumped)
    let shown = [
      "\(address)", "\(mailbox)", "\(envelope)", "\(holder)", String(reflecting: address), String(reflecting: holder),
      "\([address])", "\(Optional(mailbox) as Any)", dumped,
    ].joined()
    for word in ["canary", "Canary", "secret", "Person"] { #expect(!shown.contains(word)) }
  }

  @Test("no description of a mail or of a reply shows whom it is for")
  func redactedMail() throws {
    let field = try Header("X-Canary", "canary@secret.example")
    let content = Part.mixed([
      .plainText("Dear Canary"), .attachment(name: "canary.pdf", type: .pdf, bytes: Array("secret".utf8)),
    ])
    let message = try Message(
      from: try Mailbox(parsing: "Canary Person <canary@secret.example>"),
      to: try Address(parsing: "canary@secret.example"), subject: "Person", date: Timestamp(seconds: 0),
      id: MessageID(random: [1], domain: "acme.example"), extra: [field], content: content)
    let reply = Reply(code: 550, enhanced: EnhancedStatus(parsing: "5.1.1"), lines: ["<canary@secret.example> Person"])
    struct Holder { let message: Message, reply: Reply?, field: Header, content: [Part] }
    let holder = Holder(message: message, reply: reply, field: field, content: [content])
    var shown = ["\(holder)", String(reflecting: holder)]
    for value in [message, reply, field, content, holder] as [Any] {
      shown += ["\(value)", String(describing: value), String(reflecting: value), "\([value])"]
      var dumped = ""
      dump(value, to: &dumped)
      shown.append(dumped)
    }
    for word in ["canary", "Canary", "secret", "Person"] { #expect(!shown.joined().contains(word)) }
    #expect(shown.contains("<message>") && shown.contains("550 5.1.1"))
  }

  @Test("an error holds nothing of the text", arguments: AddressError.allCases)
  func errors(error: AddressError) {
    #expect(!error.description.isEmpty)
  }

  struct Labels: DomainEncoder {
    func asciiDomain(_ domain: String) throws -> String {
      domain == "münchen.example" ? "xn--mnchen-3ya.example" : domain
    }
  }

  @Test("an international domain is put into its A-label form by the encoder it is given")
  func international() throws {
    #expect(try Address(parsing: "ada@münchen.example", domains: Labels()).text == "ada@xn--mnchen-3ya.example")
    struct Broken: DomainEncoder { func asciiDomain(_ domain: String) throws -> String { "evil\r\ndomain" } }
    #expect(throws: AddressError.domain) { try Address(parsing: "ada@x.example", domains: Broken()) }
  }
}

@Suite("Mailboxes of the organisation")
struct MailboxTests {
  static let good: [(String, String?, String)] = [
    ("people@acme.example", nil, "people@acme.example"),
    ("Acme People Team <people@acme.example>", "Acme People Team", "Acme People Team <people@acme.example>"),
    ("A  B <p@acme.example>", "A  B", "\"A  B\" <p@acme.example>"),
    ("\"People, Acme\" <people@acme.example>", "People, Acme", "\"People, Acme\" <people@acme.example>"),
    ("\"a \\\"b\\\" \\\\\" <p@acme.example>", "a \"b\" \\", "\"a \\\"b\\\" \\\\\" <p@acme.example>"),
    ("<people@acme.example>", nil, "people@acme.example"),
    ("Åsa <p@acme.example>", "Åsa", "=?utf-8?b?w4VzYQ==?= <p@acme.example>"),
    ("=?utf-8?q?x?= <p@acme.example>", "=?utf-8?q?x?=", "=?utf-8?b?PT91dGYtOD9xP3g/PQ==?= <p@acme.example>"),
  ]

  @Test("are read and written in a header", arguments: good)
  func read(text: String, name: String?, header: String) throws {
    let mailbox = try Mailbox(parsing: text)
    #expect(mailbox.displayName == name)
    #expect(mailbox.headerText == header)
  }

  @Test(
    "are refused when malformed",
    arguments: [
      "", "Acme", "Acme <people@acme.example", "Acme <people@acme.example> x", "\"Acme <people@acme.example>",
      "A\r\nBcc: x <p@acme.example>", "A\0 <p@acme.example>", "A>B <p@acme.example>", "\"a\"b\" <p@acme.example>",
      "\"a\\\" <p@acme.example>", String(repeating: "x", count: 201) + " <p@acme.example>",
      "A <p@acme.example, q@b.example>",
    ])
  func refused(text: String) {
    #expect(throws: AddressError.self) { try Mailbox(parsing: text) }
  }
}
