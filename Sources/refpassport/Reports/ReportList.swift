import Audit
import Mail

/// What was read from many messages, as a table, as lines of JSON, or as one document.
struct ReportList {
  enum Format { case table, lines, document }

  private let format: Format
  private var messages = 0
  private var reports = 0
  private var pending = ""
  private var documents: [CanonicalJSON] = []
  private var table = TextTable("MESSAGE", "RECIPIENT", "ACTION", "STATUS", "KIND", "REASON")

  init(format: Format) { self.format = format }

  mutating func add(_ report: Report, of name: String) throws {
    messages += 1
    if !report.recipients.isEmpty { reports += 1 }
    switch format {
    case .table:
      for recipient in report.recipients {
        table.add(
          name, recipient.address.isEmpty ? "-" : recipient.address, recipient.action.rawValue,
          recipient.status?.description ?? "-", recipient.kind.rawValue, recipient.reason.rawValue)
      }
    case .document: documents.append(report.json(file: name))
    case .lines:
      pending += String(decoding: try report.json(file: name).bytes(), as: UTF8.self) + "\n"
      if pending.utf8.count > 1 << 16 { flush() }
    }
    if messages.isMultiple(of: 1000), Terminal.isInteractive { Terminal.redraw("\(messages) messages read") }
  }

  mutating func end() throws {
    if messages >= 1000, Terminal.isInteractive { Terminal.redraw("") }
    switch format {
    case .lines: flush()
    case .document: Terminal.json(canonical: try CanonicalJSON.array(documents).bytes())
    case .table:
      if !table.isEmpty { Terminal.say(table.text) }
      Terminal.say("\(messages) messages, \(reports) of them reports.")
    }
  }

  private mutating func flush() {
    guard !pending.isEmpty else { return }
    Terminal.say(String(pending.dropLast()))
    pending = ""
  }
}

extension Report {
  /// The contract of `bounce parse`.
  fileprivate func json(file: String) -> CanonicalJSON {
    [
      "file": .string(file), "orig_message_id": originalMessageID.map { .string($0) } ?? .null,
      "envid": envelopeID.map { .string($0) } ?? .null, "recipients": .array(recipients.map(\.json)),
    ]
  }
}

extension Report.Recipient {
  fileprivate var json: CanonicalJSON {
    [
      "recipient": .string(address), "action": .string(action.rawValue),
      "status": status.map { .string($0.description) } ?? .null, "kind": .string(kind.rawValue),
      "reason": .string(reason.rawValue),
    ]
  }
}
