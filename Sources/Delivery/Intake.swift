import Audit
import Cryptography
package import Logging
package import Mail

/// Opens a case for every new sighting, and tells existing cases what changed in Bob.
package struct Intake: Sendable {
  private let store: any CaseStore
  private let departures: any DepartureLog
  private let admission: Admission
  private let restores: RestoreGuard
  private let logger: Logger

  package init(
    store: any CaseStore, departures: any DepartureLog, admission: Admission, restores: RestoreGuard, logger: Logger
  ) {
    self.store = store
    self.departures = departures
    self.admission = admission
    self.restores = restores
    self.logger = logger
  }

  /// What the intake of one poll came to.
  package struct Result: Sendable, Hashable {
    package var opened = 0
    package var held = 0
    package var revoked = 0

    package init(opened: Int = 0, held: Int = 0, revoked: Int = 0) {
      self.opened = opened
      self.held = held
      self.revoked = revoked
    }
  }

  /// Takes in all sightings of a poll.
  package func take(_ sightings: [Sighting], at now: Timestamp) throws -> Result {
    var result = Result()
    for sighting in sightings {
      switch sighting {
      case .left(let departure, let employee, let reading, let holds, let isAnother):
        // Before reasons that are released for many at once.
        let reason = admission.obstacle(in: reading, holds: try restores.holds(reading.facts) + holds)
        let opened = try open(
          departure, employee: employee, reading: reading, reason: reason, isAnother: isAnother, at: now)
        result.opened += opened ? 1 : 0
        result.held += opened && reason != nil ? 1 : 0
      case .terminationMoved(let departure, let id):
        if let id { result.held += try hold(id, for: .terminationMoved, at: now) ? 1 : 0 }
        try departures.update(departure, at: now)
      case .excluded(let departure): try departures.exclude(departure, at: now)
      case .returned(let person, let id):
        if let row = try id.flatMap({ try store.find($0) }) {
          result.revoked += try withdraw(row, of: person, at: now) ? 1 : 0
        } else {
          try departures.reset(person, telling: [], at: now)
        }
      }
    }
    return result
  }

  /// Opens one case; false if the departure is handled already (a crash between two polls).
  private func open(
    _ departure: Departure, employee: String, reading: Sighting.Reading, reason: HoldReason?, isAnother: Bool,
    at now: Timestamp
  ) throws -> Bool {
    let id = CaseID.random()
    var row = Case(id: id, stage: .detected, opened: now, since: now)
    var entries = [
      EntryDraft(.detect, case: id, ["from": .string("bob")], about: admission.recipient(of: reading.facts))
    ]
    var notices: [NoticeDraft] = []
    if let reason {
      let change = try row.held(for: reason, at: now)
      row = change.after
      entries += change.entries
      notices = change.notices
    }
    let seal: [SealedPart: [UInt8]] = [
      .facts: try CaseVault.encode(reading.facts), .employee: Array(employee.utf8), .salt: Randomness.bytes(32),
    ]
    do {
      try store.open(
        NewCase(
          row: row, departure: departure, seal: seal, entries: entries, notices: notices, isAnother: isAnother),
        at: now)
    } catch CaseStoreError.alreadyHandled {
      return false
    }
    logger.info("case opened", metadata: ["case": "\(id)", "stage": "\(row.stage.rawValue)"])
    return true
  }

  /// Holds a case; one that is held already takes the new reason, which tells more, unless its termination was cancelled.
  private func hold(_ id: CaseID, for reason: HoldReason, at now: Timestamp) throws -> Bool {
    guard let row = try store.find(id), ![reason, .terminationCancelled].contains(row.hold?.reason) else {
      return false
    }
    guard let change = Self.holding(row, for: reason, at: now) else { return false }
    try store.commit(change, at: now)
    logger.warning("case held", metadata: ["case": "\(id)", "why": "\(reason.rawValue)"])
    return true
  }

  /// The change that holds a case, or gives another reason to one that is held; nil if it cannot be held any more.
  private static func holding(_ row: Case, for reason: HoldReason, at now: Timestamp) -> CaseChange? {
    row.stage == .held ? try? row.reheld(for: reason, at: now) : try? row.held(for: reason, at: now)
  }

  /// The termination is no more. Before anything was issued the case is cancelled; afterwards the reference is revoked,
  /// and a case still open waits for a person. The mark of the departure goes in the same step, so that none is told twice.
  ///
  /// A closed case counts as issued: a revocation too many harms nobody.
  private func withdraw(_ row: Case, of person: PersonMark, at now: Timestamp) throws -> Bool {
    let why: [String: CanonicalJSON] = ["why": .string(HoldReason.terminationCancelled.rawValue)]
    guard row.mayBeIssued else {
      var change = try row.moved(by: .cancel, at: now, fields: why) { $0.ground = .cancel }
      change.returned = person
      try store.commit(change, at: now)
      return false
    }
    let revocation = EntryDraft(.revoke, case: row.id, why)
    if var change = Self.holding(row, for: .terminationCancelled, at: now) {
      change.entries.insert(revocation, at: 0)
      change.returned = person
      try store.commit(change, at: now)
    } else {
      // A closed row stays, and the result of a session must find its row as it left it.
      try departures.reset(person, telling: [revocation], at: now)
    }
    logger.warning("reference revoked", metadata: ["case": "\(row.id)"])
    return true
  }
}

extension Case {
  /// Whether a reference of it may exist: what was done after a backup is forgotten, so a case that came back with one
  /// may have been mailed.
  fileprivate var mayBeIssued: Bool {
    guard let hold else { return stage != .detected }
    return hold.resume != .detected || hold.reason == .restored
  }
}
