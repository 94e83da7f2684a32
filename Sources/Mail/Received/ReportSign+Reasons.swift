// The words of mail software in wide use, in its versions of thirty years, and of RFC 3463's own descriptions.
//
// A phrase is written as `PlainWords` makes a text: small letters, single blanks, no addresses. It is as short as it can be
// without meaning something else elsewhere.

extension ReportSign {
  static let reasons: [(ReportSign, [String])] = [
    (
      .mailboxFull,
      [
        "mailbox full", "mailbox for is full", "mailbox of is full", "mailbox has reached", "no space in mailbox",
        "email storage", "storage exceeded", "exceeded the storage", "over the storage", "over its storage",
        "exceeded mailbox", "exceeded email quota", "quota for", "speicherplatz", "boîte aux lettres pleine",
        "bandeja de entrada llena", "caixa postal cheia", "mailbox is full", "mailbox are full", "mail box full",
        "mailbox has exceeded",
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
        "message too large", "message was too large", "message size is", "message size of", "exceeds the limit",
        "exceeds limit", "length exceeds", "exceeds administrative limit", "larger than the",
        "greater than maximum allowable", "over the size limit", "larger than the maximum", "message too big",
        "message is too large", "message is too big", "mail too large",
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
        "account disabled", "mailbox has been disabled", "has been deactivated", "has been disabled",
        "has been discontinued", "has been closed", "has been terminated", "is terminated", "account terminated",
        "mail account is", "not accepting mail", "not accepting messages", "is not accepting", "no longer accepts",
        "no longer accepting", "currently suspended",
        "has been suspended", "was suspended", "disabled account", "disabled user", "closed account",
        "konto deaktiviert", "disabled recipient", "account is disabled", "account has been disabled",
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
        "too many connections", "too many sessions", "too many invalid", "too many errors", "too much mail",
        "too much traffic", "exceeded the maximum number", "exceeds the maximum number", "maximum number of messages",
        "maximum number of connections", "hourly limit", "daily limit", "limit exceeded for", "quota of messages",
        "over rate", "rate-limit", "rate control", "sending too", "greylist", "graylist", "grey list", "grey-list",
        "too many concurrent",
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
        "user unknown", "unknown username", "name is not recognized", "not recognized", "not recognised",
        "at the organization", "nonexistent", "non-existent user", "non-existent mailbox", "address couldn't be",
        "mailbox is unavailable", "mailbox unreachable", "no longer on server", "not a user", "is not valid",
        "is invalid", "invalid e-mail", "invalid email", "invalid account", "invalid local", "wrong address",
        "undefined user", "unknown email", "unknown name", "unknown person", "no matching", "user is unknown",
        "isn't a valid", "is no longer", "does not have a mailbox", "has no mailbox", "have an account here", "not our",
        "mailbox not", "empfänger unbekannt", "adresse inconnue", "usuario desconocido", "destinatario desconocido",
        "utilisateur inconnu", "onbekend", "okänd", "nieznany", "no valid recipients", "unknown user",
        "unknown or illegal alias", "unknown recipient",
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
        "host unknown", "unknown mail host", "unable to locate", "host or domain", "dns failure", "dns problem",
        "no dns", "no such host", "server not found", "no address associated", "non-existent domain",
        "nonexistent domain", "invalid hostname", "unresolvable", "could not be resolved", "domain was not found",
        "domain wasn't found", "unrouteable address", "unroutable address", "host is unknown", "unknown host",
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
        "blacklist", "denylisted", "blocklisted", "dns block", "listed by", "client host blocked", "banned sending",
        "policy block", "ip address blocked", "is listed", "block listed", "block lists", "access list", "black list",
        "black-list", "blocklist", "block list", "block-list", "blocked using", "spamhaus",
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
        "access denied", "rejected for", "policy reject", "by policy", " rule", "rejecting", "not welcome", "closed to",
        " private", "discarded", "groups.google.com", "denied by policy", "policy violation", "security polic",
        "violates",
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
        "delivery time expired", "time expired", "exceeded the maximum time", "maximum time", "attempted for",
        "been trying to deliver", "were unsuccessful", "was unsuccessful", "queued too long", "undeliverable for",
        "given up", "been undeliverable", "delivery expired", "expired", "timeout exceeded", "retry timeout",
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
        "connection refused", "refused connection", "connection has been", "connection aborted", "unreachable",
        "did not respond", "does not respond", "not respond", "communication failure", "no connection",
        "could not contact", "could not open connection", "failed to establish", "server is down",
        "server is unavailable", "host is not", "host or network", "cannot reach", "could not reach host", "abandoned",
        "connection timed out", "connection reset", "connection dropped",
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
}
