extension Report {
  /// Reads a message; one that is no report has no recipients.
  package init(reading message: [UInt8]) {
    self.init()
    for part in ReceivedPart(message).all {
      if let status = DeliveryStatus(part) {
        envelopeID = envelopeID ?? status.envelopeID
        recipients += status.recipients.map(Recipient.init)
      } else if part.fields.first("message-id") != nil, !recipients.isEmpty {
        originalMessageID = originalMessageID ?? part.fields.first("message-id").map(Self.bare)
      }
    }
  }

  private static func bare(_ id: String) -> String { String(id.drop { $0 == "<" }.prefix { $0 != ">" }) }
}

extension Report.Recipient {
  fileprivate init(_ told: DeliveryStatus.Recipient) {
    let written = [told.original, told.final].compactMap { $0 }
    let action = told.action ?? .failed
    let kind: Report.Kind =
      switch action {
      case .failed: told.status?.subject == 1 ? .hard : .soft
      case .delayed: .delayed
      case .delivered, .relayed, .expanded: .delivered
      }
    self.init(
      address: written.first ?? "", aliases: Array(written.dropFirst()) + written.compactMap { XText.decode($0) },
      action: action, status: told.status, kind: kind, reason: kind == .delivered ? .delivered : .unknown)
  }
}
