extension Report {
  /// Reads a message; one that is no report has no recipients. The work grows no faster than the message.
  package init(reading message: [UInt8]) {
    self.init()
    let root = ReceivedPart(message)
    let parts = root.own
    // Read receipts (RFC 8098) and complaints (RFC 5965) tell of a mail that has arrived.
    guard !parts.contains(where: { Self.others.contains("\($0.type.type)/\($0.type.subtype)") }) else { return }
    let words = Self.words(of: parts)
    let returned = parts.lazy.compactMap(Self.returned).first ?? words.quoted
    var statuses = parts.compactMap(DeliveryStatus.init)
    if statuses.isEmpty, let status = words.status { statuses = [status] }
    if !statuses.isEmpty {
      guard ReportAuthor(root.fields).mayReport else { return }
      recipients = statuses.flatMap(\.recipients).prefix(DeliveryStatus.most).compactMap { Recipient($0, words) }
      if !recipients.isEmpty { envelopeID = statuses.lazy.compactMap(\.envelopeID).first }
    } else if let report = WordedReport(root.fields, words, returned: returned) {
      recipients = report.recipients
    }
    guard !recipients.isEmpty else { return }
    originalMessageID = (returned?.first("message-id") ?? Self.answered(root.fields)).map(Self.bare)
  }

  private static let others: Set<String> = [
    "message/disposition-notification", "message/global-disposition-notification", "message/feedback-report",
  ]

  /// The report's own text: plain if there is any, else HTML without its tags.
  private static func words(of parts: [ReceivedPart]) -> OwnWords {
    let texts = parts.filter { $0.type.type == "text" && $0.parts.isEmpty }
    if let plain = texts.first(where: { $0.type.subtype != "html" && !$0.body.isEmpty }) {
      return OwnWords(plain.octets)
    }
    if let html = texts.first { return OwnWords(HTMLText.plain(html.octets)[...]) }
    return parts.first.map { OwnWords($0.body) } ?? OwnWords()
  }

  /// The header of the mail that a part holds, or nil.
  private static func returned(_ part: ReceivedPart) -> ReceivedFields? {
    part.parts.first.flatMap { part.type.type == "multipart" ? nil : $0.fields }
  }

  /// What a report without the mail itself names as that (RFC 5322 §3.6.4).
  private static func answered(_ fields: ReceivedFields) -> String? {
    fields.first("in-reply-to") ?? fields.first("references")?.split(separator: " ").last.map(String.init)
  }

  private static func bare(_ id: String) -> String {
    guard let begin = id.firstIndex(of: "<") else { return id.trimmed }
    return String(id[id.index(after: begin)...].prefix { $0 != ">" }).trimmed
  }
}

extension Report.Recipient {
  /// What the fields tell of a recipient, and the words where the fields are silent.
  ///
  /// Nil if they tell neither an action nor a status: what is cut off there may be good news as well as bad.
  fileprivate init?(_ told: DeliveryStatus.Recipient, _ words: OwnWords) {
    guard let action = told.action ?? told.status.map(Self.action) else { return nil }
    let spellings = told.spellings
    var diagnosis = told.diagnostic.map { Diagnosis($0.utf8) } ?? Diagnosis()
    let block = action == .delivered ? nil : words.block(about: spellings)
    if let block { diagnosis = diagnosis.completed(by: Diagnosis(block)) }
    // The status told counts; where it says nothing, and no diagnostic stands beside it, the words may say it better.
    diagnosis.status = told.status
    if told.diagnostic == nil, let status = told.status, status.subject == 0, let block,
      let better = DeliveryStatus.Recipient.code(in: String(decoding: block, as: UTF8.self)),
      better.class == status.class
    {
      diagnosis.status = better
    }
    self.init(
      address: told.mailed, aliases: spellings.filter { $0 != told.mailed.lowercased() }, action: action,
      diagnosis: diagnosis)
  }

  /// The action where none is told.
  private static func action(_ status: EnhancedStatus) -> Report.Action {
    switch status.class {
    case 2: .delivered
    case 4: .delayed
    default: .failed
    }
  }
}
