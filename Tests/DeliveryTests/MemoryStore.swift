import Audit
import Cryptography
import Delivery
import Mail
import Synchronization

/// A store that remembers everything in memory, and can be told to fail: the contract of `CaseStore` without a disk.
final class MemoryStore: CaseStore, ReportLog, IntakeLog, AuditLedger, CasePurger, DepartureLog, RestoreLog,
  NoticeQueue, AlarmBoard
{
  struct State: Sendable {
    var cases: [Case] = []
    var sealed: [CaseID: [SealedPart: [UInt8]]] = [:]
    var attempts: [CaseID: [Attempt]] = [:]
    var entries: [EntryDraft] = []
    var departures: Set<PersonMark> = []
    var updated: [Departure] = []
    var handled: [PersonMark: HandledDeparture] = [:]
    var notices: [(notice: QueuedNotice, due: Timestamp)] = []
    var alarms: [Alarm] = []
    var reports: [CaseID: [KeptReport]] = [:]
    var lastLook: Timestamp?
    var restored: RestoreMark?
    var probes: [IntakeHealth.Probe] = []
    /// Called before the next report is kept, once: what comes in between.
    var interruption: (@Sendable (MemoryStore) throws -> Void)?
    var failing = false
    /// Cases whose key opens nothing any more.
    var damaged: Set<CaseID> = []

    mutating func keep(_ report: KeptReport, of id: CaseID) {
      var all = reports[id, default: []]
      if let known = all.firstIndex(where: { $0.hash == report.hash }) {
        all[known].isPending = report.isPending
      } else {
        all.append(report)
      }
      reports[id] = all
    }

    mutating func queue(_ drafts: [NoticeDraft], due: Timestamp, at now: Timestamp) {
      for draft in drafts {
        notices.append((QueuedNotice(number: Int64(notices.count + 1), draft: draft, queued: now), due))
      }
    }
  }
  struct DiskFull: Error {}

  let state = Mutex(State())

  func restoreMark() throws -> RestoreMark? { state.withLock { $0.restored } }

  func notePoll(at now: Timestamp) throws { state.withLock { $0.restored?.isPolled = true } }

  func endRestore(by actor: String, at now: Timestamp) throws -> Bool {
    state.withLock { state in
      defer { state.restored?.isEnded = true }
      return state.restored.map { !$0.isEnded } ?? false
    }
  }

  func open(_ new: NewCase, at now: Timestamp) throws {
    try state.withLock { state in
      if state.failing { throw DiskFull() }
      guard state.departures.insert(new.departure.person).inserted || new.replacing != nil || new.isAnother else {
        throw CaseStoreError.alreadyHandled
      }
      state.queue(new.notices, due: now, at: now)
      state.cases.append(new.row)
      state.sealed[new.row.id] = new.seal
      state.entries += new.entries
    }
  }

  func find(_ id: CaseID) throws -> Case? { state.withLock { $0.cases.first { $0.id == id } } }

  func cases(at stages: Set<Stage>) throws -> [Case] {
    state.withLock { $0.cases.filter { stages.contains($0.stage) } }
  }

  func commit(_ change: CaseChange, at now: Timestamp) throws {
    try state.withLock { state in
      if state.failing { throw DiskFull() }
      guard let index = state.cases.firstIndex(where: { $0.id == change.after.id }) else {
        throw CaseStoreError.notFound(change.after.id)
      }
      guard state.cases[index].stage == change.expected, state.cases[index].revision == change.after.revision else {
        throw CaseStoreError.moved(change.after.id, expected: change.expected)
      }
      state.cases[index] = change.committed
      state.sealed[change.after.id, default: [:]].merge(change.seal) { $1 }
      if let attempt = change.attempt {
        var all = state.attempts[change.after.id, default: []]
        if let known = all.firstIndex(where: { $0.number == attempt.number }) {
          all[known] = attempt
        } else {
          all.append(attempt)
        }
        state.attempts[change.after.id] = all
      }
      if let report = change.report { state.keep(report, of: change.after.id) }
      if let person = change.returned { state.departures.remove(person) }
      state.entries += change.entries
      state.queue(change.notices, due: now, at: now)
    }
  }

  func unseal(_ part: SealedPart, of id: CaseID) throws -> [UInt8]? {
    try state.withLock { state in
      if state.damaged.contains(id) { throw CaseStoreError.keyGone(id) }
      return state.sealed[id]?[part]
    }
  }
  func attempts(of id: CaseID) throws -> [Attempt] { state.withLock { $0.attempts[id] ?? [] } }

  func append(_ drafts: [EntryDraft], at now: Timestamp) throws -> Int {
    state.withLock { state in
      state.entries += drafts
      return state.entries.count - 1
    }
  }

  func size() throws -> Int { state.withLock { $0.entries.count } }
  func checkpoint(at now: Timestamp) throws -> String { "" }

  func proof(of event: EntryEvent, case id: CaseID, at now: Timestamp) throws -> TlogProof {
    let signer = try NoteSigner(name: "acme.example/refpassport/1", key: .generate())
    let leaf = MerkleTree.leafHash([1])
    let checkpoint = try Checkpoint(origin: "acme.example/refpassport/1", size: 1, root: leaf)
    return TlogProof(index: 0, hashes: [], checkpoint: try signer.sign(checkpoint))
  }

  func baseline() throws -> Timestamp? { nil }
  func takeBaseline(_ departures: [Departure], at now: Timestamp) throws {}
  func handled() throws -> [PersonMark: HandledDeparture] { state.withLock { $0.handled } }
  func firstSighted(_ departures: [Departure], at now: Timestamp) throws -> [Timestamp] { departures.map { _ in now } }

  func reset(_ person: PersonMark, telling entries: [EntryDraft], at now: Timestamp) throws {
    try state.withLock { state in
      if state.failing { throw DiskFull() }
      state.entries += entries
      state.departures.remove(person)
    }
  }

  func update(_ departure: Departure, at now: Timestamp) throws {
    state.withLock { $0.updated.append(departure) }
  }

  func disbelieve(_ departure: Departure) throws {}
  func exclude(_ departure: Departure, at now: Timestamp) throws {
    state.withLock { state in
      state.departures.insert(departure.person)
      state.handled[departure.person] = HandledDeparture(departure: departure, reason: .excluded, caseID: nil, at: now)
    }
  }
  func timesObserved(_ person: PersonMark, _ remark: Remark) throws -> Int { 0 }
  func observe(_ remarks: [(person: PersonMark, remark: Remark)], at now: Timestamp) throws {}
  func lastPoll() throws -> Timestamp? { nil }
  func notePolled(at now: Timestamp) throws {}

  func attempt(under token: VERPToken) throws -> AttemptKey? { attempt { $0.trace?.token == token } }
  func attempt(ofMessage mark: [UInt8]) throws -> AttemptKey? { attempt { $0.trace?.message == mark } }

  private func attempt(_ fits: (Attempt) -> Bool) -> AttemptKey? {
    state.withLock { state in
      for (id, attempts) in state.attempts {
        if let attempt = attempts.last(where: { $0.intent != nil && fits($0) }) {
          return AttemptKey(caseID: id, attempt: attempt.number)
        }
      }
      return nil
    }
  }

  func reports(of id: CaseID) throws -> [KeptReport] {
    let interruption = state.withLock { state in
      defer { state.interruption = nil }
      return state.interruption
    }
    defer { try? interruption?(self) }
    return state.withLock { $0.reports[id] ?? [] }
  }

  func reports(ofCasesAt stages: Set<Stage>) throws -> [CaseID: [KeptReport]] {
    state.withLock { state in
      state.reports.filter { id, _ in state.cases.contains { $0.id == id && stages.contains($0.stage) } }
    }
  }

  func purgedLately(_ most: Int) throws -> [AttemptKey] {
    state.withLock { state in
      state.cases.filter { $0.stage == .purged }.suffix(most).map { AttemptKey(caseID: $0.id, attempt: $0.attempts) }
    }
  }

  func waitingReports() throws -> [CaseID: [KeptReport]] {
    state.withLock { $0.reports.mapValues { $0.filter(\.isPending) }.filter { !$0.value.isEmpty } }
  }

  func keep(_ report: KeptReport, of id: CaseID, entries: [EntryDraft], at now: Timestamp) throws {
    try state.withLock { state in
      if state.failing { throw DiskFull() }
      guard state.cases.contains(where: { $0.id == id && $0.stage == .sending }) else {
        throw CaseStoreError.moved(id, expected: .sending)
      }
      state.keep(report, of: id)
      state.entries += entries
    }
  }

  func intake() throws -> (lastLook: Timestamp?, probes: [IntakeHealth.Probe]) {
    state.withLock { ($0.lastLook, $0.probes) }
  }

  func noteLook(at now: Timestamp) throws { state.withLock { $0.lastLook = now } }

  func beginProbe(at now: Timestamp) throws -> Int64 {
    state.withLock { state in
      let number = (state.probes.last?.number ?? 0) + 1
      state.probes.append(.init(number: number, sent: now))
      return number
    }
  }

  func dropProbe(_ number: Int64) throws { state.withLock { $0.probes.removeAll { $0.number == number } } }

  func noteProbe(_ number: Int64, backAt now: Timestamp) throws -> Bool {
    state.withLock { state in
      guard let index = state.probes.firstIndex(where: { $0.number == number && $0.back == nil }) else { return false }
      state.probes[index].back = now
      return true
    }
  }

  func purge(_ batch: [Case], at now: Timestamp) throws -> [PurgeResult] {
    try batch.map { row in
      let begun = row.stage == .purging ? row : try commitAndReturn(row.moved(by: .purge, at: now), at: now)
      _ = try commitAndReturn(begun.moved(by: .erase, at: now), at: now)
      state.withLock { state in
        state.sealed[row.id] = nil
        state.attempts[row.id] = nil
        state.reports[row.id] = nil
      }
      return PurgeResult(caseID: row.id, purged: true, files: 1, residue: [])
    }
  }

  private func commitAndReturn(_ change: CaseChange, at now: Timestamp) throws -> Case {
    try commit(change, at: now)
    return change.committed
  }

  func queue(_ drafts: [NoticeDraft], at now: Timestamp) throws {
    state.withLock { $0.queue(drafts, due: now, at: now) }
  }

  func dueNotices(at now: Timestamp) throws -> [QueuedNotice] {
    state.withLock { $0.notices.filter { $0.due <= now }.map(\.notice) }
  }

  func bundle(_ numbers: [Int64], as mail: [UInt8]) throws { each(numbers) { $0.notice.mail = mail } }

  func postpone(_ numbers: [Int64], until: Timestamp) throws {
    if state.withLock(\.failing) { throw DiskFull() }
    each(numbers) { row in
      row.due = until
      row.notice.attempts += 1
    }
  }

  func remove(_ numbers: [Int64]) throws {
    try state.withLock { state in
      if state.failing { throw DiskFull() }
      state.notices.removeAll { numbers.contains($0.notice.number) }
    }
  }

  private func each(_ numbers: [Int64], _ body: (inout (notice: QueuedNotice, due: Timestamp)) -> Void) {
    state.withLock { state in
      for index in state.notices.indices where numbers.contains(state.notices[index].notice.number) {
        body(&state.notices[index])
      }
    }
  }

  func raise(_ alarm: Alarm, telling: Timestamp) throws -> Bool {
    try state.withLock { state in
      if state.failing { throw DiskFull() }
      guard !state.alarms.contains(where: { $0.kind == alarm.kind }) else { return false }
      state.alarms.append(alarm)
      state.queue([NoticeDraft(.alarm, .init(detail: alarm.detail))], due: telling, at: alarm.since)
      return true
    }
  }

  func clear(_ kind: Alarm.Kind, at now: Timestamp) throws -> Alarm? {
    state.withLock { state in
      guard let index = state.alarms.firstIndex(where: { $0.kind == kind }) else { return nil }
      return state.alarms.remove(at: index)
    }
  }

  func alarms() throws -> [Alarm] { state.withLock { $0.alarms } }

  /// The events of a case, first to last.
  func events(of id: CaseID) -> [EntryEvent] { state.withLock { $0.entries.filter { $0.caseID == id }.map(\.event) } }
}

