import Mail
import Testing

@Suite("EHLO replies, from the bytes of a session")
struct EHLOTests {
  func offered(_ lines: [String]) throws -> Capabilities {
    var parser = ReplyParser()
    for (number, line) in lines.enumerated() {
      parser.push("250\(number == lines.count - 1 ? " " : "-")\(line)\r\n".utf8)
    }
    let reply = try #require(try parser.next())
    #expect(reply.code == 250 && !parser.hasRemainder)
    return Capabilities(ehlo: reply.lines)
  }

  @Test("Exim")
  func exim() throws {
    let offered = try offered([
      "mx.acme.example Hello appliance.acme.example [192.0.2.7]", "SIZE 52428800", "LIMITS MAILMAX=1000 RCPTMAX=50000",
      "8BITMIME", "PIPELINING", "PIPECONNECT", "AUTH PLAIN LOGIN CRAM-MD5", "CHUNKING", "STARTTLS", "PRDR", "HELP",
    ])
    #expect(offered.size == 52_428_800 && offered.offersSize)
    #expect(offered.pipelining && offered.eightBitMIME && offered.starttls)
    #expect(!offered.dsn && !offered.smtputf8, "Exim announces DSN and SMTPUTF8 only where it is told to")
    #expect(offered.auth == ["PLAIN", "LOGIN", "CRAM-MD5"])
  }

  @Test("sendmail")
  func sendmail() throws {
    let offered = try offered([
      "mx.acme.example Hello appliance.acme.example [192.0.2.7], pleased to meet you", "ENHANCEDSTATUSCODES",
      "PIPELINING", "EXPN", "VERB", "8BITMIME", "SIZE", "DSN", "ETRN", "AUTH GSSAPI DIGEST-MD5", "DELIVERBY", "HELP",
    ])
    #expect(offered.dsn && offered.pipelining && offered.eightBitMIME && offered.offersSize)
    #expect(offered.size == nil, "SIZE without a number sets no limit (RFC 1870 §3)")
    #expect(!offered.starttls && !offered.smtputf8)
    #expect(offered.auth == ["GSSAPI", "DIGEST-MD5"])
  }

  @Test("Exchange, within the organisation")
  func exchange() throws {
    let offered = try offered([
      "EX01.acme.example Hello [192.0.2.7]", "SIZE 37748736", "PIPELINING", "DSN", "ENHANCEDSTATUSCODES", "STARTTLS",
      "X-ANONYMOUSTLS", "AUTH NTLM", "X-EXPS GSSAPI NTLM", "8BITMIME", "BINARYMIME", "CHUNKING", "XEXCH50", "XRDST",
      "XSHADOWREQUEST",
    ])
    #expect(offered.dsn && offered.pipelining && offered.starttls && offered.eightBitMIME)
    #expect(offered.size == 37_748_736)
    #expect(offered.auth == ["NTLM"], "X-EXPS is none of the mechanisms of AUTH")
  }

  @Test("Postfix, before and after STARTTLS")
  func postfix() throws {
    let before = try offered(["mx.acme.example", "PIPELINING", "SIZE 10240000", "STARTTLS", "DSN", "CHUNKING"])
    #expect(before.starttls && before.auth.isEmpty && before.dsn)
    let after = try offered(["mx.acme.example", "PIPELINING", "SIZE 10240000", "AUTH PLAIN", "AUTH=PLAIN LOGIN", "DSN"])
    #expect(!after.starttls && after.auth == ["PLAIN", "LOGIN"])
  }

  @Test(
    "a keyword counts as a whole word at the beginning of its line, in any case",
    arguments: [
      ("dsn", true), ("Dsn", true), ("DSN ", true), ("DSN x", true), ("\tDSN", true), ("XDSN", false), ("DSNX", false),
      ("DSN-X", false), ("NODSN DSN", false), ("AUTH DSN", false), ("", false), (" ", false),
    ])
  func keyword(line: String, isDSN: Bool) throws {
    #expect(try offered(["relay", line, "HELP"]).dsn == isDSN)
  }

