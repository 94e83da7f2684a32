import Audit
import Cryptography
import Delivery
import Foundation
import GRDB
import Logging
import Mail
import Testing

@testable import Store

@Suite("Reports and probes are kept, and gone after the purge")
struct ReportTests {
  let bench: Workbench
  let store: ApplianceStore
  let path: ReturnPath

  init() throws {
    bench = try Workbench()
    store = try bench.open()
    path = ReturnPath(
      bounceAddress: try Address(parsing: "bounces@acme.example"), style: .verp,
      key: SecretKey([UInt8](repeating: 9, count: 32)))
  }

  private let messageID = MessageID(random: [1, 2, 3], domain: "acme.example")

  private func kept(_ number: Int, level: KeptReport.Level = .soft, pending: Bool = false) -> KeptReport {
    let hash = Commitment.evidence(salt: [1], report: Array("\(number)".utf8))
    return KeptReport(
      attempt: 1, level: level, reason: .mailboxFull, status: EnhancedStatus(parsing: "5.2.2"), at: time(Int64(number)),
      hash: hash, isPending: pending)
  }

  /// A case whose mail went out once, at `accepted`.
  private func accepted(in store: ApplianceStore) throws -> Case {
    let envelope = CaseVault.EnvelopePart(recipient: "z.quillfeather@acme.example", messageID: messageID)
    var row = Case(id: .random(), stage: .detected, opened: time(), since: time())
    try store.open(
      NewCase(
        row: row, departure: departure(1),
        seal: [
          .facts: try CaseVault.encode(canary), .envelope: try CaseVault.encode(envelope),
          .salt: [UInt8](repeating: 7, count: 32), .employee: Array("canary-7741".utf8),
        ],
        entries: [EntryDraft(.detect, case: row.id), EntryDraft(.issue, case: row.id), EntryDraft(.seal, case: row.id)]),
      at: time())
    row = try store.put(CaseChange(with(row, .queued), expected: .detected), at: time(1))
    var attempt = Attempt(
      number: 1, started: time(1), intent: time(2), trace: path.trace(case: row.id, attempt: 1, message: messageID))
    row = try store.put(CaseChange(with(row, .sending), expected: .queued, attempt: attempt), at: time(2))
    attempt.finished = time(3)
    attempt.result = .init(verdict: .accepted, code: 250)
    row.acceptedAt = time(3)
    row.attempts = 1
    return try store.put(
      CaseChange(
        with(row, .accepted), expected: .sending, attempt: attempt, entries: [EntryDraft(.sent, case: row.id)]),
      at: time(3))
  }

  private func with(_ row: Case, _ stage: Stage) -> Case {
    var row = row
    row.stage = stage
    return row
  }

  @Test("an attempt is found by its token and by its Message-ID, as soon as its intent stands")
  func traces() throws {
    let row = try accepted(in: store)
    let key = AttemptKey(caseID: row.id, attempt: 1)
    #expect(try store.attempt(under: path.token(case: row.id, attempt: 1)) == key)
    #expect(try store.attempt(ofMessage: path.mark(of: messageID.bare)) == key)
    #expect(try store.attempt(under: path.token(case: row.id, attempt: 2)) == nil)
    #expect(try store.attempt(ofMessage: path.mark(of: "other@acme.example")) == nil)
    let without = Attempt(
      number: 2, started: time(9), trace: path.trace(case: row.id, attempt: 2, message: messageID))
    _ = try store.put(CaseChange(row, expected: .accepted, attempt: without), at: time(9))
    #expect(try store.attempt(under: path.token(case: row.id, attempt: 2)) == nil, "it was never sent")
    #expect(try store.attempts(of: row.id).last == without)
  }

  @Test("a report and the step it belongs to are one transaction, and come back as they were")
  func kept() throws {
    var row = try accepted(in: store)
    let (first, second) = (kept(1, pending: true), kept(2, level: .relayed))
    row = try store.put(CaseChange(row, expected: .accepted, report: first), at: time(10))
    row = try store.put(CaseChange(row, expected: .accepted, report: second), at: time(11))
    #expect(try store.reports(of: row.id) == [first, second])
    #expect(try store.reports(ofCasesAt: [.accepted]) == [row.id: [first, second]])
    #expect(try store.reports(ofCasesAt: [.held]).isEmpty)
    #expect(try store.waitingReports() == [row.id: [first]])
    var counted = first
    counted.isPending = false
    row = try store.put(CaseChange(row, expected: .accepted, report: counted), at: time(12))
    #expect(try store.reports(of: row.id) == [counted, second])
    #expect(try store.waitingReports().isEmpty)
    var stale = CaseChange(row, expected: .accepted, report: kept(3))
    stale.after.revision -= 1
    #expect(throws: CaseStoreError.moved(row.id, expected: .accepted)) { try store.commit(stale, at: time(13)) }
    #expect(try store.reports(of: row.id).count == 2)
  }

  @Test("beside a session a report is kept and the row is not touched; without a session it is refused")
  func besideSession() throws {
    let row = try accepted(in: store)
    let entry = EntryDraft(.bounced, case: row.id)
    #expect(throws: CaseStoreError.moved(row.id, expected: .sending)) {
      try store.keep(kept(1, pending: true), of: row.id, entries: [entry], at: time(10))
    }
    try bench.tamper(#"UPDATE "case" SET stage = 'sending'"#)
    let before = try #require(try store.find(row.id))
    let size = try store.size()
    try store.keep(kept(1, pending: true), of: row.id, entries: [entry], at: time(10))
    #expect(try store.find(row.id) == before)
    #expect(try store.size() == size + 1)
    #expect(try store.reports(of: row.id).map(\.isPending) == [true])
  }

