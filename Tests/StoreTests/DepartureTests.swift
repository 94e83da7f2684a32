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
    _ = try store.firstSighted(departure(1), at: time())
    try store.reset(departure(1).person, at: time(1))
    #expect(try store.handled().isEmpty)
    #expect(try store.firstSighted(departure(1), at: time(2)) == time(2))
    let second = try store.admit(1)
    #expect(try store.handled()[departure(1).person]?.caseID == second.id)
    #expect(try store.find(first.id) != nil)
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

  @Test("the first sighting is remembered for each termination date")
  func sightings() throws {
    #expect(try store.firstSighted(departure(1), at: time(1)) == time(1))
    #expect(try store.firstSighted(departure(1), at: time(9)) == time(1))
    #expect(try store.firstSighted(departure(1, termination: 2), at: time(20)) == time(20))
  }
}
