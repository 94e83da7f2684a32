import Delivery
import Mail
import Testing

@Suite("Classes of outcomes, by the replies of servers in wide use")
struct OutcomeClassTests {
  /// A reply as it comes over the wire, line by line, and what it means.
  struct Sample: Sendable, CustomTestStringConvertible {
    let server: String
    let wire: String
    let `class`: OutcomeClass
    /// What `isReallyTemporary` says of it.
    let passes: Bool

    init(_ server: String, _ wire: String, _ class: OutcomeClass, passes: Bool? = nil) {
      (self.server, self.wire, self.class) = (server, wire, `class`)
      self.passes = passes ?? (wire.first == "4")
    }

    var testDescription: String { "\(server): \(wire)" }

    var reply: Reply? {
      let lines = wire.split(separator: "|").map { line -> (code: Int?, status: EnhancedStatus?, text: String) in
        let rest = line.dropFirst(4)
        let status = rest.split(separator: " ").first.flatMap { EnhancedStatus(parsing: $0) }
        return (Int(line.prefix(3)), status, String(status == nil ? rest : rest.drop { $0 != " " }.dropFirst()))
      }
      guard let last = lines.last, let code = last.code else { return nil }
      return Reply(code: code, enhanced: last.status, lines: lines.map(\.text))
    }
  }

