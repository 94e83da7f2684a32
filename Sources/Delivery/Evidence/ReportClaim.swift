import Mail

/// A received message as far as it bears on us: what it reports, and every token it shows as proof.
struct ReportClaim: Sendable {
  let report: Report
  /// Tokens in the addresses it came to.
  let tokens: [VERPToken]
  /// What its ENVID says, if that has our form; the token in it is still to be checked.
  let envelopeID: ReturnPath.EnvelopeID?
  /// Its own Message-ID, without brackets.
  let ownMessageID: String?

  /// A mail of ours has one recipient. A report of it may name a few more, where an alias led; one that names a crowd is
  /// about something else, or fishes for a name.
  static let mostRecipients = 10
  /// More addresses in its header than these are not looked at.
  private static let mostAddresses = 50

  /// The fields in which receiving systems tell to whom a message came.
  private static let recipientFields = [
    "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "to", "cc",
  ]

  init(_ message: ReceivedMessage, returnPath: ReturnPath) {
    report = Report(reading: message.octets)
    // The message's own header only: what it quotes further down is known to whoever got the mail that it quotes.
    let fields = ReceivedFields.read(message.octets[...]).fields
    let told = [message.recipient].compactMap { $0 } + Self.recipientFields.flatMap { fields.all($0) }
    tokens = told.lazy.flatMap(Self.addresses).prefix(Self.mostAddresses).compactMap(returnPath.token).reduce(into: [])
    {
      if !$0.contains($1) { $0.append($1) }
    }
    envelopeID = report.envelopeID.flatMap { ReturnPath.EnvelopeID($0) }
    ownMessageID = fields.first("message-id").map { String($0.drop { $0 == "<" }.prefix { $0 != ">" }) }
  }

  /// The worst that it says: of anybody if it is bad, of `recipient` only if it is good. Nil if it says nothing.
  func verdict(for recipient: Address?) -> (level: KeptReport.Level, by: Report.Recipient)? {
    let failed = report.recipients.filter { $0.action == .failed }
    if let hard = failed.first(where: { $0.kind == .hard }) { return (.hard, hard) }
    if let soft = failed.first { return (.soft, soft) }
    if let delayed = report.recipients.first(where: { $0.action == .delayed }) { return (.delayed, delayed) }
    guard let recipient, report.recipients.count <= Self.mostRecipients else { return nil }
    let named = report.recipients.filter { $0.names(recipient) }
    if let delivered = named.first(where: { $0.action == .delivered }) { return (.delivered, delivered) }
    return named.first { $0.action == .relayed || $0.action == .expanded }.map { (.relayed, $0) }
  }

  /// The failure of `recipient` that it claims without any proof.
  func unprovenFailure(of recipient: Address) -> Report.Recipient? {
    guard report.recipients.count <= Self.mostRecipients else { return nil }
    return report.recipients.first { $0.action == .failed && $0.names(recipient) }
  }

  /// Whatever looks like an address in the value of a field.
  private static func addresses(in value: String) -> [String] {
    value.split { !isAddressText($0) }.filter { $0.contains("@") }.map { String($0) }
  }

  private static func isAddressText(_ character: Character) -> Bool {
    !character.isWhitespace && !#"<>,;:"()[]"#.contains(character)
  }
}