  @Test(
    "the size is a number above zero or no limit",
    arguments: [
      ("SIZE 1", 1), ("SIZE 0", nil), ("SIZE", nil), ("SIZE -5", nil), ("SIZE x", nil), ("SIZE 1e3", nil),
      ("SIZE 99999999999999999999999", nil), ("SIZE 9223372036854775807", Int.max), ("size\t10", 10),
    ])
  func size(line: String, limit: Int?) throws {
    let offered = try offered(["relay", line])
    #expect(offered.offersSize && offered.size == limit)
  }

  @Test("one line alone is a greeting, whatever it says")
  func greeting() throws {
    #expect(try offered(["DSN"]) == Capabilities())
    #expect(Capabilities(ehlo: []) == Capabilities())
  }
}

@Suite("The envelope's commands, for every offer")
struct OfferTests {
  static let offers: [Capabilities] = (0..<32).map { bits in
    var offered = Capabilities()
    offered.dsn = bits & 1 != 0
    offered.offersSize = bits & 2 != 0
    offered.smtputf8 = bits & 4 != 0
    offered.pipelining = bits & 8 != 0
    offered.eightBitMIME = bits & 16 != 0
    return offered
  }

  @Test("hold what was offered and nothing else", arguments: offers)
  func exactly(offered: Capabilities) throws {
    let envelope = Envelope(
      sender: try Address(parsing: "b@acme.example"), recipient: try Address(parsing: "ada+tag@acme.example"),
      dsn: DSNRequest(envid: "c1", notify: [.delay, .failure]))
    let size = offered.offersSize ? " SIZE=12" : ""
    let (ret, notify) =
      offered.dsn ? (" RET=HDRS ENVID=c1", " NOTIFY=FAILURE,DELAY ORCPT=rfc822;ada+2Btag@acme.example") : ("", "")
    #expect(try envelope.mailCommand(offered, size: 12) == "MAIL FROM:<b@acme.example>\(size)\(ret)")
    #expect(try envelope.rcptCommand(offered) == "RCPT TO:<ada+tag@acme.example>\(notify)")
  }

  @Test("ask for SMTPUTF8 exactly when an address needs it, and never without the offer", arguments: offers)
  func international(offered: Capabilities) throws {
    let (plain, umlaut) = (try Address(parsing: "b@acme.example"), try Address(parsing: "jürgen@acme.example"))
    let dsn = DSNRequest(envid: "c1")
    for envelope in [
      Envelope(sender: plain, recipient: umlaut, dsn: dsn), Envelope(sender: umlaut, recipient: plain, dsn: dsn),
      Envelope(sender: nil, recipient: umlaut, dsn: dsn),
    ] {
      #expect(envelope.needsSMTPUTF8)
      guard offered.smtputf8 else {
        #expect(throws: EnvelopeError.needsSMTPUTF8) { try envelope.mailCommand(offered, size: 1) }
        #expect(throws: EnvelopeError.needsSMTPUTF8) { try envelope.rcptCommand(offered) }
        continue
      }
      let mail = try envelope.mailCommand(offered, size: 1)
      #expect(mail.hasPrefix("MAIL FROM:<\(envelope.sender?.text ?? "")>") && mail.hasSuffix(" SMTPUTF8"))
      #expect(try envelope.rcptCommand(offered).hasPrefix("RCPT TO:<\(envelope.recipient.text)>"))
    }
    #expect(!Envelope(sender: nil, recipient: plain, dsn: dsn).needsSMTPUTF8)
  }

  @Test("an ENVID cannot add a parameter or a line")
  func envid() throws {
    var offered = Capabilities()
    offered.dsn = true
    let envelope = Envelope(
      sender: nil, recipient: try Address(parsing: "a@b.example"), dsn: DSNRequest(envid: "x RET=FULL\r\nDATA"))
    #expect(
      try envelope.mailCommand(offered, size: 1) == "MAIL FROM:<> RET=HDRS ENVID=x+20RET+3DFULL+0D+0ADATA")
  }
}