  static let exchange = [
    Sample("Exchange", "451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (AS77712201)", .rateLimited),
    Sample("Exchange", "451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited", .rateLimited),
    Sample("Exchange", "451 4.7.699 Access denied, please try again later", .rateLimited),
    Sample("Exchange", "450 4.7.320 Certificate validation failed", .policy),
    Sample("Exchange", "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP.", .policy),
    Sample("Exchange", "550 5.7.606 Access denied, banned sending IP [192.0.2.1]", .policy),
    Sample("Exchange", "550 5.7.501 Access denied, spam abuse detected", .policy),
    Sample("Exchange", "550 5.7.509 Access denied, sending domain does not pass DMARC verification", .policy),
    Sample("Exchange", "550 5.7.64 TenantAttribution; Relay Access Denied", .policy),
    Sample("Exchange", "550 5.1.8 Access denied, bad outbound sender", .policy),
    Sample("Exchange", "550 5.7.705 Access denied, tenant has exceeded threshold", .rateLimited, passes: true),
    Sample("Exchange", "550 5.1.90 Your message can't be sent: daily recipient limit", .rateLimited, passes: true),
    Sample("Exchange", "550 5.2.122 The recipient has exceeded their limit", .rateLimited, passes: true),
    Sample("Exchange", "452 4.3.1 Insufficient system resources", .system),
    Sample("Exchange", "452 4.5.3 Too many recipients (AS780090)", .rateLimited),
    Sample(
      "Exchange", "421 4.3.2 The maximum number of concurrent server connections has exceeded a limit", .rateLimited),
    Sample("Exchange", "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", .rateLimited),
    Sample("Exchange", "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", .unknownUser),
    Sample("Exchange", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address", .unknownUser),
    Sample("Exchange", "451 4.4.3 Temporary server error. Please try again later. PRX2", .system),
    Sample("Exchange", "451 4.4.0 Primary target IP address responded with an error", .network),
    Sample("Exchange", "554 5.2.0 STOREDRV.Deliver.Exception:QuotaExceededException; cannot deliver", .mailboxFull),
    Sample("Exchange", "554 5.2.252 SendAsDenied; not allowed to send as this user", .policy),
    Sample("Exchange", "552 5.3.4 Message size exceeds fixed maximum message size", .tooBig),
    Sample("Exchange", "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient", .tooBig),
  ]

  static let google = [
    Sample(
      "Google",
      "421-4.7.28 Our system has detected an unusual rate of|421 4.7.28 unsolicited mail. Visit the help page - gsmtp",
      .rateLimited),
    Sample(
      "Google",
      "550-5.7.28 Our system has detected an unusual rate of|550 5.7.28 unsolicited mail originating from your IP.",
      .rateLimited, passes: true),
    Sample(
      "Google",
      "450-4.2.1 The user you are trying to contact is receiving mail too|450-4.2.1 quickly. Please resend your message"
        + "|450 4.2.1 at a later time. - gsmtp", .rateLimited),
    Sample(
      "Google",
      "550-5.2.1 The user you are trying to contact is receiving mail at a rate|550 5.2.1 that prevents additional messages",
      .rateLimited, passes: true),
    Sample(
      "Google", "550-5.7.26 This mail has been blocked because|550 5.7.26 the sender is unauthenticated.", .policy),
    Sample("Google", "421 4.7.26 This mail has been rate limited because it is unauthenticated", .rateLimited),
    Sample("Google", "421-4.7.0 Try again later, closing connection.|421 4.7.0 - gsmtp", .rateLimited),
    Sample("Google", "421 4.3.0 Temporary System Problem. Try again later. - gsmtp", .system),
    Sample(
      "Google", "452-4.2.2 The email account that you tried to reach is over quota.|452 4.2.2 - gsmtp", .mailboxFull),
    Sample("Google", "552-5.2.2 The recipient's inbox is out of storage space|552 5.2.2 - gsmtp", .mailboxFull),
    Sample(
      "Google", "550-5.1.1 The email account that you tried to reach does not exist.|550 5.1.1 gsmtp", .unknownUser),
    Sample("Google", "550 5.2.1 The email account that you tried to reach is inactive. - gsmtp", .unknownUser),
    Sample("Google", "550 5.4.5 Daily user sending limit exceeded. - gsmtp", .rateLimited, passes: true),
    Sample("Google", "550 5.7.1 Daily SMTP relay limit exceeded for customer. - gsmtp", .rateLimited, passes: true),
    Sample("Google", "550-5.7.1 Invalid credentials for relay [192.0.2.1].|550 5.7.1 - gsmtp", .policy),
    Sample(
      "Google", "552-5.7.0 This message was blocked because its content presents a|552 5.7.0 security issue.", .policy),
    Sample("Google", "553 5.1.2 We weren't able to find the recipient domain.", .unknownUser),
  ]

  static let postfix = [
    Sample("postgrey", "450 4.2.0 <ada@acme.example>: Recipient address rejected: Greylisted", .greylisted),
    Sample("postscreen", "450 4.3.2 Service currently unavailable", .greylisted),
    Sample("Postfix", "452 4.2.2 <ada@acme.example> Mailbox full, over quota", .mailboxFull),
    Sample("Postfix", "451 4.3.0 Error: queue file write error", .system),
    Sample("Postfix", "451 4.3.0 <ada@acme.example>: Temporary lookup failure", .system),
    Sample("Postfix", "451 4.3.5 Server configuration problem", .system),
    Sample("Postfix", "452 4.3.1 Insufficient system storage", .system),
    Sample("Postfix", "421 4.7.0 mx.acme.example Error: too many connections from 192.0.2.1", .rateLimited),
    Sample("Postfix", "450 4.7.1 Error: too much mail from 192.0.2.1", .rateLimited),
    Sample("Postfix", "421 4.7.0 mx.acme.example Error: too many errors", .system),
    Sample("Postfix", "450 4.7.1 Client host rejected: cannot find your hostname, [192.0.2.1]", .policy),
    Sample("Postfix", "450 4.7.1 <relay>: Helo command rejected: Host not found", .policy),
    Sample("Postfix", "450 4.7.25 Client host rejected: cannot find your hostname", .policy),
    Sample("Postfix", "450 4.1.8 <people@acme.example>: Sender address rejected: Domain not found", .policy),
    Sample(
      "Postfix", "450 4.1.1 <ada@acme.example>: unverified address: Address verification in progress", .greylisted),
    Sample("Postfix", "450 4.1.1 <ada@acme.example>: User unknown in local recipient table", .unknownUser),
    Sample("Postfix", "550 5.1.1 <ada@acme.example>: User unknown in virtual mailbox table", .unknownUser),
    Sample("Postfix", "554 5.7.1 <ada@acme.example>: Relay access denied", .policy),
    Sample("Postfix", "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", .policy),
    Sample("Postfix", "552 5.3.4 Message size exceeds fixed limit", .tooBig),
    Sample("milter", "451 4.7.1 Service unavailable - try again later", .system),
    Sample("Dovecot", "451 4.2.0 <ada@acme.example> Internal error occurred. Refer to server log", .system),
    Sample("Dovecot", "452 4.2.2 <ada@acme.example> Quota exceeded (mailbox for user is full)", .mailboxFull),
  ]

  static let exim = [
    Sample("Exim", "451 Temporary local problem - please try later", .system),
    Sample("Exim", "421 Unexpected failure, please try later", .system),
    Sample("Exim", "452 space shortage, please try later", .system),
    Sample("Exim", "550 Callback failure", .policy),
    Sample("Exim", "550-Verification failed for <people@acme.example>|550 Sender verify failed", .policy),
    Sample("Exim", "451 Could not complete sender verify callout", .policy),
    Sample("Exim", "550 relay not permitted", .policy),
    Sample("Exim", "550 Unrouteable address", .unknownUser),
    Sample("Exim", "550 Administrative prohibition", .policy),
    Sample("Exim", "550 Rejected because 192.0.2.1 is in a black list at zen.spamhaus.org", .policy),
    Sample("Exim", "552 Message size exceeds maximum permitted", .tooBig),
    Sample("Exim", "421 Too many concurrent SMTP connections; please try again later.", .rateLimited),
    Sample("Exim", "451 Greylisted, please try again in 180 seconds", .greylisted),
    Sample("Exim", "550 Mailbox quota exceeded", .mailboxFull),
    Sample("Exim", "550 Unknown user", .unknownUser),
  ]

  static let gateways = [
    Sample("Mimecast", "451 Internal resources are temporarily unavailable - see the knowledge base", .greylisted),
    Sample("Mimecast", "451 Recipient temporarily unavailable", .network),
    Sample("Mimecast", "451 Unable to process connection at this time", .rateLimited),
    Sample("Mimecast", "451 Unable to process an email at this time", .system),
    Sample("Mimecast", "451 IP temporarily blacklisted - see the knowledge base", .policy),
    Sample("Mimecast", "451 Account outbounds disabled", .policy),
    Sample("Mimecast", "550 Administrative prohibition - envelope blocked", .policy),
    Sample("Mimecast", "550 Rejected by header based Anti-Spoofing policy", .policy),
    Sample("Mimecast", "550 Exceeding outbound thread limit", .rateLimited, passes: true),
    Sample("Mimecast", "554 Email rejected due to security policies", .policy),
    Sample("Mimecast", "554 Maximum email size reached", .tooBig),
    Sample("Mimecast", "550 Invalid Recipient", .unknownUser),
    Sample("Mimecast", "554 Mail loop detected", .network),
    Sample("Proofpoint", "452 4.3.2 Try again later", .rateLimited),
    Sample("Proofpoint", "452 4.7.1 Try again later", .rateLimited),
    Sample("Proofpoint", "421 4.7.1 Intrusion prevention active for [192.0.2.1]", .rateLimited),
    Sample("Proofpoint", "550 5.7.0 Local Policy Violation", .policy),
    Sample("Proofpoint", "554 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.1", .policy),
    Sample("Proofpoint", "550 5.7.1 User email address is marked as invalid.", .unknownUser),
    Sample("Proofpoint", "550 frequency limited", .rateLimited, passes: true),
  ]

  static let others = [
    Sample("QQ", "550 Mail frequency limited", .rateLimited, passes: true),
    Sample("QQ", "550 5.7.1 Domain frequency limited", .rateLimited, passes: true),
    Sample(
      "cPanel", "550 Domain acme.example has exceeded the max emails per hour (60/60)", .rateLimited, passes: true),
    Sample(
      "Yahoo", "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to user complaints", .rateLimited),
    Sample("Yahoo", "554 delivery error: dd This user doesn't have a yahoo.com account", .unknownUser),
    Sample("Outlook.com", "421 RP-001 The mail server IP has exceeded rate limits", .rateLimited),
    Sample("Outlook.com", "550 5.7.1 Unfortunately, messages weren't sent: on our block list (S3140)", .policy),
    Sample("Amazon SES", "454 Throttling failure: Maximum sending rate exceeded.", .rateLimited),
    Sample("Amazon SES", "454 Throttling failure: Daily message quota exceeded.", .rateLimited),
    Sample("Amazon SES", "554 Message rejected: Email address is not verified.", .policy),
    Sample("any", "450 mailbox is full", .mailboxFull), Sample("any", "421 closing", .rateLimited),
    Sample("any", "450 later", .greylisted), Sample("any", "451 4.7.1 later", .greylisted),
    Sample("any", "452 4.0.0 later", .system), Sample("any", "452 later", .system),
    Sample("any", "550 Domain of sender address does not exist", .policy), Sample("any", "550 no", .unknownUser),
    Sample("any", "552 no", .mailboxFull), Sample("any", "554 no", .policy),
    Sample("any", "556 5.1.10 null MX", .unknownUser), Sample("any", "521 no mail here", .unknownUser),
    Sample("any", "500 what?", .system), Sample("any", "530 log in first", .policy),
    Sample("any", "550 5.0.0 User unknown", .unknownUser), Sample("any", "550 5.0.0 Message too large", .tooBig),
    Sample("any", "450 4.4.2 connection timed out", .network), Sample("any", "451 4.4.5 congestion", .rateLimited),
    Sample("any", "550 5.6.7 SMTPUTF8 needed", .policy), Sample("any", "550 5.7.17 new owner", .unknownUser),
    Sample("any", "450 4.2.1 disabled for now", .system), Sample("any", "550 5.2.1 disabled", .unknownUser),
    Sample("any", "550 5.2.0 no", .unknownUser), Sample("any", "554 4.4.7 delivery time expired", .network),
    Sample("any", "450 4.7.16 too big for its priority", .tooBig),
  ]

  @Test("every reply has its class", arguments: exchange + google + postfix + exim + gateways + others)
  func classes(sample: Sample) throws {
    let reply = try #require(sample.reply)
    #expect(OutcomeClass(reply) == sample.class)
    #expect(OutcomeClass.isReallyTemporary(reply) == sample.passes)
  }

  @Test(
    "an address chooses no class, nor what is said after a kilobyte",
    arguments: [
      "<frequency.limited@acme.example>: no", "mailbox-full@acme.example no", "<\"over quota\"@acme.example> no",
      "spamhaus@acme.example, spam@acme.example: no", String(repeating: "x", count: 1100) + " frequency limited",
    ])
  func address(text: String) {
    let reply = Reply(code: 550, enhanced: nil, lines: [text])
    #expect(OutcomeClass(reply) == .unknownUser)
    #expect(!OutcomeClass.isReallyTemporary(reply))
  }

  @Test("letters are compared without their case, blanks and ends of lines are one blank")
  func form() {
    let reply = Reply(code: 550, enhanced: nil, lines: ["MAIL  Frequency", "\tLIMITED"])
    #expect(OutcomeClass(reply) == .rateLimited)
  }

  @Test("success is not temporary, an intermediate reply neither", arguments: [220, 250, 354])
  func success(code: Int) { #expect(!OutcomeClass.isReallyTemporary(Reply(code: code, lines: ["frequency limited"]))) }

  @Test("what no reply says has its class by how the session ended")
  func causes() {
    #expect(OutcomeClass(Cause.timedOut(.dot)) == .network)
    #expect(OutcomeClass(Cause.connectionLost(.rcpt)) == .network)
    #expect(OutcomeClass(Cause.unintelligible(.mail)) == .network)
    #expect(OutcomeClass(Cause.interrupted) == .unknown)
    #expect(OutcomeClass(Refusal.tooBig(limit: 1)) == .tooBig)
    #expect(OutcomeClass(Refusal.smtputf8NotOffered) == .policy)
  }
}
