import Audit
import Delivery
import Foundation
import GRDB
import Mail
import Synchronization
import Testing

@testable import Store

@Suite("Steps that share a commit")
struct CommitGroupTests {
  let bench: Workbench
  let store: ApplianceStore
  init() throws {
    bench = try Workbench()
    store = try bench.open()
  }

  /// Counts what SQLite commits.
  private final class CommitCounter: TransactionObserver, Sendable {
    let commits = Mutex(0)
    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseDidCommit(_ db: Database) { commits.withLock { $0 += 1 } }
    func databaseDidRollback(_ db: Database) {}
  }

  @Test("what comes while the disk is busy waits for one commit together; a step that fails harms no other")
  func shared() throws {
    let book = try store.owned().book
    let counter = CommitCounter()
    store.queue.add(transactionObserver: counter, extent: .databaseLifetime)
    let failures = Mutex(0)
    let group = DispatchGroup()
    let store = self.store
    func begin(_ fields: [String: CanonicalJSON]) {
      group.enter()
      Thread.detachNewThread {
        defer { group.leave() }
        do {
          try store.append([EntryDraft(.config, case: nil, fields)], at: time())
        } catch {
          failures.withLock { $0 += 1 }
        }
      }
    }
    store.queue.inDatabase { _ in
      // The first leads and finds the connection taken; once its step is out of the room, the others gather.
      begin(["number": 0])
      while book.waiting != 0 || !book.isLed { usleep(1000) }
      for number in 1..<20 { begin(number == 7 ? ["to": "a@b.example"] : ["number": .integer(Int64(number))]) }
      while book.waiting != 19 { usleep(1000) }
    }
    group.wait()
    #expect(failures.withLock { $0 } == 1)
    #expect(try store.size() == 19)
    #expect(counter.commits.withLock { $0 } == 2)
    let note = try SignedNote(parsing: try store.checkpoint(at: time(1)))
    #expect(try bench.verifier.checkpoint(in: note).root == MerkleTree.root(ofEntries: try store.entries(0..<19)))
  }

  @Test("if the commit itself fails, every step of it fails and the head stays")
  func commitFails() throws {
    try store.append([EntryDraft(.config)], at: time())
    let book = try store.owned().book
    #expect(throws: DatabaseError.self) {
      try book.transaction { database, head in
        _ = try book.append([EntryDraft(.config)], to: &head, at: time(), in: database)
        // A foreign key that is looked at only when the transaction ends.
        try database.execute(sql: "PRAGMA defer_foreign_keys = ON")
        try database.execute(sql: "INSERT INTO sealed VALUES (zeroblob(16), 'facts', zeroblob(40))")
      }
    }
    #expect(try store.size() == 1)
    try store.append([EntryDraft(.config)], at: time(1))
    let note = try SignedNote(parsing: try store.checkpoint(at: time(1)))
    #expect(try bench.verifier.checkpoint(in: note).root == MerkleTree.root(ofEntries: try store.entries(0..<9)))
  }
}
