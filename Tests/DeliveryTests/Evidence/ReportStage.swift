import Delivery
import Foundation
import Mail
import Synchronization
import Testing

/// A bounce desk before a store in memory, and the reports that come to it.
struct ReportStage {
  let store = MemoryStore()
  let style: ReturnPath.Style
  var now = Sample.now + 60
  let lines = LogLines()

  init(_ style: ReturnPath.Style = .verp) { self.style = style }

  var returnPath: ReturnPath { get throws { try Sample.returnPath(style) } }

  func desk(policy: RetryPolicy = .standard) throws -> EvidenceDesk {
    EvidenceDesk(
      store: store, intake: store, returnPath: try returnPath, policy: policy, logger: lines.logger, random: { 0.5 })
  }

  /// A case whose mail went out once, and what the relay said to it.
  func sent(_ outcome: Outcome = .accepted(Reply(code: 250)), number: UInt8 = 1) async throws -> Case {
    let row = try Sample.queued(in: store, number: number)
    try await send(outcome)
    return try self.row(row.id)
  }

  /// Lets whatever is due go out.
  func send(_ outcome: Outcome = .accepted(Reply(code: 250)), at time: Timestamp = Sample.now) async throws {
    let courier = Courier(
      store: store, transport: ScriptedTransport(.afterDot(outcome)), returnPath: try returnPath, policy: .standard,
      bell: AlarmBell(store, logger: Sample.logger()), logger: Sample.logger(), random: { 0.5 })
    _ = try await courier.round(clock: ManualClock(time))
  }

  func row(_ id: CaseID) throws -> Case { try #require(try store.find(id)) }

  func token(_ row: Case, attempt: Int = 1) throws -> VERPToken { try returnPath.token(case: row.id, attempt: attempt) }

  func address(_ row: Case, attempt: Int = 1) throws -> String {
    style == .plain ? "bounces@acme.example" : "bounces+\(try token(row, attempt: attempt).text)@acme.example"
  }

  func envelopeID(_ row: Case, attempt: Int = 1) throws -> String {
    "\(row.id).\(attempt).\(try token(row, attempt: attempt).text)"
  }

  /// A true report of an attempt, as a relay writes it.
  func report(_ word: ReportText.Word, of row: Case, attempt: Int = 1, salt: String = "") throws -> ReceivedMessage {
    var text = ReportText(word)
    text.to = try address(row, attempt: attempt)
    text.envelopeID = try envelopeID(row, attempt: attempt)
    text.remark = salt
    return text.message
  }

  /// Takes a true report; returns what became of it.
  @discardableResult
  func take(
    _ word: ReportText.Word, of row: Case, attempt: Int = 1, salt: String = "", at time: Timestamp? = nil
  ) throws -> EvidenceDesk.Finding {
    try desk().take(try report(word, of: row, attempt: attempt, salt: salt), at: time ?? now)
  }

  /// A case put at a stage after its mail was sent once, the way the store would have it.
  func stood(at stage: Stage, number: UInt8 = 1) async throws -> Case {
    let row = try await sent(number: number)
    store.state.withLock { state in
      guard let index = state.cases.firstIndex(where: { $0.id == row.id }) else { return }
      state.cases[index].stage = stage
      if stage == .held { state.cases[index].hold = Hold(reason: .operator, resume: .accepted) }
      if ![.accepted, .confirmed, .held].contains(stage) { state.cases[index].acceptedAt = nil }
      switch stage {
      case .confirmed: state.cases[index].ground = .confirm
      case .undeliverable, .expired: state.cases[index].ground = .expire
      case .cancelled: state.cases[index].ground = .cancel
      default: break
      }
    }
    return try self.row(row.id)
  }
}

/// A report as text, true or not.
struct ReportText {
  /// What a report says, with a status that goes with it.
  enum Word: String, CaseIterable {
    case hard, soft, delayed, relayed, delivered, expanded

    var fields: String {
      switch self {
      case .hard: "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 user unknown"
      case .soft: "Action: failed\r\nStatus: 5.2.2\r\nDiagnostic-Code: smtp; 552 5.2.2 mailbox full"
      case .delayed: "Action: delayed\r\nStatus: 4.4.1"
      case .relayed: "Action: relayed\r\nStatus: 2.1.9"
      case .delivered: "Action: delivered\r\nStatus: 2.1.5"
      case .expanded: "Action: expanded\r\nStatus: 2.1.5"
      }
    }
  }

  var words: [(recipient: String, word: Word)]
  var to = "bounces@acme.example"
  var extraHeader = ""
  var subject = "Delivery status"
  var remark = ""
  var envelopeID: String?
  var messageID: String?

  init(_ word: Word, recipient: String = "ada@acme.example") { words = [(recipient, word)] }

  var text: String {
    let groups = words.map {
      "Original-Recipient: rfc822; \($0.recipient)\r\nFinal-Recipient: rfc822; \($0.recipient)\r\n\($0.word.fields)\r\n"
    }
    return """
      From: MAILER-DAEMON@relay.example\r
      To: \(to)\r
      \(extraHeader)Subject: \(subject)\r
      Message-ID: <report.\(remark)@relay.example>\r
      MIME-Version: 1.0\r
      Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r
      \r
      --b\r
      Content-Type: text/plain\r
      \r
      What became of your mail to Ada Example: \(remark)\r
      --b\r
      Content-Type: message/delivery-status\r
      \r
      Reporting-MTA: dns; relay.example\r
      \(envelopeID.map { "Original-Envelope-Id: \($0)\r\n" } ?? "")\r
      \(groups.joined(separator: "\r\n"))\r
      --b\r
      Content-Type: text/rfc822-headers\r
      \r
      From: people@acme.example\r
      \(messageID.map { "Message-ID: \($0)\r\n" } ?? "")Subject: Your reference\r
      \r
      --b--\r

      """
  }

  var message: ReceivedMessage { ReceivedMessage(octets: Array(text.utf8)) }
}

/// A value that is set later.
final class MutexBox<Value: Sendable>: Sendable {
  private let box = Mutex<Value?>(nil)
  var value: Value? {
    get { box.withLock { $0 } }
    set { box.withLock { $0 = newValue } }
  }
}
