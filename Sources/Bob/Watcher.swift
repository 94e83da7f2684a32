package import Delivery
package import Mail

/// Notices departures in Bob, two steps a poll, and tells nobody apart who has not left.
///
/// Step 1 reads three fields of everybody: ID, lifecycle status, termination date. Step 2 reads a leaver who is not
/// handled yet twice, some seconds apart, because Bob's reads can be stale; only an answer that stayed the same counts.
/// The first contact takes the baseline: whoever is gone already is handled, and nobody is mailed.
///
/// It holds nothing personal between two polls; how often a leaver's answers differed is kept by mark.
package actor Watcher: LeaverSource {
  let client: BobClient
  let log: any DepartureLog
  let rules: WatchRules
  let marks: Marks
  let clock: any WallClock
  let sleep: @Sendable (Int64) async throws -> Void
  /// Polls in a row in which a leaver's two reads differed.
  var unstable: [PersonMark: Int] = [:]

  /// After so many unstable polls in a row a leaver is reported all the same, to be held for a person.
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
    let hasBaseline = try log.baseline() != nil
    let plan = try await survey(handled: hasBaseline ? try log.handled() : nil, today: today)
    if !hasBaseline { try log.takeBaseline(plan.baseline, at: now) }
    var remarks = plan.unclear.map { (person: $0, remark: Remark.unclear) }
    let questions = try settled(plan.questions, at: now, today: today, &remarks)
    var verdict = Verdict(
      rules: rules, marks: marks, today: today, surge: questions.count(where: \.isNew) > rules.surgeLimit,
      names: ListNames { [self] in try await patiently($0) }, remarks: remarks)
    let answers = try await readTwice(questions, today: today)
    for (question, pair) in zip(questions, answers) {
      try await judge(question, pair, in: &verdict, at: now)
    }
    try log.observe(verdict.remarks, at: now)
    try log.notePolled(at: clock.now())
    return Poll(people: plan.people, tookBaseline: !hasBaseline, sightings: verdict.sightings)
  }

  package func reread(employee: String, known: LeaverFacts?) async throws -> Sighting.Reading {
    let id = try await leaver(employee)
    var names = ListNames { [self] in try await patiently($0) }
    let first = try await present(id)
    var reading = try await reading(of: first, &names)
    if reading.problems.isEmpty, reading.facts == known { return reading }
    try await sleep(rules.rereadAfter)
    let second = try await present(try await leaver(employee))
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
      start: marks.start(id, reading.facts.start), isGone: false)
    return (departure, reading)
  }

  /// Whether another token stands in its place than the one Bob refused, so that asking again is no repetition.
  package func hasFreshToken() async -> Bool { await client.hasFreshToken() }

  /// The ID of somebody who has left; of anybody else nothing personal may be read.
  private func leaver(_ employee: String) async throws -> EmployeeID {
    guard let id = EmployeeID(employee) else { throw LeaverSourceFailure.blind(advice: BobAdvice.badRecord) }
    guard let glimpse = Glimpse(try await present(id, .status)),
      rules.leaving(glimpse.status, glimpse.date, today: rules.zone.day(at: clock.now())) != nil
    else { throw DeskFailure.notALeaver }
    return id
  }

  private func present(_ id: EmployeeID, _ scope: ReadingScope = .reference) async throws -> Employee {
    guard let employee = try await read(id, scope) else { throw LeaverSourceFailure.gone(advice: BobAdvice.personGone) }
    return employee
  }

  /// Step 1.
  private func survey(
    handled: [PersonMark: HandledDeparture]?, today: CalendarDate
  ) async throws(LeaverSourceFailure) -> PollPlan {
    let body = SearchBody(plan: PollPlan(rules: rules, marks: marks, today: today, handled: handled))
    _ = try await client.perform(.search) { body.take($0) }
    do { return try body.finish() } catch { throw .blind(advice: error.advice) }
  }

  /// The questions that may be asked now: somebody who leaves by the date alone counts only after two sightings of the same
  /// date, a day apart, the first of them before the date had passed, since one that was past already may be left over from
  /// an earlier employment.
  private func settled(
    _ questions: [PollPlan.Question], at now: Timestamp, today: CalendarDate,
    _ remarks: inout [(person: PersonMark, remark: Remark)]
  ) throws -> [PollPlan.Question] {
    let byDate = questions.filter { $0.isByDate(rules, today: today) }
    let departures = byDate.map { question in
      Departure(
        person: marks.person(question.glimpse.id),
        termination: marks.termination(question.glimpse.id, question.glimpse.date), start: nil)
    }
    var settled = questions.filter { !$0.isByDate(rules, today: today) }
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
