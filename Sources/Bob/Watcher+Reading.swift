import Delivery
import Mail

/// Step 2: reading single people, twice, as fast as Bob allows.
extension Watcher {
  /// Both reads of one person; nil where Bob did not know them.
  struct Pair: Sendable {
    var first: Employee?
    var second: Employee?
    /// Why one of them could not be made.
    var failure: LeaverSourceFailure?
  }

  /// What a look at a person showed.
  enum Look: Sendable {
    /// Somebody who has left, by the whole record.
    case leaver(Employee)
    /// Somebody who has not, by status and date.
    case other(Employee)
    case nobody
  }

  /// Tries of one read before it is given up.
  static let tries = 4

  /// So many people who could not be read in one poll are tried patiently; the others once, or the poll would never end.
  private static let patientlyTried = 3

  /// Seconds for which a status is taken as it was read: of somebody who comes back nothing personal may be asked.
  private static let freshness: Int64 = 10

  /// Reads everybody once, waits once, reads everybody again.
  ///
  /// - Parameter surveyed: when the search was begun from which the questions come.
  func readTwice(_ questions: [PollPlan.Question], surveyed: Timestamp, today: CalendarDate) async throws -> [Pair] {
    guard !questions.isEmpty else { return [] }
    var pairs = [Pair](repeating: Pair(), count: questions.count)
    func tries() -> Int { pairs.count { $0.failure != nil } < Self.patientlyTried ? Self.tries : 1 }
    for (index, question) in questions.enumerated() {
      pairs[index].first = try await answer(question, surveyed, today, tries(), &pairs[index].failure)
    }
    try await sleep(rules.rereadAfter)
    for (index, question) in questions.enumerated() where pairs[index].first != nil {
      pairs[index].second = try await answer(question, surveyed, today, tries(), &pairs[index].failure)
    }
    return pairs
  }

  /// What Bob answers to one question; trouble with one record is noted, and a refusal ends everything.
  private func answer(
    _ question: PollPlan.Question, _ surveyed: Timestamp, _ today: CalendarDate, _ tries: Int,
    _ failure: inout LeaverSourceFailure?
  ) async throws -> Employee? {
    let id = question.glimpse.id
    do {
      guard question.scope(rules) == .reference else { return try await read(id, .status, tries: tries) }
      switch try await look(id, statusRead: surveyed, today: today, tries: tries) {
      case .leaver(let employee), .other(let employee): return employee
      case .nobody: return nil
      }
    } catch let trouble as LeaverSourceFailure {
      if case .refused = trouble { throw trouble }
      failure = trouble
      return nil
    }
  }

  /// One look at one person: at the status alone if that is not fresh and shows somebody who has not left any more.
  ///
  /// However long Bob makes it wait, the read of personal fields follows a look at the status at once.
  ///
  /// - Parameter statusRead: when the status was read last; nil if it was not.
  func look(
    _ id: EmployeeID, statusRead: Timestamp?, today: CalendarDate, tries: Int = Watcher.tries
  ) async throws -> Look {
    var statusRead = statusRead
    for attempt in 1...tries {
      let pause = await client.pause(before: .person(id, .reference))
      if pause > 0 { try await sleep(pause) }
      if statusRead.map({ abs(clock.now() - $0) > Self.freshness }) ?? true {
        guard let status = try await read(id, .status, tries: tries) else { return .nobody }
        guard let glimpse = Glimpse(status), rules.leaving(glimpse.status, glimpse.date, today: today) != nil else {
          return .other(status)
        }
        statusRead = clock.now()
        if await client.pause(before: .person(id, .reference)) > 0 { continue }
      }
      do {
        let employee = try await examine(id, .reference) { try await client.collect($0) }
        return employee.map { .leaver($0) } ?? .nobody
      } catch LeaverSourceFailure.later(_, _) where attempt < tries {
        try await sleep(Self.waitAfter(trouble: attempt))
      }
    }
    throw LeaverSourceFailure.later(seconds: 60, advice: BobAdvice.rateLimited)
  }

