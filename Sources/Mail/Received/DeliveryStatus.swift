/// The part of a report that is for machines (RFC 3464): what it says of a mail, and of each of its recipients.
///
/// It is a claim, not a fact: anybody can write one. Whether it is believed is decided by what it can prove.
package struct DeliveryStatus: Sendable, Hashable {
  /// One recipient's fields (§2.3).
  package struct Recipient: Sendable, Hashable {
    /// As written behind the type, without brackets; may be xtext with some servers.
    package let final: String?
    package let original: String?
    package let action: Report.Action?
    /// The more telling of Status and the code within Diagnostic-Code, as long as they agree on the class.
    package let status: EnhancedStatus?
    /// What the other server said, without its type.
    package let diagnostic: String?
  }

  /// The ENVID of the mail, as MAIL had it (§2.2.1).
  package let envelopeID: String?
  package let reportingMTA: String?
  package let recipients: [Recipient]

  /// More recipients are not read.
  static let most = 200

  /// Nil unless the part is one, and speaks of at least one recipient.
  package init?(_ part: ReceivedPart) {
    guard part.type.is("message/delivery-status") || part.type.is("message/global-delivery-status") else { return nil }
    self.init(fields: part.octets)
  }

  /// Reads groups of fields between empty lines: the mail's, then one for each recipient. Some servers leave the empty
  /// line after the first group out, or write several.
  init?(fields octets: ArraySlice<UInt8>) {
    var rest = octets
    var mail = ReceivedFields()
    var recipients: [Recipient] = []
    while !rest.isEmpty, recipients.count < Self.most {
      let (group, next) = ReceivedFields.read(rest)
      // A line that is no field holds nothing up.
      rest = next.startIndex > rest.startIndex ? next : Line.first(of: rest).rest
      if mail.fields.isEmpty { mail = group }
      if let recipient = Recipient(group) { recipients.append(recipient) }
    }
    guard !recipients.isEmpty else { return nil }
    // Exim writes it as it came over SMTP, others what it means (RFC 3464 §2.2.1).
    envelopeID = mail.first("original-envelope-id").map { XText.meant($0) ?? $0 }
    reportingMTA = mail.first("reporting-mta").map { Self.untyped($0) }
    self.recipients = recipients
  }

  /// What stands behind the type of `type; text`.
  fileprivate static func untyped(_ value: String) -> String {
    guard let end = value.firstIndex(of: ";") else { return value }
    return String(value[value.index(after: end)...]).trimmed
  }
}

extension DeliveryStatus.Recipient {
  fileprivate init?(_ fields: ReceivedFields) {
    guard fields.first("final-recipient") != nil || fields.first("original-recipient") != nil else { return nil }
    final = fields.first("final-recipient").flatMap(Self.address)
    original = fields.first("original-recipient").flatMap(Self.address)
    // `relayed (to non-DSN-aware mailer)` is one of sendmail's.
    action = fields.first("action").flatMap { value in
      let word = String(value.lowercased().prefix { $0.isLetter })
      return Report.Action(rawValue: word) ?? (Self.failures.contains(word) ? .failed : nil)
    }
    diagnostic = fields.first("diagnostic-code").map(DeliveryStatus.untyped)
    let told = fields.first("status").flatMap { EnhancedStatus(parsing: $0.prefix { $0.isNumber || $0 == "." }) }
    status = Self.moreTelling(told, diagnostic.flatMap(Self.code))
  }

  /// What some services write for `failed`.
  private static let failures: Set<String> = ["expired", "failure", "bounced", "undeliverable", "rejected"]

  /// The address that was mailed to: the original one, or else the final one.
  var mailed: String {
    guard let original else { return final ?? "" }
    return original.lowercased() == final?.lowercased() ? original : XText.meant(original) ?? original
  }

  /// Every way in which the address is written here, in lower case, and what stands behind xtext.
  var spellings: [String] {
    let written = [original, final].compactMap { $0 }
    return (written + written.compactMap { XText.meant($0) }).map { $0.lowercased() }
  }

  /// What stands behind the type, without the brackets that some write; nil if nothing does.
  private static func address(_ value: String) -> String? {
    var text = DeliveryStatus.untyped(value)
    if text.hasPrefix("<"), text.hasSuffix(">") { text = String(text.dropFirst().dropLast()).trimmed }
    return text.isEmpty ? nil : unembedded(text)
  }

  /// `\x{F6}` within an address is the character of that number (RFC 6533 §3).
  private static func unembedded(_ text: String) -> String {
    let pieces = text.split(separator: "\\x{", omittingEmptySubsequences: false)
    guard pieces.count > 1 else { return text }
    return pieces.dropFirst().reduce(String(pieces[0])) { whole, piece in
      guard let end = piece.firstIndex(of: "}"), let number = UInt32(piece[..<end], radix: 16),
        let character = Unicode.Scalar(number), number >= 0x20
      else { return whole + "\\x{" + piece }
      return whole + String(character) + piece[piece.index(after: end)...]
    }
  }

  /// `5.0.0` says nothing that `5.1.1` does not say better; a code of another class is about something else.
  private static func moreTelling(_ told: EnhancedStatus?, _ said: EnhancedStatus?) -> EnhancedStatus? {
    guard let told else { return said }
    guard let said, said.class == told.class, told.subject == 0 || told.detail == 0, said.subject != 0 else {
      return told
    }
    return told.subject == 0 || said.subject == told.subject ? said : told
  }

  /// The enhanced code right behind a reply's code, such as in `550 5.1.1 no such user` or `550-5.1.1 …`; anywhere else it
  /// may be about something else.
  static func code(in text: String) -> EnhancedStatus? {
    var isBehindCode = false
    for word in text.split(whereSeparator: { " -'#(:".contains($0) }).prefix(64) {
      let number = word.prefix { $0.isNumber || $0 == "." }
      if isBehindCode, let status = EnhancedStatus(parsing: number) { return status }
      isBehindCode = number.count == 3 && number.count == word.count && number.allSatisfy(\.isNumber)
    }
    return nil
  }
}
