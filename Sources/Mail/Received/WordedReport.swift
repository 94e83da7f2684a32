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

    let failed = header.all("x-failed-recipients").flatMap { AddressMention.all(in: Array($0.utf8)[...], number: 0) }
    let mentions = Self.mentions(
      lines, header, returned, failed: Set(failed.map { $0.address.lowercased() }))
    let isDelay = subject.has(.delay) || (signs.has(.delay) && !subject.has(.failure))
    let whole = Diagnosis(Array(lines.lazy.map(\.text).joined(separator: [0x20])))
    var found: [Report.Recipient] = []
    for mention in mentions {
      let said = Diagnosis(lines.block(at: mention.line, about: [mention.address.lowercased()]))
      found.append(
        .init(mention.address, said.completed(by: mentions.count == 1 ? whole : Diagnosis()), isDelay: isDelay))
    }
    if found.isEmpty {
      let addresses = failed.isEmpty ? Self.addressees(of: returned) : failed.map(\.address)
      guard addresses.count == 1 || !failed.isEmpty else { return nil }
      found = addresses.map { .init($0, whole, isDelay: isDelay) }
    }
    recipients = found
  }

  /// The addresses that the report is about, in order.
  private static func mentions(
    _ lines: [SignedLine], _ header: ReceivedFields, _ returned: ReceivedFields?, failed: Set<String>
  ) -> [AddressMention] {
    let own = Set((header.all("to") + header.all("delivered-to")).flatMap(Self.addresses).map { $0.lowercased() })
    let mailed = Set(addressees(of: returned).map { $0.lowercased() })
    var announced = false
    var ranked: [(rank: Int, mention: AddressMention)] = []
    for (number, line) in lines.enumerated() {
      for mention in AddressMention.all(in: line.text, number: number) {
        let address = mention.address.lowercased()
        var rank = mention.rank
        if announced || line.signs.has(.announcement) || line.signs.has(.failure) { rank += 2 }
        if failed.contains(address) || mailed.contains(address) { rank += 1 }
        if own.contains(address), !mailed.contains(address), !failed.contains(address) { rank -= 4 }
        if ReportAuthor.isMailSystem(address), !mailed.contains(address) { rank -= 5 }
        if line.saysWhy || (number + 1 < lines.count && lines[number + 1].saysWhy) { rank += 1 }
        ranked.append((rank, mention))
      }
      announced = announced || line.signs.has(.announcement)
    }
    guard let best = ranked.map(\.rank).max(), best >= 4 else { return [] }
    var seen: Set<String> = []
    return ranked.filter { $0.rank >= max(4, best - 1) && seen.insert($0.mention.address.lowercased()).inserted }
      .map(\.mention)
  }

  private static func addressees(of returned: ReceivedFields?) -> [String] {
    guard let returned else { return [] }
    return (returned.all("to") + returned.all("cc")).flatMap(addresses)
  }

  private static func addresses(_ value: String) -> [String] {
    AddressMention.all(in: Array(value.utf8)[...], number: 0).map(\.address)
  }
}

extension Report.Recipient {
  /// What words tell of an address.
  init(_ address: String, _ said: Diagnosis, isDelay: Bool) {
    let status = said.status ?? said.impliedStatus(isDelay: isDelay)
    let action: Report.Action = isDelay ? .delayed : .failed
    self.init(address: address, action: action, status: status, diagnosis: said)
  }

  /// Kind and reason follow from the rest.
  init(
    address: String, aliases: [String] = [], action: Report.Action, status: EnhancedStatus?, diagnosis: Diagnosis
  ) {
    let reason: Report.Reason
    let kind: Report.Kind
    switch action {
    case .delivered, .relayed, .expanded: (kind, reason) = (.delivered, .delivered)
    case .delayed: (kind, reason) = (.delayed, diagnosis.reason)
    case .failed:
      reason = diagnosis.reason
      // A transient status is about this delivery, whatever the words say of the address.
      kind = diagnosis.isFatal ? .hard : .soft
    }
    self.init(address: address, aliases: aliases, action: action, status: status, kind: kind, reason: reason)
  }
}

extension Diagnosis {
  /// The status where nobody wrote one: "other" of the class that code or words show (RFC 3463 §3.1).
  func impliedStatus(isDelay: Bool) -> EnhancedStatus? {
    if isDelay { return EnhancedStatus(class: 4, subject: 0, detail: 0) }
    if sign == .expired { return EnhancedStatus(class: code.map { $0 / 100 } ?? 5, subject: 4, detail: 7) }
    return EnhancedStatus(class: code.map { $0 / 100 } ?? 5, subject: 0, detail: 0)
  }
}