  /// Reads one person and checks that it is the right one and that all that was asked is shown; nil if Bob has none.
  func read(_ id: EmployeeID, _ scope: ReadingScope, tries: Int = Watcher.tries) async throws -> Employee? {
    try await examine(id, scope) { try await patiently($0, tries: tries) }
  }

  private func examine(
    _ id: EmployeeID, _ scope: ReadingScope, _ collect: (BobRead) async throws -> [UInt8]?
  ) async throws -> Employee? {
    guard let body = try await collect(.person(id, scope)) else { return nil }
    let employee: Employee
    do { employee = try Employee(json: body) } catch {
      throw LeaverSourceFailure.blind(advice: BobAdvice.fault(error))
    }
    guard employee.id == id else { throw LeaverSourceFailure.blind(advice: BobAdvice.otherPerson) }
    guard Glimpse.isShown(in: employee) else {
      throw LeaverSourceFailure.blind(advice: BobAdvice.noLifecycle)
    }
    for field in scope.fields where !employee.shows(field) {
      throw LeaverSourceFailure.blind(advice: BobAdvice.hidden(field))
    }
    return employee
  }

  /// Seconds to wait after the n-th trouble of a read: 15, 30, 60.
  private static func waitAfter(trouble attempt: Int) -> Int64 { 15 << Int64(attempt - 1) }

  /// Makes a small read, waiting out the rate limit and passing trouble: a poll of many leavers must not begin anew
  /// because of one of them.
  ///
  /// The waits grow (15, 30, 60 seconds at least) to outlast Bob's minute even where the header names a wrong end of it.
  func patiently(_ read: BobRead, tries: Int = Watcher.tries) async throws -> [UInt8]? {
    for attempt in 1...tries {
      let pause = await client.pause(before: read)
      if pause > 0 { try await sleep(pause) }
      do { return try await client.collect(read) } catch {
        guard case .later = error, attempt < tries else { throw error }
        try await sleep(Self.waitAfter(trouble: attempt))
      }
    }
    throw LeaverSourceFailure.later(seconds: 60, advice: BobAdvice.rateLimited)
  }

  /// The facts of a leaver, with what Bob left unclear.
  func reading(of employee: Employee, _ names: inout ListNames) async throws -> Sighting.Reading {
    var problems: [HoldReason] = []
    let title = try await names.resolve(.title, of: employee)
    let department = try await names.resolve(.department, of: employee)
    if title == .unresolved || department == .unresolved { problems.append(.unresolvedList) }
    if try await isShared(employee.text(.email)) { problems.append(.sharedAddress) }
    let texts: [EmployeeField] = [.displayName, .email, .title, .department]
    if texts.contains(where: employee.isUnreadable) { problems.append(.unprintable) }
    let facts = LeaverFacts(
      name: Self.oneLine(employee.text(.displayName) ?? ""), title: title.name, department: department.name,
      start: employee.date(.startDate), end: employee.date(.terminationDate), workEmail: employee.text(.email))
    return Sighting.Reading(facts: facts, problems: problems)
  }

  /// Whether more than one person has a work e-mail: asks for the numbers of its holders and for nothing else.
  private func isShared(_ email: String?) async throws -> Bool {
    guard let address = email.flatMap(WorkEmail.init), let body = try await patiently(.holders(address)) else {
      return false
    }
    var stream = EmployeeStream()
    var holders: Set<EmployeeID> = []
    do throws(JSONFault) {
      try stream.feed(body) { record throws(JSONFault) in
        if let id = try Employee(json: copy record).id { holders.insert(id) }
      }
      try stream.finish()
    } catch {
      throw LeaverSourceFailure.blind(advice: BobAdvice.fault(error))
    }
    return holders.count > 1
  }

  /// A text on one line: line breaks and other controls become spaces, runs of which become one.
  static func oneLine(_ text: String) -> String {
    let scalars = text.unicodeScalars.split { scalar in
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator: true
      default: false
      }
    }
    return scalars.map { String(String.UnicodeScalarView($0)) }.joined(separator: " ")
  }
}