/// A transport that does what a script says and remembers what it was given.
final class ScriptedTransport: Transport {
  enum Step: Sendable {
    /// The relay took the body, the dot was sent, and this came of it.
    case afterDot(Outcome)
    /// It ended before the dot.
    case beforeDot(Outcome)
    case trouble(RouteTrouble)
  }
  struct State: Sendable {
    var steps: [Step]
    var sent: [(envelope: Envelope, message: [UInt8])] = []
  }
  let state: Mutex<State>
  let width: Int

  init(_ steps: Step..., width: Int = 1) {
    state = Mutex(State(steps: steps))
    self.width = width
  }

  var sent: Int { state.withLock { $0.sent.count } }

  func send(
    _ envelope: Envelope, message: [UInt8], intent: @escaping @Sendable () throws -> Void
  ) async throws(TransportFailure) -> Outcome {
    let step = state.withLock { state -> Step in
      state.sent.append((envelope, message))
      return state.steps.isEmpty ? .afterDot(.accepted(Reply(code: 250))) : state.steps.removeFirst()
    }
    switch step {
    case .beforeDot(let outcome): return outcome
    case .trouble(let trouble): throw .route(trouble)
    case .afterDot(let outcome):
      do { try intent() } catch { throw .intent(error) }
      return outcome
    }
  }
}
