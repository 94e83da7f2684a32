import Audit
import Delivery
import Mail
import Synchronization
import Testing

@Suite("A legal hold suspends the purge, and nothing else")
struct LegalHoldTests {
  let store = MemoryStore()
  var desk: CaseDesk { Sample.desk(store) }
  let review = CalendarDate(daysSince1970: Sample.now.date.daysSince1970 + 30)

  private func held(at stage: Stage) throws -> Case {
    let row = try Sample.queued(in: store, at: stage)
    return try desk.holdPurge(row.id, for: .litigation, until: review, by: Sample.opal, at: Sample.now)
  }

  @Test(
    "any case that still has something to purge can be held, and stays at its stage",
    arguments: Set(Stage.allCases).subtracting([.sending, .purging, .purged]))
  func anyStage(stage: Stage) throws {
    let row = try held(at: stage)
    #expect(row.stage == stage && row.since == Sample.now)
    #expect(row.legalHold == LegalHold(reason: .litigation, review: review, since: Sample.now))
    let entry = try #require(store.state.withLock { $0.entries.last })
    #expect(entry.event == .hold && entry.caseID == row.id)
    #expect(Set(entry.fields.keys) == ["legal", "review", "by"])
    #expect(entry.fields["legal"] == "litigation" && entry.fields["review"] == .string(review.description))
  }

  @Test(
    "during a session its result must find the row as it was; from the shredding on there is nothing to keep",
    arguments: [(Stage.sending, CaseMachine.Refusal.inSession), (.purging, .gone), (.purged, .gone)])
  func refused(stage: Stage, refusal: CaseMachine.Refusal) throws {
    let row = try Sample.queued(in: store, at: stage)
    #expect(throws: refusal) {
      try desk.holdPurge(row.id, for: .authority, until: review, by: Sample.opal, at: Sample.now)
    }
  }

  @Test("somebody must look at it again, on a day to come")
  func reviewToCome() throws {
    let row = try Sample.queued(in: store)
    #expect(throws: DeskFailure.reviewIsPast) {
      try desk.holdPurge(row.id, for: .authority, until: Sample.now.date, by: Sample.opal, at: Sample.now)
    }
  }

  @Test("no retention makes its purge due; the mail's own time runs on")
  func suspends() throws {
    let retention = Retention(undeliverable: 1, held: 1, latest: 10)
    for stage in Stage.closed {
      let row = try held(at: stage)
      #expect(!retention.purgeDue(row, now: Sample.now + 1_000_000))
      #expect(retention.purgeDue(try desk.releasePurge(row.id, by: Sample.opal, at: Sample.now), now: Sample.now + 10))
      store.state.withLock { $0 = .init() }
    }
    #expect(retention.mustExpire(try held(at: .queued), now: Sample.now + 10))
  }

  @Test("it outlasts every step of the case, until it is released once")
  func outlasts() throws {
    let row = try held(at: .undeliverable)
    _ = try desk.retry(row.id, by: Sample.opal, at: Sample.now + 1)
    _ = try desk.cancel(row.id, by: Sample.opal, at: Sample.now + 2)
    #expect(try store.find(row.id)?.legalHold != nil)
    let after = try desk.releasePurge(row.id, by: Sample.opal, at: Sample.now + 3)
    #expect(after.legalHold == nil && after.stage == .cancelled)
    let entry = try #require(store.state.withLock { $0.entries.last })
    #expect(entry.event == .release && entry.fields["legal"] == "litigation")
    #expect(throws: DeskFailure.noLegalHold) { try desk.releasePurge(row.id, by: Sample.opal, at: Sample.now + 4) }
  }

  @Test("it is overdue from its review date on")
  func overdue() {
    let hold = LegalHold(reason: .investigation, review: review, since: Sample.now)
    let midnight = Timestamp(seconds: review.daysSince1970 * 86_400)
    #expect(!hold.isOverdue(at: midnight + -1) && hold.isOverdue(at: midnight))
  }
}