  @Test(
    "the tables refuse what cannot be",
    arguments: [
      "INSERT INTO report SELECT 1, id, 'short', 1, 'hard', 'unknown', NULL, 1, 0 FROM \"case\"",
      "INSERT INTO report SELECT 1, id, hex(zeroblob(21)) || '0', 0, 'hard', 'unknown', NULL, 1, 0 FROM \"case\"",
      "INSERT INTO report SELECT 1, id, hex(zeroblob(21)) || '0', 1, 'read', 'unknown', NULL, 1, 0 FROM \"case\"",
      "INSERT INTO report SELECT 1, id, hex(zeroblob(21)) || '0', 1, 'hard', 'unknown', NULL, 1, 2 FROM \"case\"",
      "UPDATE attempt SET token = x'00'", "UPDATE attempt SET message = NULL", "UPDATE attempt SET token = NULL",
      "UPDATE \"case\" SET firstAttempt = 0", "INSERT INTO look (one, at) VALUES (2, 1)",
    ])
  func checks(statement: String) throws {
    _ = try accepted(in: store)
    #expect(throws: DatabaseError.self) { try bench.tamper(statement) }
  }

  @Test("probes and looks survive a restart; the newest ten probes are kept")
  func probes() throws {
    let store = store
    for second in 0..<12 { _ = try store.beginProbe(at: time(Int64(second))) }
    #expect(try store.noteProbe(12, backAt: time(20)))
    #expect(try !store.noteProbe(12, backAt: time(21)))
    #expect(try !store.noteProbe(1, backAt: time(21)), "forgotten")
    try store.dropProbe(11)
    try store.noteLook(at: time(30))
    try store.noteLook(at: time(40))
    let reader = try ApplianceStore.reader(dataDirectory: bench.path)
    let intake = try reader.intake()
    #expect(intake.lastLook == time(40))
    #expect(intake.probes.map(\.number) == [3, 4, 5, 6, 7, 8, 9, 10, 12])
    #expect(intake.probes.last == .init(number: 12, sent: time(11), back: time(20)))
    // A number is never used again, so that an old probe is not taken for a new one.
    try store.dropProbe(12)
    #expect(try store.beginProbe(at: time(50)) == 13)
  }

  @Test("nothing of a report is in the database in clear, and nothing of it at all after the purge")
  func canaryReport() throws {
    var row = try accepted(in: store)
    let desk = EvidenceDesk(
      store: store, intake: store, returnPath: path, policy: .standard, logger: Logger(label: "test"))
    let token = path.token(case: row.id, attempt: 1).text
    let text = """
      From: MAILER-DAEMON@quillfeather-relay.example\r
      To: bounces+\(token)@acme.example\r
      Subject: Undelivered: Zephyrine Quillfeather\r
      Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r
      \r
      --b\r
      Content-Type: text/plain\r
      \r
      Marmalade Cartographer z.quillfeather@acme.example\r
      --b\r
      Content-Type: message/delivery-status\r
      \r
      Reporting-MTA: dns; quillfeather-relay.example\r
      \r
      Final-Recipient: rfc822; z.quillfeather@acme.example\r
      Action: failed\r
      Status: 5.1.1\r
      Diagnostic-Code: smtp; 550 5.1.1 marmalade unknown\r
      \r
      --b--\r

      """
    #expect(try desk.take(ReceivedMessage(octets: Array(text.utf8)), at: time(60)) == .moved)
    #expect(try desk.take(ReceivedMessage(octets: Array(text.utf8)), at: time(61)) == .repeated)
    row = try #require(try store.find(row.id))
    #expect(row.stage == .undeliverable)
    #expect(try store.entries(of: row.id).count == 6)
    let files = try FileManager.default.contentsOfDirectory(atPath: bench.path)
    for file in files {
      guard let data = FileManager.default.contents(atPath: bench.path + "/" + file) else { continue }
      let said = String(decoding: data, as: UTF8.self).lowercased()
      for trace in ["quillfeather", "marmalade", "mailer-daemon", "undelivered:", token] {
        #expect(!said.contains(trace), "\(trace) in \(file)")
      }
    }
    #expect(try store.purge([row], at: time(70)).map(\.purged) == [true])
    #expect(try store.reports(of: row.id).isEmpty)
    #expect(try store.attempt(under: path.token(case: row.id, attempt: 1)) == nil)
    #expect(try desk.take(ReceivedMessage(octets: Array(text.utf8)), at: time(80)) == .afterPurge)
    let named = text.replacing("Reporting-MTA", with: "Original-Envelope-Id: \(row.id).1.\(token)\r\nReporting-MTA")
    #expect(try desk.take(ReceivedMessage(octets: Array(named.utf8)), at: time(81)) == .afterPurge)
    #expect(try store.entries(of: row.id).count == 7)
  }

  @Test("a database of the version before gets the new tables, and its cases go on")
  func migrated() throws {
    let queue = try DatabaseQueue()
    try Schema.migrator.migrate(queue, upTo: "3")
    try queue.write { database in
      try database.execute(
        sql: """
          INSERT INTO "case" (id, stage, opened, since, attempts, slot) VALUES (x'00112233445566778899aabbccddeeff',
            'accepted', 1, 2, 1, 0);
          INSERT INTO attempt (caseID, number, started, intent) VALUES (x'00112233445566778899aabbccddeeff', 1, 1, 1);
          """)
    }
    try Schema.migrator.migrate(queue)
    try queue.read { database in
      let row = try #require(try Row.fetchOne(database, sql: #"SELECT \#(CaseRow.columns) FROM "case""#))
      #expect(try CaseRow.decode(row).firstAttempt == 1)
      let attempt = try #require(try Row.fetchOne(database, sql: "SELECT * FROM attempt"))
      #expect(try AttemptRow.decode(attempt).trace == nil)
    }
  }
}
