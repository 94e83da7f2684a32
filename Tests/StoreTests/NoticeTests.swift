import Delivery
import Foundation
import Mail
import Testing

@testable import Store

@Suite("Notices and alarms, as the store keeps them")
struct NoticeStoreTests {
  let bench: Workbench

  init() throws { bench = try Workbench() }

  @Test("a notice is committed with its step or not at all, and survives a restart")
  func withItsStep() throws {
    let id: CaseID
    do {
      let store = try bench.open()
      let row = try store.admit(1)
      id = row.id
      try store.commit(try row.held(for: .surge, at: time(1)), at: time(1))
      // The same step again is refused, and leaves no second notice.
      #expect(throws: CaseStoreError.self) { try store.commit(try row.held(for: .surge, at: time(2)), at: time(2)) }
    }
    let store = try bench.open()
    let notices = try store.dueNotices(at: time(1))
    #expect(notices.map(\.draft.kind) == [.held])
    #expect(notices.map(\.draft.item.caseID) == [id])
    try store.bundle(notices.map(\.number), as: Array(0..<16))
    try store.postpone(notices.map(\.number), until: time(60))
    #expect(try store.dueNotices(at: time(59)).isEmpty)
    let again = try #require(try store.dueNotices(at: time(60)).first)
    #expect(again.mail == Array(0..<16) && again.attempts == 1)
    try store.remove([again.number])
    #expect(try store.notices().isEmpty)
  }

  @Test("an alarm is told once; trouble that is over before ops were to hear of it is not told at all")
  func alarms() throws {
    let store = try bench.open()
    #expect(try store.raise(Alarm(.route, since: time(1), detail: "down"), telling: time(300)))
    #expect(try !store.raise(Alarm(.route, since: time(2), detail: "still down"), telling: time(301)))
    #expect(try store.alarms() == [Alarm(.route, since: time(1), detail: "still down")])
    #expect(try store.dueNotices(at: time(299)).isEmpty)
    #expect(try store.clear(.route, at: time(20))?.since == time(1))
    #expect(try store.notices().isEmpty)
    #expect(try store.clear(.route, at: time(21)) == nil)
  }

  @Test("when ops were told of the beginning, they are told of the end")
  func allClear() throws {
    let store = try bench.open()
    _ = try store.raise(Alarm(.clock, since: time(1), detail: "jump"), telling: time(1))
    let told = try store.dueNotices(at: time(1)).map(\.number)
    try store.bundle(told, as: Array(0..<16))
    _ = try store.clear(.clock, at: time(9))
    #expect(try store.notices().map(\.draft.kind) == [.alarm, .allClear])
  }

  @Test("nothing in the queue looks like an address or a document")
  func clean() throws {
    let store = try bench.open()
    let row = try store.admit(1)
    try store.commit(try row.held(for: .surge, at: time(1)), at: time(1))
    try store.bundle(try store.notices().map(\.number), as: Array(0..<16))
    _ = try store.raise(Alarm(.store, since: time(1), detail: "the disk"), telling: time(1))
    #expect(try store.scan(ScanShapes(domain: "acme.example")).residue.isEmpty)
  }

  @Test("a case may be replaced only once it is purged, and only by a departure of the same person")
  func replacing() throws {
    let store = try bench.open()
    let old = try store.admitCancelled(1)
    let row = Case(id: .random(), stage: .detected, opened: time(30), since: time(30))
    func attempt(_ departure: Departure) throws {
      try store.open(
        NewCase(row: row, departure: departure, seal: [.salt: [1]], entries: [], replacing: old.id), at: time(30))
    }
    #expect(throws: CaseStoreError.alreadyHandled) { try attempt(departure(1)) }
    #expect(try store.purge([old], at: time(20)).map(\.purged) == [true])
    #expect(throws: CaseStoreError.alreadyHandled) { try attempt(departure(2)) }
    try attempt(departure(1))
    #expect(try store.handled()[departure(1).person]?.caseID == row.id)
  }
}

@Suite("Checkpoints for the officer, kept")
struct HandOverTests {
  @Test("the newest takes the place of one that waits, not of one that is under way; both survive a restart")
  func newest() throws {
    let bench = try Workbench()
    var store: ApplianceStore? = try bench.open()
    #expect(try store?.handedOver() == nil)
    try store?.handOver("one", size: 1, at: time())
    try store?.handOver("two", size: 2, at: time(1))
    #expect(try store?.notices().map(\.draft.item.detail) == ["two"])
    try store?.bundle(try #require(store).notices().map(\.number), as: [UInt8](repeating: 3, count: 16))
    try store?.handOver("three", size: 3, at: time(2))
    store = nil
    let reopened = try bench.open()
    #expect(try reopened.notices().map(\.draft.item.detail) == ["two", "three"])
    #expect(try reopened.handedOver() == HandedOver(size: 3, at: time(2)))
  }

  @Test("a purge counts from the head that was handed over")
  func purges() throws {
    let bench = try Workbench()
    let store = try bench.open()
    let row = try store.admitCancelled(1)
    _ = try store.purge([row], at: time(20))
    let size = try store.size()
    #expect(try store.hasPurge(since: 0) && store.hasPurge(since: size - 1))
    #expect(try !store.hasPurge(since: size))
  }
}
