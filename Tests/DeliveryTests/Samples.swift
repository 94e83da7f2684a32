import Audit
import Cryptography
import Delivery
import Logging
import Mail
import Testing

/// Invented values that the tests of this module share.
enum Sample {
  static let now = Timestamp(seconds: 1_790_000_000)

  static func facts(
    name: String = "Ada Example", email: String? = "ada@acme.example", start: String? = "2019-03-04",
    end: String? = "2026-09-30"
  ) -> LeaverFacts {
    LeaverFacts(
      name: name, title: "Designer", department: "Product", start: start.flatMap { CalendarDate(machine: $0) },
      end: end.flatMap { CalendarDate(machine: $0) }, workEmail: email)
  }

  static func departure(_ number: UInt8 = 1) -> Departure {
    Departure(
      person: PersonMark(bytes: [number]), termination: ValueMark(bytes: [number]), start: ValueMark(bytes: [number]))
  }

  static let admission = Admission(domains: ASCIIOnlyDomains())

  static func logger() -> Logger { Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }) }

  /// A case at `stage` with everything sealed that a courier needs.
  static func queued(in store: MemoryStore, at stage: Stage = .queued, number: UInt8 = 1) throws -> Case {
    let row = Case(id: .random(), stage: stage, opened: now, since: now)
    let envelope = CaseVault.EnvelopePart(
      recipient: "ada@acme.example", messageID: MessageID(random: [number], domain: "acme.example"))
    try store.open(
      NewCase(
        row: row, departure: departure(number),
        seal: [
          .mail: Array("Subject: x\r\n\r\nbody \(number)\r\n".utf8), .envelope: try CaseVault.encode(envelope),
          .document: Array("%PDF-1.7 sample".utf8), .salt: [UInt8](repeating: 7, count: 32),
          .facts: try CaseVault.encode(facts()), .employee: Array("1".utf8),
        ], entries: []), at: now)
    return row
  }

  static func courier(
    _ store: MemoryStore, _ transport: any Transport, policy: RetryPolicy = .standard
  ) throws -> Courier {
    Courier(
      store: store, transport: transport, returnPath: try returnPath(), policy: policy,
      bell: AlarmBell(store, logger: logger()), logger: logger(), random: { 0.5 })
  }

  static func posting(_ composer: any Composer = PlainComposer()) -> Posting {
    Posting(
      composer: composer, organisation: Organisation(name: "Acme Ltd", domain: "acme.example"),
      origin: "acme.example/refpassport/1")
  }

  static func desk(_ store: MemoryStore) -> CaseDesk {
    CaseDesk(
      store: store, ledger: store, posting: posting(), admission: admission, restores: RestoreGuard(store, leadDays: 2))
  }

  static let opal = CaseDesk.Actor("opal")

  static func returnPath(_ style: ReturnPath.Style = .verp) throws -> ReturnPath {
    ReturnPath(
      bounceAddress: try Address(parsing: "bounces@acme.example"), style: style,
      key: SecretKey([UInt8](repeating: 1, count: 32)))
  }
}

/// Writes the least that a mail can be.
struct PlainComposer: Composer {
  struct Surprise: Error {}
  var fails = false

  func compose(_ mail: LeaverMail) throws -> [UInt8] {
    if fails { throw Surprise() }
    return Array("To: \(mail.recipient.text)\r\nMessage-ID: \(mail.messageID.text)\r\n\r\n".utf8) + mail.document
      + mail.receipt
  }

  func compose(_ notice: Notice) throws -> [UInt8] {
    let lines = notice.items.map { "\($0.caseID?.description ?? "-") \($0.detail)" }
    return Array("Message-ID: \(notice.messageID.text)\r\n\r\n\(lines.joined(separator: "\r\n"))\r\n".utf8)
  }
}
