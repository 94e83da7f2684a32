/// A whole mail (RFC 5322): made once, its bytes never change on a retry.
package struct Message: Sendable {
  private let headers: [Header]
  private let content: Part
  private let id: MessageID
  /// True if an address in the headers needs SMTPUTF8 (RFC 6531), and the headers hold UTF-8 therefore.
  package let needsSMTPUTF8: Bool

  /// A mail of a machine, and said to be one: `Auto-Submitted` (RFC 3834 §5), and no out-of-office answers wanted, while
  /// reports stay welcome.
  ///
  /// - Parameters:
  ///   - subject: one line; text beyond ASCII is encoded.
  ///   - extra: further fields, such as `References`.
  /// - Throws: `HeaderError.value` too for a field beyond ASCII in a mail that does not need SMTPUTF8.
  package init(
    from: Mailbox, to recipient: Address, replyTo: Mailbox? = nil, subject: String, date: Timestamp, id: MessageID,
    extra: [Header] = [], content: Part
  ) throws(HeaderError) {
    var headers = [
      try Header("Date", date.rfc5322), try Header("From", from.headerText), try Header("To", recipient.text),
      try Header("Message-ID", id.text), try Header.text("Subject", subject),
    ]
    if let replyTo { headers.append(try Header("Reply-To", replyTo.headerText)) }
    headers += [
      try Header("Auto-Submitted", "auto-generated"), try Header("X-Auto-Response-Suppress", "OOF, AutoReply"),
    ]
    headers += extra
    headers.append(try Header("MIME-Version", "1.0"))
    let addresses = [from.address, recipient] + [replyTo?.address].compactMap(\.self)
    needsSMTPUTF8 = addresses.contains(where: \.needsSMTPUTF8)
    guard needsSMTPUTF8 || headers.allSatisfy({ $0.value.utf8.allSatisfy { $0 < 0x80 } }) else { throw .value }
    self.headers = headers
    self.content = content
    self.id = id
  }

  /// The bytes: CRLF only; 7-bit clean (but for addresses that need SMTPUTF8); body lines at most 76 characters.
  package func bytes() -> [UInt8] {
    headers.flatMap(\.bytes) + content.bytes(seed: seed)
  }

  /// Boundaries are made from the Message-ID, so that the same mail has the same bytes. They begin with `=_`, which neither
  /// base64 nor quoted-printable can write (RFC 2045 §6.7), so no body line can be taken for one.
  private var seed: String {
    String(id.text.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(26))
  }
}

extension Message: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "<message>" }
  package var debugDescription: String { "<message>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
