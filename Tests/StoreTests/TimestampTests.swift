import Audit
import Delivery
import Foundation
import GRDB
import Testing

@testable import Store

@Suite("Timestamps, kept beside the checkpoints")
struct TimestampStoreTests {
  let bench: Workbench
  init() throws { bench = try Workbench() }

  private let token = TimestampToken(reply: Array(1...200), at: time(5))

  /// A store with the checkpoint over one entry.
  private func prepared() throws -> (store: ApplianceStore, note: String) {
    let store = try bench.open()
    try store.append([EntryDraft(.config)], at: time())
    return (store, try store.checkpoint(at: time()))
  }

  @Test("a token goes with the notice of its checkpoint, whatever comes later, and survives a restart")
  func withNotice() throws {
    do {
      let (store, note) = try prepared()
      #expect(try !store.isTimestamped(1))
      try store.keep(token, over: 1)
      try store.handOver(note, size: 1, at: time(6))
      #expect(try store.unstamped() == nil)
    }
    let store = try bench.open()
    #expect(try store.isTimestamped(1))
    #expect(try store.dueNotices(at: time(6)).map(\.draft.item.timestamp) == [token.reply])
    #expect(try store.timestamp(over: 1) == token)
    #expect(try store.timestamp(over: 2) == nil)
  }

  @Test("one that comes after the hand-over changes no mail that may be under way")
  func late() throws {
    let (store, note) = try prepared()
    #expect(try store.unstamped() == nil)
    try store.handOver(note, size: 1, at: time(6))
    #expect(try store.unstamped() == UnstampedCheckpoint(size: 1, note: note))
    try store.keep(token, over: 1)
    #expect(try store.unstamped() == nil)
    #expect(try store.notices().map(\.draft.item.timestamp) == [nil])
  }

  @Test("the newest checkpoint that bears one is found, though newer ones bear none")
  func newest() throws {
    let (store, first) = try prepared()
    #expect(try store.lastTimestamped() == nil)
    try store.keep(token, over: 1)
    try store.append([EntryDraft(.config)], at: time(7))
    _ = try store.checkpoint(at: time(8))
    let reader = try ApplianceStore.reader(dataDirectory: bench.path)
    let found = try #require(try reader.lastTimestamped())
    #expect(found.checkpoint == KeptCheckpoint(size: 1, note: first, at: time()))
    #expect(found.token == token)
  }

  @Test("the first token of a checkpoint stands")
  func first() throws {
    let (store, _) = try prepared()
    try store.keep(token, over: 1)
    try store.keep(TimestampToken(reply: [9], at: time(9)), over: 1)
    #expect(try store.timestamp(over: 1) == token)
  }

  @Test(
    "the database itself refuses what cannot be",
    arguments: [
      "UPDATE timestamp SET at = 0", "DELETE FROM timestamp",
      "INSERT INTO timestamp VALUES (2, x'01', 0)", "INSERT INTO timestamp VALUES (1, x'', 0)",
      "INSERT INTO timestamp VALUES (2, zeroblob(65537), 0)",
      "INSERT INTO notice (kind, detail, queued, due, stamped) VALUES ('held', '', 0, 0, 1)",
      "INSERT INTO notice (kind, detail, queued, due, stamped) VALUES ('checkpoint', '', 0, 0, 7)",
      "INSERT INTO timestampFailure VALUES (1, 5, 4)", "INSERT INTO timestampFailure VALUES (2, 4, 5)",
    ])
  func constraints(_ statement: String) throws {
    let (store, _) = try prepared()
    try store.keep(token, over: 1)
    #expect(throws: DatabaseError.self) { try store.queue.write { try $0.execute(sql: statement) } }
  }

  @Test("how the authority answers survives a restart, and ends with a token")
  func standing() throws {
    do {
      let (store, _) = try prepared()
      #expect(try store.standing() == .answering)
      try store.note(.failing(since: time(1), last: time(1)))
      try store.note(.failing(since: time(1), last: time(3601)))
    }
    let store = try bench.open()
    #expect(try store.standing() == .failing(since: time(1), last: time(3601)))
    try store.keep(token, over: 1)
    #expect(try store.standing() == .answering)
    try store.note(.failing(since: time(1), last: time(1)))
    try store.note(.answering)
    #expect(try store.standing() == .answering)
  }

  @Test("a reader keeps none")
  func reader() throws {
    _ = try prepared()
    let reader = try ApplianceStore.reader(dataDirectory: bench.path)
    #expect(throws: StoreError.readOnly) { try reader.keep(token, over: 1) }
    #expect(throws: StoreError.readOnly) { try reader.note(.answering) }
    #expect(try reader.standing() == .answering)
  }

  @Test("a data directory of the version before takes them")
  func migrated() throws {
    do {
      let (store, note) = try prepared()
      try store.handOver(note, size: 1, at: time(6))
    }
    try bench.tamper(
      "ALTER TABLE notice DROP COLUMN stamped", "DROP TABLE timestamp", "DROP TABLE timestampFailure",
      "DELETE FROM grdb_migrations WHERE identifier = '8'")
    let store = try bench.open()
    #expect(try store.timestamp(over: 1) == nil && store.lastTimestamped() == nil)
    #expect(try store.notices().map(\.draft.item.timestamp) == [nil])
    #expect(try store.unstamped()?.size == 1)
    try store.keep(token, over: 1)
  }
}
