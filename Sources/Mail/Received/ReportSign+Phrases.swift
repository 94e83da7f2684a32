// The words of mail software in wide use, in its versions of thirty years, and of RFC 3463's own descriptions.
//
// A phrase is written as `PlainWords` makes a text: small letters, single blanks, no addresses. It is as short as it can be
// without meaning something else elsewhere.

extension ReportSign {
  static let phrases: [(ReportSign, [String])] = reasons + natures

  private static let reasons: [(ReportSign, [String])] = [
    (
      .mailboxFull,
      [
        "mailbox full", "mailbox is full", "mailbox are full", "mail box full", "mailbox has exceeded",
        "mailbox exceeded", "mailbox exceeds", "mailbox size limit", "mailfolder is full", "mail folder is full",
        "inbox is full", "inbox full", "account is full", "user is full", "full mailbox", "over quota", "overquota",
        "over the quota", "over the allowed quota", "over its quota", "exceeding their quota", "quota exceeded",
        "quota exceed", "exceeded quota", "exceeds quota", "exceeded the quota", "exceeded its quota",
        "exceed the quota",
        "exceeded his/her quota", "quota full", "quota is full", "quota violation", "mail quota", "mailbox quota",
        "user quota", "quotaexceeded", "disk quota", "out of storage space", "storage quota", "storage limit",
        "exceeded storage", "exceeded its disk", "exceeded his storage", "out of email space", "no space left for",
        "not enough space in mailbox", "does not have enough space", "not enough storage space in",
        "insufficient space in", "exceeded its disk space", "exceeds allowed size", "exceeded the space",
        "mailbox space", "space limit reached", "exceeds their mailbox", "maildir over", "max message size exceeded",
        "user has too many messages", "has reached its maximum size", "mailbox is over", "boite pleine",
        "boîte pleine", "casella piena", "buzón lleno", "postfach ist voll", "mailbox ist voll", "postfach voll",
      ]
    ),
    (
      .messageTooBig,
      [
        "message too large", "message too big", "message is too large", "message is too big", "mail too large",
        "message size exceeds", "message length exceeds", "message exceeds maximum", "message exceeds the maximum",
        "exceeds maximum message size", "exceeds the maximum message size", "exceeds fixed maximum message size",
        "maximum message size", "message size limit", "size limit exceeded", "exceeds size limit",
        "exceeds the size limit", "size exceeds", "message larger than", "larger than the current system limit",
        "exceed maximum size", "exceeds maximum size", "too big for system", "message file too big",
        "exceeded maximum inbound message size", "exceeds maximum", "recipsizelimit", "sendsizelimit",
        "exceeded max message size", "max allowed message size", "maximum allowed size", "message is larger than",
        "size of this message", "your message is too", "message size too", "zu groß für",
      ]
    ),
    (
      .mailboxDisabled,
      [
        "account disabled", "disabled recipient", "account is disabled", "account has been disabled",
        "account that you tried to reach is disabled",
        "account that you tried to reach is inactive", "mailbox disabled", "mailbox is disabled", "user disabled",
        "user is disabled", "account is inactive", "account inactive", "mailbox is inactive", "inactive mailbox",
        "inactive user", "inactive account", "user is inactive", "not active", "deactivated", "account suspended",
        "account has been suspended", "account is suspended", "user suspended", "temporarily suspended", "is suspended",
        "disabled or discontinued", "account is closed", "account has been closed", "account closed",
        "account has expired", "account expired", "account locked", "account is locked", "mailbox is locked",
        "is currently disabled", "has been blocked due to inactivity", "address no longer in use",
        "mailbox temporarily disabled", "mailbox unavailable due to suspension", "access to this account",
        "extended inactivity", "no longer active", "mailbox is frozen", "account frozen",
      ]
    ),
    (
      .rateLimited,
      [
        "too many connections", "greylist", "graylist", "grey list", "grey-list", "too many concurrent",
        "too many simultaneous", "too many messages", "too many mails",
        "too many recipients", "too many emails", "too many errors from your ip", "rate limit", "ratelimit", "throttl",
        "frequency limited", "frequency limit", "max emails per hour", "max defers and failures per hour",
        "sending rate", "message quota exceeded for", "receiving mail too quickly", "receiving mail at a rate",
        "unusual rate of", "mails per hour", "messages per hour", "connection rate", "server busy",
        "daily sending quota", "daily user sending", "sending limit", "sending quota", "has exceeded the max",
        "exceeded your sending", "slow down", "too fast", "sent too many", "limit on the number of",
      ]
    ),
    (
      .senderRefused,
      [
        "sender address rejected", "sender address verification", "sender rejected", "sender denied",
        "sender verify failed", "sender verification failed", "sender domain", "domain of sender",
        "sender's domain", "sending domain", "sender is not", "sender not", "sending address not accepted",
        "from address", "envelope sender", "purported responsible address", "relaying denied",
        "relaying not allowed", "relay not permitted", "relaying is not", "relay denied", "relay access denied",
        "unable to relay",
        "not permitted to relay", "cannot relay", "open relay", "relaying prohibited", "we do not relay",
        "no relaying", "relay operation rejected", "allowed rcpthosts", "administrative prohibition",
        "callback failure", "callout verification failed", "could not complete sender verify",
        "authentication required", "authentication is required", "smtp authentication", "not authenticated",
        "must authenticate", "authentication failed", "authentication checks", "unauthenticated",
        "reverse dns", "rdns", " ptr ", "ptr record", "reverse lookup", "helo command rejected", "invalid helo",
        "client host rejected", "host network not allowed", "ip address is not", "your ip address", "your ip ",
        "invalid ip for sending", "does not pass dmarc", "dmarc", " spf ", "sender policy framework", "dkim",
        "unverifiable", "unverifyable",
        "email address is not verified", "not verified", "mail from domain", "does not exist e2110",
        "restricted to", "only accepts mail from", "not allowed to send", "not authorized to send",
        "permission to send", "permission to post", "senderrestriction", "sendernotauthenticated", "not a member of",
        "not member", "closed list", "anti-spoofing", "notauthorized",
      ]
    ),
    (
      .userUnknown,
      [
        "user unknown", "no valid recipients", "unknown user", "unknown or illegal alias", "unknown recipient",
        "recipient unknown",
        "address unknown", "unknown local", "unknown mailbox", "mailbox unknown",
        "unknown or invalid", "unknown virtual", "unknown account", "account unknown", "no such user",
        "no such recipient", "no such mailbox", "no such address",
        "no such person", "no such account", "no such domain user", "no such local user", "no such virtual user",
        "no such email", "no mailbox", "no account",
        "not a valid user", "not a valid mailbox", "not a valid recipient", "not a valid email", "not a valid address",
        "not a known user",
        "not a known recipient", "user not known", "user does not exist", "user doesn't exist", "user not found",
        "user not exist", "recipient not found",
        "recipient does not exist", "recipient no longer", "recipient address does not exist",
        "recipientnotfound", "recipnotfound", "resolver.adr", "mailbox not found", "mail-box not found",
        "mailbox does not exist", "mailbox doesn't exist", "mailbox unavailable", "mailbox not available",
        "address does not exist", "address doesn't exist", "address not found",
        "account does not exist", "account doesn't exist", "account not found",
        "email account that you tried to reach does not exist",
        "couldn't be found", "could not be found", "wasn't found", "was not found at",
        "does not exist", "doesn't exist", "do not exist", "user doesn't have a", "doesn't have an account",
        "does not have an account",
        "bad_recipient", "badrcptto", "bad recipient", "bad destination mailbox address", "invalid recipient",
        "invalid mailbox", "invalid user", "invalid address", "recipient invalid",
        "invalid final delivery user", "invalid final delivery", "bad address", "illegal user", "illegal alias",
        "recipient rejected", "rejected recipient", "recipient address rejected", "not listed in domino directory",
        "not listed in public name", "not listed in",
        "not our customer", "not our user", "not local", "user not local", "not a local", "no longer valid",
        "no longer available", "no longer exist",
        "no longer employed", "no longer work", "no longer with", "no longer in use", "no longer here",
        "left the company",
        "inactive email address", "does not like recipient", "has moved", "user has moved", "moved to",
        "not on this system", "no user by that name", "no users here by that name", "not known at this",
        "not in directory", "not present in directory", "couldn't find any host by that address",
        "destination address does not", "delivery address does not", "mailbox is unknown", "unknown to",
        "is not a registered", "not a registered", "address is marked as invalid", "unallocated", "address invalid",
        "unbekannt", "existiert nicht", "inconnu", "n'existe pas", "no existe", "non esiste", "utente sconosciuto",
        "neexistuje", "nie istnieje", "não existe",
      ]
    ),
    (
      .hostUnknown,
      [
        "host unknown", "unrouteable address", "unroutable address", "host is unknown", "unknown host",
        "host not found", "host name lookup failure", "hostname lookup failure",
        "domain not found",
        "domain does not exist", "domain doesn't exist", "domain name not found", "no such domain", "unknown domain",
        "domain unknown", "name service error", "name or service not known", "nxdomain", "no mx or a", "no mx record",
        "no valid mx", "illegal host", "bad domain", "invalid domain", "host or domain name not found",
        "all relevant mx records point to non-existent hosts", "unrouteable mail domain", "unroutable mail domain",
        "unroutable domain",
        "cannot resolve", "could not resolve", "unable to resolve", "dns error", "dns lookup", "no route to domain",
        "does not accept mail", "doesn't receive email", "doesn't accept", "null mx", "nullmx", "has no mail exchanger",
        "host was not found",
        "couldn't find any host", "unable to find host", "can't find host", "bad host",
      ]
    ),
    (
      .blocked,
      [
        "blacklist", "black list", "black-list", "blocklist", "block list", "block-list", "blocked using", "spamhaus",
        "spamcop", "sorbs", "barracudacentral", "rbl", "dnsbl", "denylist", "deny list", "listed in", "listed at",
        "poor reputation", "bad reputation", "low reputation", "reputation of", "blocked by", "is blocked",
        "has been blocked", "been blocked", "block rule", "unsolicited", "user complaints", "service refuse",
        "blocked for", "connection refused by policy", "banned", "policy reasons", "(bl)", "ip blocked", "blocked ip",
      ]
    ),
    (
      .spam,
      [
        "spam", "junk", "virus", "malware", "bulk email", "bulk mail", " ube", "phishing", "trojan", "infected",
        "suspicious", "malicious", "unwanted",
      ]
    ),
    (
      .policy,
      [
        "access denied", "groups.google.com", "denied by policy", "policy violation", "security polic", "violates",
        "local policy",
        "policy restriction", "rejected for policy", "policy", "not permitted", "not allowed", "prohibited",
        "refused by", "message refused", "mail refused", "message rejected", "mail rejected", "email rejected",
        "envelope blocked", "rejected due to", "delivery not authorized", "not authorized", "permission denied",
        "transaction failed", "service unavailable", "message was rejected", "was rejected by", "has been rejected",
        "rejected by", "unacceptable", "not accepted", "does not accept", "refused to accept",
      ]
    ),
    (
      .content,
      [
        "content rejected", "rfc 5322", "rfc 2822", "not rfc", "header error", "headers too large",
        "multiple subject", "message content", "malformed", "attachment", "illegal attachment", "format error",
        "conversion required", "bare lf", "bare cr", "line too long", "8bit", "smtputf8", "invalid header",
        "missing header",
      ]
    ),
    (
      .expired,
      [
        "delivery time expired", "delivery expired", "expired", "timeout exceeded", "retry timeout",
        "retry time not reached", "been in the queue too long", "too long in queue", "queue too long",
        "in the queue too long", "cannot send message for", "could not be delivered for",
        "could not send message for past", "unable to deliver message for", "giving up", "message timed out",
        "retry limit", "not been delivered after", "unable to deliver this message after", "has been delayed",
        "message expired", "too old", "maximum retry",
      ]
    ),
    (
      .network,
      [
        "connection refused", "connection timed out", "connection reset", "connection dropped",
        "connection was dropped", "connection lost", "lost connection", "connection failed", "connection closed",
        "connection failure", "could not connect", "couldn't connect", "cannot connect", "unable to connect",
        "connect to", "connecting to", "network unreachable", "network is unreachable", "network error",
        "no route to host", "host unreachable", "host is down", "host not reachable", "not reachable", "not responding",
        "not accept our requests to connect", "did not accept our requests", "operation timed out", "timed out",
        "time out", "timeout", "deferred", "read error", "socket error", "handshake", "starttls", " tls ",
        "no answer from host", "bad connection", "initiate smtp conversation", "dropped by remote host",
        "couldn't find any host named", "unable to contact", "failed to connect", "could not be contacted",
        "server is temporarily",
      ]
    ),
    (
      .mailLoop,
      [
        "too many hops", "mail loop", "loops back to", "forwarding loop", "routing loop", "loop detected", "mail loops",
        "hop count", "too many received", "loop count", "looping",
      ]
    ),
    (
      .system,
      [
        "local error", "internal error", "system error", "configuration error", "misconfigur", "insufficient disk",
        "insufficient system", "disk full", "no space left on", "temporary failure", "temporary error", "local problem",
        "resources", "command output", "child status", "pipe to", "command died", "unexpected failure", "i/o error",
        "input/output", "out of memory", "cannot open", "can't create", "operating system error", "queue file",
        "mail system", "mailer error", "protocol error", "syntax error", "unexpected response", "program failed",
        "failed to read",
      ]
    ),
  ]

