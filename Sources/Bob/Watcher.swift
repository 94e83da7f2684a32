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
    let questions = try plan.questions.filter { try isSettled($0, at: now) }
    let answers = try await readTwice(questions, today: today)
    var verdict = Verdict(rules: rules, marks: marks, today: today, surge: plan.newcomers > rules.surgeLimit)
    for (question, pair) in zip(questions, answers) {
      try await judge(question, pair, in: &verdict, at: now)
    }
    return Poll(people: plan.people, tookBaseline: !hasBaseline, sightings: verdict.sightings)
  }

  package func reread(employee: String) async throws -> Sighting.Reading {
    guard let id = EmployeeID(employee) else { throw LeaverSourceFailure.blind(advice: BobAdvice.badRecord) }
    guard let first = try await read(id, .reference) else {
      throw LeaverSourceFailure.blind(advice: BobAdvice.personGone)
    }
    try await sleep(rules.rereadAfter)
    guard let second = try await read(id, .reference) else {
      throw LeaverSourceFailure.blind(advice: BobAdvice.personGone)
    }
    var names = ListNames(client: client)
    var reading = try await reading(of: second, &names)
    if first != second { reading.problems.insert(.unstableRead, at: 0) }
    return reading
  }

  package func revisit(
    employee: String, admit: @Sendable (PersonMark) throws -> Void
  ) async throws -> (Departure, Sighting.Reading) {
    guard let id = EmployeeID(employee) else { throw LeaverSourceFailure.blind(advice: BobAdvice.badRecord) }
    let person = marks.person(id)
    try admit(person)
    // Of somebody who came back nothing personal may be read.
    guard let status = try await read(id, .status) else {
      throw LeaverSourceFailure.blind(advice: BobAdvice.personGone)
    }
    guard let glimpse = Glimpse(status),
      rules.leaving(glimpse.status, glimpse.date, today: rules.zone.day(at: clock.now())) != nil
    else { throw DeskFailure.notALeaver }
    let reading = try await reread(employee: employee)
    let departure = Departure(
      person: person, termination: marks.termination(id, reading.facts.end),
      start: marks.start(id, reading.facts.start))
    return (departure, reading)
  }

  /// Step 1.
  private func survey(
    handled: [PersonMark: HandledDeparture]?, today: CalendarDate
  ) async throws(LeaverSourceFailure) -> PollPlan {
    let body = SearchBody(plan: PollPlan(rules: rules, marks: marks, today: today, handled: handled))
    _ = try await client.perform(.search) { body.take($0) }
    do { return try body.finish() } catch { throw .blind(advice: error.advice) }
  }

  /// Somebody who leaves by the date alone counts only after two sightings of the same date, a day apart.
  private func isSettled(_ question: PollPlan.Question, at now: Timestamp) throws -> Bool {
    guard case .leaver(.byDate) = question.kind else { return true }
    let id = question.glimpse.id
    let departure = Departure(
      person: marks.person(id), termination: marks.termination(id, question.glimpse.date), start: nil)
    return now - (try log.firstSighted(departure, at: now)) >= WatchRules.settling
  }
}
