import Delivery
import Mail

/// What a poll has to say, gathered leaver by leaver.
struct Verdict {
  let rules: WatchRules
  let marks: Marks
  let today: CalendarDate
  /// Whether more new leavers were seen than is believable at once.
  let surge: Bool
  /// Names of list items, looked up once a poll.
  var names: ListNames
  var sightings: [Sighting] = []
  var remarks: [(person: PersonMark, remark: Remark)] = []
  /// The people who could not be read; nil if all could.
  var missed: Missed?

  /// Notes that somebody could not be read.
  mutating func miss(_ advice: String) { missed = Missed(count: (missed?.count ?? 0) + 1, advice: advice) }

  /// The watcher's own reasons to hold a leaver, the most telling first.
  func holds(end: CalendarDate?, isUnstable: Bool) -> [HoldReason] {
    var holds: [HoldReason] = isUnstable ? [.unstableRead] : []
    if let end, today.daysSince1970 - end.daysSince1970 > Int64(rules.maxAge) { holds.append(.tooOld) }
    if surge { holds.append(.surge) }
    if rules.approvesAll { holds.append(.approval) }
    return holds
  }

  /// The departure that a read of a leaver shows.
  func departure(_ glimpse: Glimpse, start: CalendarDate?) -> Departure {
    Departure(
      person: marks.person(glimpse.id), termination: marks.termination(glimpse.id, glimpse.date),
      start: start.map { marks.start(glimpse.id, $0) },
      isGone: rules.isTrigger(glimpse.status))
  }

  /// Whether somebody handled has left a second time, after being hired anew: by a start after the day of the first.
  ///
  /// Another start that lies before is a correction.
  func isRehire(_ departure: Departure, start: CalendarDate?, after old: HandledDeparture) -> Bool {
    guard let start, departure.start != old.departure.start else { return false }
    return start > rules.zone.day(at: old.at)
  }
}

extension Watcher {
  /// Turns both reads of one person into what is to be said, and remembers what must be remembered.
  func judge(
    _ question: PollPlan.Question, _ pair: Pair, in verdict: inout Verdict, at now: Timestamp
  ) async throws {
    let person = marks.person(question.glimpse.id)
    guard let first = pair.first, let second = pair.second, let glimpse = Glimpse(second) else {
      return try vanish(person, in: &verdict)
    }
    // Of somebody handled nothing but status and dates matters.
    let isSteady = Glimpse(first) == glimpse && first.text(.startDate) == second.text(.startDate)
    switch question.kind {
    case .leaver, .backfill:
      // A status read alone means that nobody here has left any more.
      guard isStill(question, glimpse, verdict) else { return try vanish(person, in: &verdict) }
      let isSame = first == second
      guard try isSame || isOutOfPatience(person) else { return verdict.remarks.append((person, .unstable)) }
      try await report(second, glimpse, isUnstable: !isSame, isAnother: question.isBackfill, in: &verdict)
    case .moved(let old):
      guard isSteady else { return verdict.remarks.append((person, .unstable)) }
      try await judgeMoved(second, glimpse, old, in: &verdict, at: now)
    case .followed(let old):
      guard isSteady else { return verdict.remarks.append((person, .unstable)) }
      guard rules.isTrigger(glimpse.status) else { return }
      try await judgeFollowed(second, glimpse, old, in: &verdict, at: now)
    case .returned(let old):
      guard isSteady, glimpse == question.glimpse else { return }
      // A date that has passed and was left where it was says nothing any more.
      if let date = glimpse.date, date <= verdict.today { try log.disbelieve(verdict.departure(glimpse, start: nil)) }
      verdict.remarks.append((person, .returned))
      verdict.sightings.append(.returned(person, caseID: old.caseID))
    }
  }

  /// Notes that the second look, or the read of the person, did not show the departure; told to ops if that goes on.
  private func vanish(_ person: PersonMark, in verdict: inout Verdict) throws {
    verdict.remarks.append((person, .vanished))
    if try log.timesObserved(person, .vanished) >= Self.patience { verdict.miss(BobAdvice.personGone) }
  }

  /// Whether the re-read still shows the departure that the poll noticed.
  private func isStill(_ question: PollPlan.Question, _ glimpse: Glimpse, _ verdict: Verdict) -> Bool {
    switch rules.leaving(glimpse.status, glimpse.date, today: verdict.today) {
    case .byStatus: true
    // The date must be the one that was sighted twice.
    case .byDate: question.isByDate && glimpse.date == question.glimpse.date
    case nil: false
    }
  }

  private func isOutOfPatience(_ person: PersonMark) throws -> Bool {
    try log.timesObserved(person, .unstable) + 1 >= Self.patience
  }

  /// Says that somebody has left.
  ///
  /// - Parameter isAnother: after a departure that is remembered.
  private func report(
    _ employee: Employee, _ glimpse: Glimpse, isUnstable: Bool = false, isAnother: Bool, in verdict: inout Verdict
  ) async throws {
    let start = employee.date(.startDate)
    let departure = verdict.departure(glimpse, start: start)
    let department = try await verdict.names.resolve(.department, of: employee)
    if rules.excluded.contains(name: department.name, id: employee.text(.department)) {
      return verdict.sightings.append(.excluded(departure))
    }
    let reading = try await reading(of: employee, &verdict.names)
    verdict.sightings.append(
      .left(
        departure, employee: glimpse.id.text, reading,
        holds: verdict.holds(end: reading.facts.end, isUnstable: isUnstable), isAnother: isAnother))
  }

  /// The status has followed a date that was handled: the same departure, unless the person was hired anew in between.
  private func judgeFollowed(
    _ employee: Employee, _ glimpse: Glimpse, _ old: HandledDeparture, in verdict: inout Verdict, at now: Timestamp
  ) async throws {
    let start = employee.date(.startDate)
    let departure = verdict.departure(glimpse, start: start)
    if verdict.isRehire(departure, start: start, after: old) {
      return try await report(employee, glimpse, isAnother: true, in: &verdict)
    }
    // What the reference says of the start was wrong: a person must see that.
    if let known = old.departure.start, let read = departure.start, known != read {
      return tellMoved(departure, old, in: &verdict)
    }
    try log.update(departure, at: now)
  }

  private func judgeMoved(
    _ employee: Employee, _ glimpse: Glimpse, _ old: HandledDeparture, in verdict: inout Verdict,
    at now: Timestamp
  ) async throws {
    // Of somebody whose status says no departure the start date was not read.
    let start = employee.date(.startDate)
    var departure = verdict.departure(glimpse, start: start)
    guard departure.termination != old.departure.termination else { return }
    if departure.isGone, verdict.isRehire(departure, start: start, after: old) {
      return try await report(employee, glimpse, isAnother: true, in: &verdict)
    }
    departure.start = old.departure.start
    // A date that was missing and has been filled in is no change of what was said.
    guard old.departure.termination != marks.termination(glimpse.id, nil) else {
      return try log.update(departure, at: now)
    }
    tellMoved(departure, old, in: &verdict)
  }

  private func tellMoved(_ departure: Departure, _ old: HandledDeparture, in verdict: inout Verdict) {
    verdict.remarks.append((departure.person, .moved))
    verdict.sightings.append(.terminationMoved(departure, caseID: old.caseID))
  }
}
