/// A report in words only, without fields for machines: who wrote it, what it says, and of which addresses.
///
/// There is no rule to such reports. Three things together make one: it comes from a mail system and not from a person, it
/// says that a mail failed or is late, and it names an address where reports name theirs.
struct WordedReport: Sendable {
  let recipients: [Report.Recipient]

  /// Nil if the message is no report.
  ///
  /// - Parameters:
  ///   - header: of the message itself.
  ///   - returned: the header of the mail it speaks of, if that is quoted.
  init?(_ header: ReceivedFields, _ words: OwnWords, returned: ReceivedFields?) {
    let lines = words.lines
    let signs = lines.reduce(0) { $0 | $1.signs }
    let subject = ReportSign.matcher.signs(in: PlainWords((header.first("subject") ?? "").utf8).octets)
    let author = ReportAuthor(header)
    guard author.writesReport(subject: subject, text: signs, returnsMail: returned != nil) else { return nil }
    // Good news in words proves nothing; it must not be read as bad news.
    guard !subject.has(.success), !signs.has(.success) || subject.has(.failure) else { return nil }

    let failed = header.all("x-failed-recipients").flatMap { AddressMention.all(in: Array($0.utf8)[...]) }
    let mentions = Self.mentions(
      lines, header, returned, failed: Set(failed.map { $0.address.lowercased() }))
    let isDelay = subject.has(.delay) || (signs.has(.delay) && !subject.has(.failure))
    let whole = Diagnosis(Array(lines.lazy.map(\.text).joined(separator: [0x20])))
    var found: [Report.Recipient] = []
    for (line, address) in mentions {
      let said = Diagnosis(lines.block(at: line, about: [address.lowercased()]))
      found.append(
        .init(address, said.completed(by: mentions.count == 1 ? whole : Diagnosis()), isDelay: isDelay))
    }
    if found.isEmpty {
      let addresses = failed.isEmpty ? Self.addressees(of: returned) : failed.map(\.address)
      guard addresses.count == 1 || !failed.isEmpty else { return nil }
      found = addresses.map { .init($0, whole, isDelay: isDelay) }
    }
    recipients = found
  }

  /// The addresses that the report is about, in order, with the numbers of their lines.
  private static func mentions(
    _ lines: [SignedLine], _ header: ReceivedFields, _ returned: ReceivedFields?, failed: Set<String>
  ) -> [(line: Int, address: String)] {
    let own = Set((header.all("to") + header.all("delivered-to")).flatMap(Self.addresses).map { $0.lowercased() })
    let mailed = Set(addressees(of: returned).map { $0.lowercased() })
    var announced = false
    var ranked: [(rank: Int, line: Int, address: String)] = []
    for (number, line) in lines.enumerated() {
      guard !line.mentions.isEmpty else {
        announced = announced || line.signs.has(.announcement)
        continue
      }
      let saysWhy = line.saysWhy || (number + 1 < lines.count && lines[number + 1].saysWhy)
      for mention in line.mentions {
        let address = mention.address.lowercased()
        var rank = mention.rank
        if announced || line.signs.has(.announcement) || line.signs.has(.failure) { rank += 2 }
        if failed.contains(address) || mailed.contains(address) { rank += 1 }
        if own.contains(address), !mailed.contains(address), !failed.contains(address) { rank -= 4 }
        if ReportAuthor.isMailSystem(address), !mailed.contains(address) { rank -= 5 }
        if saysWhy { rank += 1 }
        ranked.append((rank, number, mention.address))
      }
      announced = announced || line.signs.has(.announcement)
    }
    guard let best = ranked.map(\.rank).max(), best >= 4 else { return [] }
    var seen: Set<String> = []
    return ranked.filter { $0.rank >= max(4, best - 1) && seen.insert($0.address.lowercased()).inserted }
      .prefix(DeliveryStatus.most).map { ($0.line, $0.address) }
  }

  private static func addressees(of returned: ReceivedFields?) -> [String] {
    guard let returned else { return [] }
    return (returned.all("to") + returned.all("cc")).flatMap(addresses)
  }

  private static func addresses(_ value: String) -> [String] {
    AddressMention.all(in: Array(value.utf8)[...]).map(\.address)
  }
}

extension Report.Recipient {
  /// What words tell of an address.
  init(_ address: String, _ said: Diagnosis, isDelay: Bool) {
    self.init(address: address, action: isDelay ? .delayed : .failed, diagnosis: said)
  }

  /// Kind and reason follow from the action and from what was said.
  init(address: String, aliases: [String] = [], action: Report.Action, diagnosis said: Diagnosis) {
    var diagnosis = said
    diagnosis.status = said.status ?? said.impliedStatus(of: action)
    let reason: Report.Reason
    let kind: Report.Kind
    switch action {
    case .delivered, .relayed, .expanded: (kind, reason) = (.delivered, .delivered)
    case .delayed: (kind, reason) = (.delayed, diagnosis.reason)
    case .failed:
      reason = diagnosis.reason
      kind = diagnosis.isFatal ? .hard : .soft
    }
    self.init(
      address: address, aliases: aliases, action: action, status: diagnosis.status, kind: kind, reason: reason)
  }
}

extension Diagnosis {
  /// The status where nobody wrote one: "other" of the class that action, code or words show (RFC 3463 §3.1).
  func impliedStatus(of action: Report.Action) -> EnhancedStatus? {
    switch action {
    case .delivered, .relayed, .expanded: EnhancedStatus(class: 2, subject: 0, detail: 0)
    case .delayed: EnhancedStatus(class: 4, subject: 0, detail: 0)
    case .failed where sign == .expired: EnhancedStatus(class: code.map { $0 / 100 } ?? 5, subject: 4, detail: 7)
    case .failed: EnhancedStatus(class: code.map { $0 / 100 } ?? 5, subject: 0, detail: 0)
    }
  }
}
