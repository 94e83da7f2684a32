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
      start: marks.start(glimpse.id, start),
      isGone: glimpse.status.map(rules.triggers.contains) ?? false)
  }

  /// Whether somebody handled has left a second time, after being hired anew.
  ///
  /// Somebody gone at the baseline has no start date on record; a start after that day can only be a new one.
  func isRehire(_ departure: Departure, start: CalendarDate?, after old: HandledDeparture) -> Bool {
    if let known = old.departure.start { return start != nil && departure.start != known }
    guard let start else { return false }
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
      unstable[person] = nil
      return verdict.remarks.append((person, .vanished))
    }
    let isSame = first == second
    switch question.kind {
    case .leaver, .backfill:
      // A status read alone means that nobody here has left any more.
      guard isStill(question, glimpse, verdict) else {
        unstable[person] = nil
        return verdict.remarks.append((person, .vanished))
      }
      guard isSame || isOutOfPatience(person) else { return verdict.remarks.append((person, .unstable)) }
      unstable[person] = nil
      var old: HandledDeparture?
      if case .backfill(let baseline) = question.kind { old = baseline }
      try await report(second, glimpse, isUnstable: !isSame, after: old, in: &verdict, at: now)
    case .moved(let old):
      guard isSame else { return }
      try await judgeMoved(second, glimpse, old, in: &verdict, at: now)
    case .followed(let old):
      guard isSame, let status = glimpse.status, rules.triggers.contains(status) else { return }
      let start = second.text(.startDate).flatMap(CalendarDate.init(machine:))
      let departure = verdict.departure(glimpse, start: start)
      guard !verdict.isRehire(departure, start: start, after: old) else {
        return try await report(second, glimpse, after: old, in: &verdict, at: now)
      }
      try log.update(departure, at: now)
    case .returned(let old):
      guard isSame, glimpse == question.glimpse else { return }
      // A date that was left where it was says nothing any more.
      if glimpse.date != nil { try log.disbelieve(verdict.departure(glimpse, start: nil)) }
      verdict.remarks.append((person, .returned))
      verdict.sightings.append(.returned(person, caseID: old.caseID))
    }
  }

  /// Whether the re-read still shows the departure that the poll noticed.
  private func isStill(_ question: PollPlan.Question, _ glimpse: Glimpse, _ verdict: Verdict) -> Bool {
    switch rules.leaving(glimpse.status, glimpse.date, today: verdict.today) {
    case .byStatus: true
    // The date must be the one that was sighted twice.
    case .byDate: glimpse.date == question.glimpse.date
    case nil: false
    }
  }

  private func isOutOfPatience(_ person: PersonMark) -> Bool {
    unstable[person, default: 0] += 1
    return unstable[person, default: 0] >= Self.patience
  }

  /// Says that somebody has left; what is remembered of an earlier departure goes first, so that it is no obstacle.
  private func report(
    _ employee: Employee, _ glimpse: Glimpse, isUnstable: Bool = false, after old: HandledDeparture? = nil,
    in verdict: inout Verdict, at now: Timestamp
  ) async throws {
    if let old { try log.reset(old.departure.person, at: now) }
    let start = employee.text(.startDate).flatMap(CalendarDate.init(machine:))
    let departure = verdict.departure(glimpse, start: start)
    let department = try await verdict.names.resolve(.department, of: employee)
    if rules.excluded.contains(name: department.name, id: employee.text(.department)) {
      return verdict.sightings.append(.excluded(departure))
    }
    let reading = try await reading(of: employee, &verdict.names)
    verdict.sightings.append(
      .left(
        departure, employee: glimpse.id.text, reading,
        holds: verdict.holds(end: reading.facts.end, isUnstable: isUnstable)))
  }

  private func judgeMoved(
    _ employee: Employee, _ glimpse: Glimpse, _ old: HandledDeparture, in verdict: inout Verdict,
    at now: Timestamp
  ) async throws {
    let start = employee.text(.startDate).flatMap(CalendarDate.init(machine:))
    var departure = verdict.departure(glimpse, start: start)
    guard departure.termination != old.departure.termination else { return }
    let isLeaving = rules.leaving(glimpse.status, glimpse.date, today: verdict.today) != nil
    if isLeaving, verdict.isRehire(departure, start: start, after: old) {
      return try await report(employee, glimpse, after: old, in: &verdict, at: now)
    }
    // Of somebody who has not left, the start date was not read.
    departure.start = old.departure.start
    // A date that was missing and has been filled in is no change of what was said.
    guard old.departure.termination != marks.termination(glimpse.id, nil) else {
      return try log.update(departure, at: now)
    }
    verdict.remarks.append((departure.person, .moved))
    verdict.sightings.append(.terminationMoved(departure, caseID: old.caseID))
  }
}
