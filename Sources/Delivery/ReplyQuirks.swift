// What servers in wide use say besides, or against, the codes of their replies.
//
// The rows are grouped by who says it; a word that several servers share stands with the first. Within the whole table
// the order is: makers' own statuses, then words under a telling status, then words where the status tells nothing.

extension ReplyQuirk {
  static let table = exchange + google + postfix + exim + mimecast + proofpoint + others + plain

  private static let transient = 400...499
  private static let permanent = 500...599
  private static let every = 400...599

  /// Exchange Online and Exchange Server; their details from 100 up are their own.
  private static let exchange = [
    // "Server busy" and temporary limits by the reputation of the sending address.
    ReplyQuirk(transient, .of(7, 500...699), is: .rateLimited),
    ReplyQuirk(every, .any, ["server busy"], is: .rateLimited),
    // A tenant, a sender or a mailbox beyond its number of mails: over in an hour or a day.
    ReplyQuirk(permanent, .of(7, 705...705), is: .rateLimited, passes: true),
    ReplyQuirk(permanent, .of(1, 90...90), is: .rateLimited, passes: true),
    ReplyQuirk(permanent, .of(2, 121...122), is: .rateLimited, passes: true),
    ReplyQuirk(every, .any, ["submissionquotaexceeded", "thread limit exceeded"], is: .rateLimited, passes: true),
    // The store says "quota" inside a status for anything else.
    ReplyQuirk(
      every, .any, ["storedrv.deliver; mailbox full", "quotaexceeded", "shutoffquota"], is: .mailboxFull),
    ReplyQuirk(every, .of(2, 252...252), is: .policy),
    // Blocked at the edge by the directory: it reads like routing, and means the recipient.
    ReplyQuirk(permanent, .of(4, 1...1), ["recipient address rejected"], is: .unknownUser),
    ReplyQuirk(every, .of(4, 3...4), ["temporary server error", "proxy session setup failed"], is: .system),
    // A status of "policy" for an unknown recipient.
    ReplyQuirk(permanent, .of(7, 1...1), ["recipientnotfound", "resolver.adr"], is: .unknownUser),
  ]

  /// Gmail and the relay of Google Workspace.
  private static let google = [
    // One mailbox that gets too much at once, in its 4yz and 5yz forms.
    ReplyQuirk(
      every, .of(2, 0...1), ["receiving mail too quickly", "receiving mail at a rate"], is: .rateLimited, passes: true),
    ReplyQuirk(
      every, .of(7, 0...28),
      ["unusual rate of unsolicited mail", "unusual amount of unsolicited mail", "rate limited"],
      is: .rateLimited, passes: true),
    ReplyQuirk(
      every, .any,
      ["sending limit exceeded", "sending quota exceeded", "relay limit exceeded", "user-rate limit"],
      is: .rateLimited, passes: true),
    ReplyQuirk(421...421, .of(7, 0...0), ["try again later"], is: .rateLimited),
  ]

  /// Postfix, its postscreen and the filters commonly put before it.
  private static let postfix = [
    // postscreen hangs up on a client it has not tested before.
    ReplyQuirk(450...450, .of(3, 2...2), ["service currently unavailable"], is: .greylisted),
    // The recipient is being asked about elsewhere; the answer is there within minutes.
    ReplyQuirk(450...450, .of(1, 1...1), ["verification in progress"], is: .greylisted),
    // 4.7.1 that no waiting cures: names and rights of the client.
    ReplyQuirk(
      transient, .of(7, 0...1),
      ["client host rejected", "helo command rejected", "sender address rejected", "relay access denied"],
      is: .policy),
    ReplyQuirk(
      transient, .of(7, 0...1),
      ["too many connections", "too much mail", "too many recipients", "too many new tls", "rate limit exceeded"],
      is: .rateLimited),
    ReplyQuirk(transient, .of(7, 0...1), ["too many errors"], is: .system),
    // A mail filter that did not answer, and a mailbox server that stumbled.
    ReplyQuirk(451...451, .of(7, 1...1), ["service unavailable - try again later"], is: .system),
    ReplyQuirk(451...451, .of(2, 0...0), ["internal error"], is: .system),
    ReplyQuirk(every, .of(2, 0...1), ["over quota", "overquota", "quota exceeded", "mailbox full"], is: .mailboxFull),
    ReplyQuirk(permanent, .of(7, 1...1), ["user unknown", "no such user"], is: .unknownUser),
  ]

