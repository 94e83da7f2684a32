// What mail systems and robots write about a mail: how reports begin, and what is no report. In the form of `PlainWords`.

extension ReportSign {
  static let natures: [(ReportSign, [String])] = [
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
        "could not be delivered", "wasn't able to deliver", "was not able to deliver", "been unable to deliver",
        "undeliverable due to", "were unknown", "had delivery problems", "delivery problems", "could not be reached",
        "cannot be reached", "did not reach", "hasn't been delivered", "not deliver your", "not delivered to",
        "unable to send", "not be sent", "failed to be delivered", "message failed", "failed to send",
        "delivery was unsuccessful", "unsuccessful delivery", "address not found", "message blocked", "can't deliver",
        "rejected your message", "your message was rejected", "message was not sent", "message has been rejected",
        "mail delivery problem", "mail failure", "delivery notification: delivery has failed", "undelivrable",
        "unzustellbare", "zustellung fehlgeschlagen", "fehlgeschlagen", "échec", "no entregable", "mancata consegna",
        "falha na entrega", "kon niet", "couldn't be delivered", "cannot be delivered", "can't be delivered",
        "can not be delivered", "was not delivered", "wasn't delivered", "were not delivered", "has not been delivered",
        "not be delivered", "unable to deliver", "unable to be delivered", "not able to deliver", "undeliverable",
        "undelivered", "error delivering", "attempting to deliver", "trying to deliver", "delivery failed",
        "delivery has failed", "delivery failure",
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
        "delayed mail", "temporarily unable to deliver", "has not been delivered yet", "not been delivered yet",
        "retry for", "continue to try", "keep trying", "still in queue", "noch nicht zugestellt", "mail delay",
        "has been delayed", "is delayed", "was delayed", "delayed 24 hours", "delayed for", "(delay)",
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
        "delivery was successful", "message was successfully", "successful mail delivery", "successful delivery",
        "had successful",
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
        "copy of the message", "original mail", "original message was", "your message reads", "message reads",
        "first lines of your", "lines of your original", "included is a copy", "your original message",
        "original message:", "unsent message", "copy of your message", "original message follows",
        "original message is following",
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
