package import Delivery
package import Mail

/// Notices departures in Bob, two steps a poll, and tells nobody apart who has not left.
///
/// Step 1 reads three fields of everybody: ID, lifecycle status, termination date. Step 2 reads a leaver who is not
/// handled yet twice, some seconds apart, because Bob's reads can be stale; only an answer that stayed the same counts.
/// The first contact takes the baseline: whoever is gone already is handled, and nobody is mailed.
///
/// It holds nothing personal between two polls; how often a leaver's answers differed is in the log, by mark.
package actor Watcher: LeaverSource {
  let client: BobClient
  let log: any DepartureLog
  let rules: WatchRules
  let marks: Marks
  let clock: any WallClock
  let sleep: @Sendable (Int64) async throws -> Void
  /// Where the round of questions goes on if there are too many for one poll.
  private var turn = 0

  /// After so many unstable polls a leaver is reported all the same, to be held for a person.
  static let patience = 3

  /// Makes a watcher.
  ///
  /// - Parameters:
  ///   - sleep: waits so many seconds; tests move a clock instead.
  package init(
    client: BobClient, log: any DepartureLog, rules: WatchRules, marks: Marks, clock: any WallClock,
    sleep: @escaping @Sendable (Int64) async throws -> Void = { try await Task.sleep(for: .seconds($0)) }
  ) {
    self.client = client
    self.log = log
    self.rules = rules
    self.marks = marks
    self.clock = clock
    self.sleep = sleep
  }

  package func poll(at now: Timestamp) async throws -> Poll {
    let today = rules.zone.day(at: now)
    let handled = try log.baseline() == nil ? nil : try log.handled()
    let surveyed = clock.now()
    let plan = try await client.survey(PollPlan(rules: rules, marks: marks, today: today, handled: handled))
    if handled == nil { try log.takeBaseline(plan.baseline, at: now) }
    var remarks = plan.unclear.map { (person: $0, remark: Remark.unclear) }
    let settled = try settled(plan.questions, at: now, &remarks)
    let newcomers = settled.count(where: \.isNew) + recentCases(handled ?? [:], at: now)
    var verdict = Verdict(
      rules: rules, marks: marks, today: today, surge: newcomers > rules.surgeLimit,
      names: ListNames { [self] in try await patiently($0) }, remarks: remarks)
    let asked = nextTurn(of: settled)
    try await inquire(asked, surveyed: surveyed, today: today, &verdict, at: now)
    try log.observe(verdict.remarks, at: now)
    try log.notePolled(at: clock.now())
    return Poll(
      people: plan.people, tookBaseline: handled == nil, sightings: verdict.sightings,
      missed: verdict.missed, waiting: settled.count - asked.count)
  }

  /// The most people of whom something is asked in one poll, so that it ends; the others have their turn in the next.
  private static let mostQuestions = 50

  /// The questions whose turn it is: a round, so that people who can never be read keep nobody out.
  private func nextTurn(of questions: [PollPlan.Question]) -> [PollPlan.Question] {
    guard questions.count > Self.mostQuestions else { return questions }
    let start = turn % questions.count
    turn += Self.mostQuestions
    return Array((questions[start...] + questions[..<start]).prefix(Self.mostQuestions))
  }

  /// Cases of the last hour, which the surge guard counts too: not everybody of a surge need be told in one poll.
  private func recentCases(_ handled: [PersonMark: HandledDeparture], at now: Timestamp) -> Int {
    handled.values.count { $0.reason == .case && (0..<3600).contains(now - $0.at) }
  }

  /// Step 2. Somebody who cannot be read keeps nobody else back; if nobody can, the poll has failed.
  private func inquire(
    _ questions: [PollPlan.Question], surveyed: Timestamp, today: CalendarDate, _ verdict: inout Verdict,
    at now: Timestamp
  ) async throws {
    var failure: LeaverSourceFailure?
    var failed = 0
    for (question, pair) in zip(questions, try await readTwice(questions, surveyed: surveyed, today: today)) {
      do {
        if let failure = pair.failure { throw failure }
        try await judge(question, pair, in: &verdict, at: now)
      } catch let trouble as LeaverSourceFailure {
        if case .refused = trouble { throw trouble }
        failure = trouble
        failed += 1
        verdict.miss(trouble.advice)
        verdict.remarks.append((marks.person(question.glimpse.id), .unreadable))
      }
    }
    if let failure, failed == questions.count { throw failure }
  }

  package func reread(employee: String, known: LeaverFacts?) async throws -> Sighting.Reading {
    guard let id = EmployeeID(employee) else { throw LeaverSourceFailure.blind(advice: BobAdvice.badRecord) }
    var names = ListNames { [self] in try await patiently($0) }
    let first = try await leaver(id)
    var reading = try await reading(of: first, &names)
    if reading.problems.isEmpty, reading.facts == known { return reading }
    try await sleep(rules.rereadAfter)
    let second = try await leaver(id)
    reading = try await self.reading(of: second, &names)
    if first != second { reading.problems.insert(.unstableRead, at: 0) }
    return reading
  }

  package func revisit(
    employee: String, admit: @Sendable (PersonMark) throws -> Void
  ) async throws -> (Departure, Sighting.Reading) {
    guard let id = EmployeeID(employee) else { throw LeaverSourceFailure.blind(advice: BobAdvice.badRecord) }
    let person = marks.person(id)
    try admit(person)
    let reading = try await reread(employee: employee, known: nil)
    let departure = Departure(
      person: person, termination: marks.termination(id, reading.facts.end),
      start: reading.facts.start.map { marks.start(id, $0) }, isGone: false)
    return (departure, reading)
  }

  /// Whether another token stands in its place than the one Bob refused, so that asking again is no repetition.
  package func hasFreshToken() async -> Bool { await client.hasFreshToken() }

  /// The record of somebody who has left; of anybody else nothing personal may be read.
  private func leaver(_ id: EmployeeID) async throws -> Employee {
    switch try await look(id, statusRead: nil, today: rules.zone.day(at: clock.now())) {
    case .leaver(let employee): return employee
    case .other: throw DeskFailure.notALeaver
    case .nobody: throw LeaverSourceFailure.gone(advice: BobAdvice.personGone)
    }
  }

  /// The questions that may be asked now: somebody who leaves by the date alone counts only after two sightings of the same
  /// date, a day apart, the first of them before the date had passed, since one that was past already may be left over from
  /// an earlier employment.
  private func settled(
    _ questions: [PollPlan.Question], at now: Timestamp, _ remarks: inout [(person: PersonMark, remark: Remark)]
  ) throws -> [PollPlan.Question] {
    let byDate = questions.filter(\.isByDate)
    let departures = byDate.map { question in
      Departure(
        person: marks.person(question.glimpse.id),
        termination: marks.termination(question.glimpse.id, question.glimpse.date), start: nil)
    }
    var settled = questions.filter { !$0.isByDate }
    for ((question, departure), first) in zip(zip(byDate, departures), try log.firstSighted(departures, at: now)) {
      if let date = question.glimpse.date, rules.zone.day(at: first) > date {
        remarks.append((departure.person, .overdue))
      } else if now - first < WatchRules.settling {
        remarks.append((departure.person, .settling))
      } else {
        settled.append(question)
      }
    }
    return settled
  }
}
