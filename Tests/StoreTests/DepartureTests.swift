import Audit
import Delivery
import Foundation
import GRDB
import Mail
import Testing

@testable import Store

@Suite("Handled departures")
struct DepartureTests {
  let bench: Workbench
  let store: ApplianceStore
  init() throws {
    bench = try Workbench()
    store = try bench.open()
  }

  @Test("there is no baseline before the first contact; then it stays the first one")
  func baseline() throws {
    #expect(try store.baseline() == nil)
    try store.takeBaseline([departure(1, start: nil), departure(2, start: nil)], at: time())
    #expect(try store.baseline() == time())
    #expect(try store.handled().values.map(\.reason) == [.baseline, .baseline])
    try store.takeBaseline([departure(3, start: nil)], at: time(5))
    #expect(try store.baseline() == time())
  }

  @Test("who was gone at the baseline gets no case")
  func baselineIsHandled() throws {
    try store.takeBaseline([departure(1, start: nil)], at: time())
    #expect(throws: CaseStoreError.alreadyHandled) { try store.admit(1) }
    try store.admit(2)
  }

  @Test("a moved termination date is no second departure")
  func movedDate() throws {
    let row = try store.admit(1)
    try store.update(departure(1, termination: 2, start: nil), at: time(1))
    let handled = try #require(try store.handled()[departure(1).person])
    #expect(handled.departure == departure(1, termination: 2, start: 1))
    #expect(handled.caseID == row.id)
    #expect(throws: CaseStoreError.alreadyHandled) { try store.admit(1) }
  }

  @Test("an update of somebody unknown remembers nobody")
  func unknown() throws {
    try store.update(departure(9), at: time())
    #expect(try store.handled().isEmpty)
  }

  @Test("a reset makes room for the next departure")
  func reset() throws {
    let first = try store.admit(1)
    _ = try store.firstSighted([departure(1)], at: time())
    try store.reset(departure(1).person, telling: [], at: time(1))
    #expect(try store.handled().isEmpty)
    #expect(try store.firstSighted([departure(1)], at: time(2)) == [time(2)])
    let second = try store.admit(1)
    #expect(try store.handled()[departure(1).person]?.caseID == second.id)
    #expect(try store.find(first.id) != nil)
  }

  @Test("a step that tells of a return resets with it, and not if the case has moved meanwhile")
  func returned() throws {
    let row = try store.admit(1)
    let size = try store.size()
    var change = try row.moved(by: .cancel, at: time(10)) { $0.ground = .cancel }
    change.returned = departure(1).person
    change.after.revision += 1
    #expect(throws: CaseStoreError.self) { try store.commit(change, at: time(30)) }
    #expect(try store.handled().count == 1 && store.size() == size)
    change.after.revision -= 1
    try store.commit(change, at: time(30))
    #expect(try store.handled().isEmpty)
    #expect(try store.size() == size + 1)
  }

  @Test("a reset can tell of itself, and leaves the row of the case as it is")
  func resetTells() throws {
    let row = try store.admit(1)
    let size = try store.size()
    try store.reset(departure(1).person, telling: [EntryDraft(.revoke, case: row.id)], at: time(30))
    #expect(try store.handled().isEmpty)
    #expect(try store.size() == size + 1)
    #expect(try store.find(row.id) == row)
  }

  @Test("a new start date is a rehire and a new departure")
  func rehire() throws {
    try store.admit(1)
    let id = CaseID.random()
    let again = NewCase(
      row: Case(id: id, stage: .detected, opened: time(), since: time()),
      departure: departure(1, termination: 2, start: 2), seal: [:], entries: [])
    try store.open(again, at: time(9))
    #expect(try store.handled()[departure(1).person]?.departure == departure(1, termination: 2, start: 2))
  }

  @Test("the first sighting is remembered for as long as every poll sights the same date")
  func sightings() throws {
    #expect(try store.firstSighted([departure(1), departure(2)], at: time(1)) == [time(1), time(1)])
    #expect(try store.firstSighted([departure(1)], at: time(9)) == [time(1)])
    #expect(try store.firstSighted([departure(2), departure(1)], at: time(10)) == [time(10), time(1)])
    #expect(try store.firstSighted([departure(1, termination: 2)], at: time(20)) == [time(20)])
    #expect(try store.firstSighted([departure(1)], at: time(30)) == [time(30)])
  }

