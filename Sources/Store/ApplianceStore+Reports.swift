package import Delivery
import Foundation
import GRDB
package import Mail

extension ApplianceStore: ReportLog {
  package func attempt(under token: VERPToken) throws -> AttemptKey? {
    try look { database in
      try database.first(
        "SELECT caseID, number FROM attempt WHERE token = ? AND intent IS NOT NULL", [Data(token.bytes)]
      ).map(Self.key)
    }
  }

  package func attempt(ofMessage mark: [UInt8]) throws -> AttemptKey? {
    try look { database in
      try database.first(
        """
        SELECT caseID, number FROM attempt WHERE message = ? AND intent IS NOT NULL ORDER BY number DESC LIMIT 1
        """, [Data(mark)]
      ).map(Self.key)
    }
  }

  package func purgedLately(_ most: Int) throws -> [AttemptKey] {
    try look { database in
      try database.all(
        #"SELECT id, attempts FROM "case" WHERE stage = 'purged' ORDER BY opened DESC LIMIT ?"#, [most]
      ).compactMap { row in
        CaseID(bytes: row.bytes("id")).map { AttemptKey(caseID: $0, attempt: row["attempts"]) }
      }
    }
  }

  package func reports(of id: CaseID) throws -> [KeptReport] {
    try look { database in
      try database.all("SELECT * FROM report WHERE caseID = ? ORDER BY number", [Data(id.bytes)]).map(Self.report)
    }
  }

  package func reports(ofCasesAt stages: Set<Stage>) throws -> [CaseID: [KeptReport]] {
    guard !stages.isEmpty else { return [:] }
    let marks = Array(repeating: "?", count: stages.count).joined(separator: ", ")
    return try look { database in
      try Self.byCase(
        try database.all(
          #"SELECT report.* FROM report JOIN "case" ON id = caseID WHERE stage IN (\#(marks)) ORDER BY number"#,
          StatementArguments(stages.map(\.rawValue).sorted())))
    }
  }

  package func waitingReports() throws -> [CaseID: [KeptReport]] {
    try look { try Self.byCase(try $0.all("SELECT * FROM report WHERE pending = 1 ORDER BY number")) }
  }

  private static func byCase(_ rows: [Row]) throws -> [CaseID: [KeptReport]] {
    try rows.reduce(into: [:]) { reports, row in
      guard let id = CaseID(bytes: row.bytes("caseID")) else { throw StoreError.unreadableRow(table: "report") }
      reports[id, default: []].append(try report(row))
    }
  }

  package func keep(_ report: KeptReport, of id: CaseID, entries: [EntryDraft], at now: Timestamp) throws {
    let book = try owned().book
    try book.transaction { database, head in
      guard try Self.find(id, in: database)?.row.stage == .sending else {
        throw CaseStoreError.moved(id, expected: .sending)
      }
      try Self.save(report, of: id, in: database)
      try book.append(entries, to: &head, at: now, in: database)
    }
  }

  /// Inserts the report, or has it no longer wait.
  static func save(_ report: KeptReport, of id: CaseID, in database: Database) throws {
    try database.run(
      """
      INSERT INTO report (caseID, hash, attempt, level, reason, status, at, pending) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (caseID, hash) DO UPDATE SET pending = excluded.pending
      """,
      [
        Data(id.bytes), report.hash, report.attempt, report.level.rawValue, report.reason.rawValue,
        report.status?.description, report.at.seconds, report.isPending ? 1 : 0,
      ])
  }

  private static func key(_ row: Row) throws -> AttemptKey {
    guard let id = CaseID(bytes: row.bytes("caseID")) else { throw StoreError.unreadableRow(table: "attempt") }
    return AttemptKey(caseID: id, attempt: row["number"])
  }

  private static func report(_ row: Row) throws -> KeptReport {
    guard let level = KeptReport.Level(rawValue: row["level"]), let reason = Report.Reason(rawValue: row["reason"])
    else { throw StoreError.unreadableRow(table: "report") }
    return KeptReport(
      attempt: row["attempt"], level: level, reason: reason,
      status: (row["status"] as String?).flatMap { EnhancedStatus(parsing: $0) },
      at: Timestamp(seconds: row["at"]), hash: row["hash"], isPending: row["pending"] == 1)
  }
}

extension ApplianceStore: IntakeLog {
  package func intake() throws -> (lastLook: Timestamp?, probes: [IntakeHealth.Probe]) {
    try look { database in
      let look = try database.first("SELECT at FROM look")
      let probes = try database.all("SELECT number, sent, back FROM probe ORDER BY number").map { row in
        IntakeHealth.Probe(
          number: row["number"], sent: Timestamp(seconds: row["sent"]),
          back: (row["back"] as Int64?).map { Timestamp(seconds: $0) })
      }
      return (look.map { Timestamp(seconds: $0["at"]) }, probes)
    }
  }

  package func noteLook(at now: Timestamp) throws {
    try owned().book.transaction { database, _ in
      try database.run(
        "INSERT INTO look (one, at) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET at = excluded.at", [now.seconds])
    }
  }

  package func beginProbe(at now: Timestamp) throws -> Int64 {
    try owned().book.transaction { database, _ in
      try database.run("INSERT INTO probe (sent) VALUES (?)", [now.seconds])
      let number = database.lastInsertedRowID
      try database.run("DELETE FROM probe WHERE number <= ?", [number - 10])
      return number
    }
  }

  package func dropProbe(_ number: Int64) throws {
    try owned().book.transaction { database, _ in
      try database.run("DELETE FROM probe WHERE number = ?", [number])
    }
  }

  package func noteProbe(_ number: Int64, backAt now: Timestamp) throws -> Bool {
    try owned().book.transaction { database, _ in
      try database.run("UPDATE probe SET back = ? WHERE number = ? AND back IS NULL", [now.seconds, number])
      return database.changesCount == 1
    }
  }
}
