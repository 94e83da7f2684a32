import Delivery
import Mail
import Testing

@Suite("Retention: no case keeps personal data for ever")
struct RetentionTests {
  let retention = Retention(undeliverable: 100, held: 200, latest: 1000)

  func row(_ stage: Stage, since: Int64 = 0) -> Case {
    Case(id: .random(), stage: stage, opened: Sample.now, since: Sample.now + since)
  }

  @Test("every open stage expires at the latest", arguments: Stage.allCases)
  func latest(stage: Stage) {
    let open: Set<Stage> = [.detected, .held, .issued, .queued, .accepted, .deferred, .unknown]
    #expect(retention.mustExpire(row(stage, since: 999), now: Sample.now + 999) == false)
    #expect(retention.mustExpire(row(stage, since: 999), now: Sample.now + 1000) == open.contains(stage))
  }

  @Test("a held case expires after its own time")
  func held() {
    #expect(!retention.mustExpire(row(.held), now: Sample.now + 199))
    #expect(retention.mustExpire(row(.held), now: Sample.now + 200))
  }

  @Test("an undeliverable case waits for HR before its purge, a confirmed one does not")
  func purge() {
    #expect(retention.purgeDue(row(.confirmed), now: Sample.now))
    #expect(retention.purgeDue(row(.cancelled), now: Sample.now))
    #expect(!retention.purgeDue(row(.undeliverable), now: Sample.now + 99))
    #expect(retention.purgeDue(row(.undeliverable), now: Sample.now + 100))
    #expect(retention.purgeDue(row(.undeliverable, since: 990), now: Sample.now + 1000))
    #expect(!retention.purgeDue(row(.accepted), now: Sample.now + 5000))
  }

  @Test(
    "a case keeps to what was promised when it was opened, whatever is configured later",
    arguments: [nil, 100, 200, 900] as [Int64?])
  func promise(promise: Int64?) {
    let retention = Retention(undeliverable: 1_000, held: 1_000, latest: 200)
    let row = Case(id: .random(), stage: .deferred, opened: Sample.now, since: Sample.now, promise: promise)
    let end = min(200, promise ?? 200)
    #expect(retention.latest(row) == Sample.now + end)
    #expect(!retention.mustExpire(row, now: Sample.now + (end - 1)) && retention.mustExpire(row, now: Sample.now + end))
  }
}