  @Test("another departure takes the place of the one remembered, once")
  func another() throws {
    try store.takeBaseline([departure(1, start: nil)], at: time())
    func open(_ departure: Departure) throws {
      let id = CaseID.random()
      try store.open(
        NewCase(
          row: Case(id: id, stage: .detected, opened: time(1), since: time(1)), departure: departure, seal: [:],
          entries: [], isAnother: true), at: time(1))
    }
    // A backfill, with and without a start; then a rehire.
    try open(departure(1, start: nil))
    try open(departure(1, termination: 2, start: 2))
    #expect(throws: CaseStoreError.alreadyHandled) { try open(departure(1, termination: 2, start: 2)) }
    #expect(try store.handled()[departure(1).person]?.departure == departure(1, termination: 2, start: 2))
    #expect(try store.cases(at: [.detected]).count == 2)
  }

  @Test("who is excluded is handled without a case, until they are seen back")
  func excluded() throws {
    try store.exclude(departure(1), at: time())
    #expect(try store.handled()[departure(1).person]?.reason == .excluded)
    #expect(throws: CaseStoreError.alreadyHandled) { try store.admit(1) }
    try store.reset(departure(1).person, telling: [], at: time(1))
    try store.admit(1)
  }

  @Test("whether the status has followed the date is remembered")
  func followed() throws {
    var byDate = departure(1)
    byDate.isGone = false
    try store.exclude(byDate, at: time())
    #expect(try store.handled()[byDate.person]?.departure.isGone == false)
    try store.update(departure(1), at: time(1))
    #expect(try store.handled()[byDate.person]?.departure.isGone == true)
  }

  @Test("a date that is disbelieved stays so when the person is forgotten; others begin anew")
  func disbelieved() throws {
    #expect(try store.firstSighted([departure(1)], at: time()) == [time()])
    try store.disbelieve(departure(1, termination: 2))
    try store.reset(departure(1).person, telling: [], at: time(1))
    let again = try store.firstSighted([departure(1), departure(1, termination: 2)], at: time(9))
    #expect(again[0] == time(9) && again[1].date.year == 9999)
  }

  @Test("what was seen is counted, told oldest first, and forgotten a year after it was seen last")
  func observations() throws {
    let (one, two) = (departure(1).person, departure(2).person)
    try store.observe([(one, .settling), (two, .unstable)], at: time())
    try store.observe([(one, .settling)], at: time(900))
    #expect(
      try store.observations() == [
        Observation(person: two, remark: .unstable, first: time(), last: time(), times: 1),
        Observation(person: one, remark: .settling, first: time(), last: time(900), times: 2),
      ])
    #expect(try store.lastPoll() == nil)
    try store.notePolled(at: time(Observation.retention + 1))
    #expect(try store.observations().map(\.person) == [one])
    #expect(try store.lastPoll() == time(Observation.retention + 1))
  }

  @Test("departures of the version before: only who was sighted by the date may yet be seen gone")
  func migrated() throws {
    let older = try Workbench()
    let queue = try DatabaseQueue(
      path: {
        try FileManager.default.createDirectory(atPath: older.path, withIntermediateDirectories: true);
        return older.database
      }())
    try Schema.migrator.migrate(queue, upTo: "10")
    try queue.write { database in
      for (number, byte) in [UInt8(1), 2].enumerated() {
        try database.execute(
          sql: "INSERT INTO departure (person, termination, reason, at) VALUES (?, ?, 'baseline', ?)",
          arguments: [Data([byte]), Data([9]), number])
      }
      try database.execute(
        sql: "INSERT INTO sighting (person, termination, at) VALUES (?, ?, 0)", arguments: [Data([2]), Data([9])])
    }
    try Schema.migrator.migrate(queue)
    let gone = try queue.read { try Bool.fetchAll($0, sql: "SELECT gone FROM departure ORDER BY person") }
    #expect(gone == [true, false])
  }
}