  private static let natures: [(ReportSign, [String])] = [
    (
      .filtered,
      [
        "in reply to end of data", "in reply to data", "after end of data", ">>> data", "smtp command data",
        "command output", "550 : user unknown",
      ]
    ),
    (
      .failure,
      [
        "could not be delivered", "couldn't be delivered", "cannot be delivered", "can't be delivered",
        "can not be delivered", "was not delivered", "wasn't delivered", "were not delivered", "has not been delivered",
        "not be delivered", "unable to deliver", "unable to be delivered", "not able to deliver", "undeliverable",
        "undelivered", "error delivering", "attempting to deliver", "trying to deliver", "not able to deliver",
        "undeliverable", "delivery failed", "delivery has failed", "delivery failure",
        "delivery to the following", "delevery to the following", "failed permanently", "permanent error",
        "permanent fatal error", "fatal error", "could not deliver", "couldn't deliver", "cannot deliver",
        "did not reach the following", "failure notice", "delivery status notification (failure)",
        "mail delivery failed", "returned mail", "returned to sender", "returning message to sender",
        "message delivery has failed", "non-delivery", "nondeliver", "bounced message", "failed to deliver",
        "failed to reach", "has been returned", "was returned", "delivery of email to this", "delivery error",
        "error sending your mail", "trouble delivering", "had trouble delivering", "could not send",
        "permanently failed", "failed delivery", "failed recipient", "was rejected by", "were rejected by",
        "mail system error", "delivery problem", "not reach", "the following recipients returned permanent errors",
        "the following addresses had", "unknown recipient", "user unknown", "the following address(es) failed",
        "not a member of this mailing list", "you are not member", "is not listed in", "could not reach",
        "we're writing to let you know that the group", "message could not", "message not delivered", "mail could not",
        "mailbox is full", "mailbox exceeds", "unzustellbar", "nicht zugestellt", "konnte nicht", "nicht ausgeliefert",
        "non remis", "n'a pas pu", "n'a pu", "no se pudo", "no se ha podido", "non recapitabile",
        "impossibile recapitare", "no entregado", "não foi possível", "niet worden bezorgd", "nie dostarczono",
        "ne peut être",
      ]
    ),
    (
      .trouble,
      [
        "delivery", "error", "failed", "failure", "rejected", "unreachable", "bounce", "returned", "problem",
      ]
    ),
    (
      .delay,
      [
        "delayed mail", "has been delayed", "is delayed", "was delayed", "delayed 24 hours", "delayed for", "(delay)",
        "delivery delay", "warning message only", "this is a warning", "has not yet been delivered",
        "not yet been delivered", "no action is required", "will be retried", "will continue to", "will keep trying",
        "still being retried", "still trying", "still undelivered", "delivery attempts will continue",
        "temporarily delayed", "delivery is delayed", "do not need to resend", "you do not need to",
        "temporarily deferred delivery", "warning: could not send message", "transient non-fatal",
        "could not send message for past", "wird weiter versucht",
      ]
    ),
    (
      .success,
      [
        "successfully delivered", "was delivered", "successfully relayed", "has been delivered",
        "delivery was successful", "message was successfully", "successful mail delivery",
        "delivery status notification (success)", "delivered to the recipient", "has been successfully",
      ]
    ),
    (
      .announcement,
      [
        "following address", "following recipient", "following user", "following destination", "these addresses",
        "these recipients", "the address", "this address", "this recipient", "failed recipient", "recipient(s):",
        "recipients:", "was not delivered to", "could not be delivered to", "not be delivered to", "undeliverable to",
        "unable to deliver message to", "unable to deliver to", "addresses had", "addresses failed", "delivered to:",
        "to which the message", "not reach the", "delivery to", "recipient:", "recipient address:", "final recipient:",
        "original-recipient:", "final-recipient:", "failed address", "returned permanent errors:", "to the following",
        "invalid address",
      ]
    ),
    (
      .challenge,
      [
        "please confirm", "confirm your", "confirm that you", "confirmation required", "to verify that", "verify your",
        "please verify you", "challenge", "held for", "is being held", "awaiting approval", "pending approval",
        "awaits moderator", "moderator approval", "quarantine", "simply reply to this", "reply to this message to",
        "whitelist", "approved sender", "complete the request", "click the link below to", "release your message",
        "will be delivered once", "unconfirmed",
      ]
    ),
    (
      .absence,
      [
        "out of office", "out of the office", "out-of-office", "vacation", "auto-reply", "autoreply", "auto reply",
        "automatic reply", "automated reply", "auto-response", "autoresponse", "autoresponder", "i am away", "i'm away",
        "on holiday", "on leave", "annual leave", "maternity leave", "will be back", "i will return", "abwesend",
        "abwesenheit", "nicht im haus", "nicht im büro", "absent", "fuera de la oficina", "afwezig",
        "automatische antwort", "réponse automatique", "we have received your", "thank you for your e",
        "thank you for contacting", "your message has been received", "ticket has been", "support request",
      ]
    ),
    (
      .copy,
      [
        "copy of the message", "copy of your message", "original message follows", "original message is following",
        "original message -", "original message headers", "header of the original message", "headers of the original",
        "header of your message", "message header follows", "message headers follow", "message text follows",
        "unsent message follows", "unsent message below", "returned message follows", "text of your message",
        "of your original message", "begin message", "begin returned message", "start of returned message",
        "message follows", "returned content", "original mail follows", "undelivered message follows", "headers follow",
        "message contents follow", "below this line is", "headers are:", "returned message",
      ]
    ),
  ]
}