  /// Exim, which gives no enhanced codes unless its owner writes them.
  private static let exim = [
    ReplyQuirk(
      transient, .vague, ["temporary local problem", "unexpected failure", "local configuration error"], is: .system),
    ReplyQuirk(transient, .vague, ["space shortage", "insufficient system storage"], is: .system),
    ReplyQuirk(
      permanent, .vague,
      [
        "callback failure", "callback setup failed", "callout verification failed", "sender verify failed",
        "verification failed for", "could not complete sender verify", "relay not permitted", "relaying denied",
        "administrative prohibition",
      ], is: .policy),
    ReplyQuirk(transient, .vague, ["could not complete sender verify", "callout"], is: .policy),
    ReplyQuirk(every, .vague, ["unrouteable address", "unroutable address"], is: .unknownUser),
  ]

  /// Mimecast: codes without status, and a text that is documented.
  private static let mimecast = [
    // This is how it greylists.
    ReplyQuirk(451...451, .vague, ["internal resources are temporarily unavailable"], is: .greylisted),
    ReplyQuirk(451...451, .vague, ["recipient temporarily unavailable"], is: .network),
    ReplyQuirk(451...451, .vague, ["unable to process connection at this time"], is: .rateLimited),
    ReplyQuirk(451...451, .vague, ["unable to process an email at this time"], is: .system),
    ReplyQuirk(
      451...451, .vague,
      ["outbounds disabled", "temporarily blacklisted", "open relay not allowed", "submitter failed"], is: .policy),
    ReplyQuirk(every, .vague, ["outbound thread limit"], is: .rateLimited, passes: true),
    ReplyQuirk(
      permanent, .vague, ["anti-spoofing", "envelope blocked", "rejected due to security", "host network not allowed"],
      is: .policy),
    ReplyQuirk(permanent, .vague, ["maximum email size", "email size limit"], is: .tooBig),
    ReplyQuirk(permanent, .any, ["mail loop detected", "too many hops"], is: .network),
  ]

  /// Proofpoint, at the edge of many companies.
  private static let proofpoint = [
    ReplyQuirk(452...452, .of(7, 0...1), ["try again later"], is: .rateLimited),
    ReplyQuirk(every, .any, ["intrusion prevention active", "connection rate limit"], is: .rateLimited),
    ReplyQuirk(permanent, .of(7, 0...1), ["address is marked as invalid"], is: .unknownUser),
    ReplyQuirk(every, .vague, ["ipcheck.proofpoint", "local policy violation"], is: .policy),
  ]

  /// Mailbox providers, hosters and sending services.
  private static let others = [
    // Said with 550 by providers and hosters, and over within the hour or the day.
    ReplyQuirk(
      every, .any,
      [
        "frequency limited", "frequency limit", "max emails per hour", "max defers and failures per hour",
        "sending rate exceeded", "message quota exceeded", "exceeded rate limits", "rate limited by",
        "mails per hour", "messages per hour", "too many messages from",
      ], is: .rateLimited, passes: true),
    ReplyQuirk(
      transient, .of(7, 0...1), ["unexpected volume", "user complaints", "temporarily deferred"], is: .rateLimited),
    ReplyQuirk(454...454, .vague, ["throttling"], is: .rateLimited),
    ReplyQuirk(every, .of(7, 1...1), ["greylist", "graylist", "grey list"], is: .greylisted),
  ]

  /// Words that speak for themselves where no status does.
  private static let plain = [
    ReplyQuirk(transient, .vague, ["greylist", "graylist", "grey list"], is: .greylisted),
    ReplyQuirk(
      every, .vague,
      ["over quota", "overquota", "quota exceeded", "exceeds quota", "mailbox is full", "mailbox full"],
      is: .mailboxFull),
    ReplyQuirk(
      every, .vague,
      [
        "message size exceeds", "message too large", "message too big", "message is too large", "size limit",
        "exceeds maximum size", "exceeds size",
      ], is: .tooBig),
    ReplyQuirk(
      transient, .vague,
      ["too many connections", "too many concurrent", "too many recipients", "too many messages", "rate limit"],
      is: .rateLimited),
    // Of the sender, before the like words mean the recipient.
    ReplyQuirk(
      every, .vague, ["sender address rejected", "sender domain", "sender rejected", "domain of sender"], is: .policy),
    ReplyQuirk(
      every, .vague,
      [
        "user unknown", "unknown user", "no such user", "no such recipient", "mailbox not found", "does not exist",
        "user doesn't have", "mailbox unavailable", "invalid recipient", "recipient rejected", "account is disabled",
      ], is: .unknownUser),
    ReplyQuirk(
      every, .vague,
      [
        "spamhaus", "black list", "blacklist", "blocklist", "block list", "blocked using", "spam", "dmarc", "spf",
        "dkim", "not verified", "authentication required", "access denied", "content rejected", "virus",
      ], is: .policy),
    ReplyQuirk(transient, .vague, ["disk", "lookup fail", "temporary failure"], is: .system),
  ]
}
