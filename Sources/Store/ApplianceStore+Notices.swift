package import Delivery
import Foundation
import GRDB
package import Mail

extension ApplianceStore: NoticeQueue {
  package func queue(_ drafts: [NoticeDraft], at now: Timestamp) throws {
    try owned().book.transaction { database, _ in
      _ = try Self.queue(drafts, due: now, at: now, in: database)
    }
  }

  package func dueNotices(at now: Timestamp) throws -> [QueuedNotice] {
    try look { database in
      try database.all("\(Self.notices) WHERE due <= ? ORDER BY number", [now.seconds]).map(Self.notice)
    }
  }

  package func bundle(_ numbers: [Int64], as mail: [UInt8]) throws {
    try each(numbers) { number, database in
      try database.run("UPDATE notice SET mail = ? WHERE number = ?", [Data(mail), number])
    }
  }

  package func postpone(_ numbers: [Int64], until: Timestamp) throws {
    try each(numbers) { number, database in
      try database.run(
        "UPDATE notice SET attempts = attempts + 1, due = ? WHERE number = ?", [until.seconds, number])
    }
  }

  package func remove(_ numbers: [Int64]) throws {
    try each(numbers) { number, database in try database.run("DELETE FROM notice WHERE number = ?", [number]) }
  }

  /// Every notice that waits, due or not.
  package func notices() throws -> [QueuedNotice] {
    try look { database in
      try database.all("\(Self.notices) ORDER BY number").map(Self.notice)
    }
  }

  /// Queues notices inside of a step that they tell of; returns the number of the last.
  static func queue(
    _ drafts: [NoticeDraft], due: Timestamp, at now: Timestamp, in database: Database
  ) throws -> Int64? {
    for draft in drafts {
      try database.run(
        "INSERT INTO notice (kind, caseID, detail, queued, due) VALUES (?, ?, ?, ?, ?)",
        [
          draft.kind.rawValue, draft.item.caseID.map { Data($0.bytes) }, draft.item.detail, now.seconds,
          due.seconds,
        ])
    }
    return drafts.isEmpty ? nil : database.lastInsertedRowID
  }

  private func each(
    _ numbers: [Int64], _ body: @escaping @Sendable (Int64, Database) throws -> Void
  ) throws {
    try owned().book.transaction { database, _ in
      for number in numbers { try body(number, database) }
    }
  }

  private static let notices = "SELECT notice.*, token FROM notice LEFT JOIN timestamp ON size = stamped"

  private static func notice(_ row: Row) throws -> QueuedNotice {
    guard let kind = Notice.Kind(rawValue: row["kind"]) else { throw StoreError.unreadableRow(table: "notice") }
    let caseID = (row["caseID"] as Data?).flatMap { CaseID(bytes: [UInt8]($0)) }
    let timestamp = (row["token"] as Data?).map { [UInt8]($0) }
    return QueuedNotice(
      number: row["number"],
      draft: NoticeDraft(kind, .init(caseID: caseID, detail: row["detail"], timestamp: timestamp)),
      queued: Timestamp(seconds: row["queued"]),
      mail: (row["mail"] as Data?).map { [UInt8]($0) }, attempts: row["attempts"])
  }
}

extension ApplianceStore: AlarmBoard {
  package func raise(_ alarm: Alarm, telling: Timestamp) throws -> Bool {
    try owned().book.transaction { database, _ in
      let kind = alarm.kind.rawValue
      guard try database.first("SELECT 1 FROM alarm WHERE kind = ?", [kind]) == nil else {
        try database.run("UPDATE alarm SET detail = ? WHERE kind = ?", [alarm.detail, kind])
        return false
      }
      let draft = NoticeDraft(.alarm, .init(detail: "Since \(alarm.since.iso8601): \(alarm.detail)"))
      let notice = try Self.queue([draft], due: telling, at: alarm.since, in: database)
      try database.run(
        "INSERT INTO alarm (kind, since, detail, notice) VALUES (?, ?, ?, ?)",
        [kind, alarm.since.seconds, alarm.detail, notice])
      return true
    }
  }

  package func clear(_ kind: Alarm.Kind, at now: Timestamp) throws -> Alarm? {
    // Asked far more often than there is one: no transaction for nothing.
    guard try alarms().contains(where: { $0.kind == kind }) else { return nil }
    return try owned().book.transaction { database, _ in
      guard let row = try database.first("SELECT * FROM alarm WHERE kind = ?", [kind.rawValue]) else { return nil }
      let alarm = try Self.alarm(row)
      try database.run("DELETE FROM alarm WHERE kind = ?", [kind.rawValue])
      // Ops who were not told yet need not hear that it is over.
      try database.run(
        "DELETE FROM notice WHERE number = ? AND mail IS NULL", [row["notice"] as Int64?])
      if database.changesCount == 0 {
        let detail = "Over since \(now.iso8601), begun \(alarm.since.iso8601): \(alarm.detail)"
        _ = try Self.queue([NoticeDraft(.allClear, .init(detail: detail))], due: now, at: now, in: database)
      }
      return alarm
    }
  }

  package func alarms() throws -> [Alarm] {
    try look { try $0.all("SELECT * FROM alarm ORDER BY since, kind").map(Self.alarm) }
  }

  private static func alarm(_ row: Row) throws -> Alarm {
    guard let kind = Alarm.Kind(rawValue: row["kind"]) else { throw StoreError.unreadableRow(table: "alarm") }
    return Alarm(kind, since: Timestamp(seconds: row["since"]), detail: row["detail"])
  }
}
