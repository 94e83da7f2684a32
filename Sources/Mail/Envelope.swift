/// What the relay is told about a mail outside of it: reverse-path, one recipient, and the wish for reports.
///
/// The command lines are made here, from parsed values only, and a parameter stands in them exactly when the relay
/// offered its keyword: an unasked-for parameter is a permanent refusal with some relays (555).
package struct Envelope: Sendable, Hashable {
  /// Nil is the null reverse-path `<>`.
  package let sender: Address?
  package let recipient: Address
  package let dsn: DSNRequest

  package init(sender: Address?, recipient: Address, dsn: DSNRequest) {
    self.sender = sender
    self.recipient = recipient
    self.dsn = dsn
  }

  /// True if the session must offer SMTPUTF8.
  package var needsSMTPUTF8: Bool { recipient.needsSMTPUTF8 || sender?.needsSMTPUTF8 == true }

  /// `MAIL FROM:<…>` with its parameters, without CRLF. `size` is that of the message in octets, before dot-stuffing.
  package func mailCommand(_ offered: Capabilities, size: Int) throws(EnvelopeError) -> String {
    if needsSMTPUTF8 && !offered.smtputf8 { throw .needsSMTPUTF8 }
    var line = "MAIL FROM:<\(sender?.text ?? "")>"
    if offered.offersSize { line += " SIZE=\(size)" }
    if offered.dsn { line += " RET=HDRS ENVID=\(XText.encode(dsn.envid))" }
    if needsSMTPUTF8 { line += " SMTPUTF8" }
    return line
  }

  /// `RCPT TO:<…>` with its parameters, without CRLF.
  package func rcptCommand(_ offered: Capabilities) throws(EnvelopeError) -> String {
    if needsSMTPUTF8 && !offered.smtputf8 { throw .needsSMTPUTF8 }
    var line = "RCPT TO:<\(recipient.text)>"
    if offered.dsn {
      let notify = DSNRequest.Condition.allCases.filter(dsn.notify.contains)
      line += " NOTIFY=" + (notify.isEmpty ? "NEVER" : notify.map(\.rawValue).joined(separator: ","))
      // RFC 6533 §3 has a type of its own for addresses with UTF-8 in the local part; it is left out for them, since a
      // relay may know SMTPUTF8 and still not that.
      if !recipient.needsSMTPUTF8 { line += " ORCPT=rfc822;\(XText.encode(recipient.text))" }
    }
    return line
  }
}

/// Why an envelope cannot be told to this relay.
package enum EnvelopeError: Error, Sendable, Hashable {
  case needsSMTPUTF8
}

/// The wish for delivery status notifications (RFC 3461): headers only, so that the content stays out of reports.
package struct DSNRequest: Sendable, Hashable {
  package enum Condition: String, Sendable, Hashable, CaseIterable {
    case success = "SUCCESS"
    case failure = "FAILURE"
    case delay = "DELAY"
  }
  /// Comes back as Original-Envelope-Id; written in xtext, at most 100 characters (RFC 3461 §4.4).
  package let envid: String
  package let notify: Set<Condition>

  package init(envid: String, notify: Set<Condition> = Set(Condition.allCases)) {
    self.envid = envid
    self.notify = notify
  }
}

extension Envelope: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "<envelope>" }
  package var debugDescription: String { "<envelope>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
