import Cryptography
package import Mail

/// A keyed mark of one person: HMAC(mark key, company ‖ employee ID). Tells "seen before" without telling who.
package struct PersonMark: Hashable, Sendable {
  package let bytes: [UInt8]
  package init(bytes: [UInt8]) { self.bytes = bytes }

  package static func == (left: PersonMark, right: PersonMark) -> Bool {
    HMACSHA256.constantTimeEquals(left.bytes, right.bytes)
  }

  /// All bytes at once: a poll looks up everybody of a large company.
  package func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
}

/// A keyed mark of a value of one person (a termination date, a start date), to tell whether it changed.
package struct ValueMark: Hashable, Sendable {
  package let bytes: [UInt8]
  package init(bytes: [UInt8]) { self.bytes = bytes }
}

/// One departure of one person, known only by marks.
package struct Departure: Hashable, Sendable {
  package var person: PersonMark
  /// Mark of the termination date for which it is handled.
  package var termination: ValueMark
  /// Mark of the start date; a new one means a rehire. Nil while it was not read (baseline).
  package var start: ValueMark?
  /// Whether the person was seen in a status that means a departure; false while only the date says so.
  package var isGone: Bool

  package init(person: PersonMark, termination: ValueMark, start: ValueMark?, isGone: Bool = true) {
    self.person = person
    self.termination = termination
    self.start = start
    self.isGone = isGone
  }
}

/// What is remembered of a departure: the marks, when it was handled, and the case made for it.
package struct HandledDeparture: Hashable, Sendable {
  package enum Reason: String, Sendable, Hashable, CaseIterable, Codable {
    /// Already gone at the first contact: never mailed.
    case baseline
    /// A case was opened.
    case `case`
    /// Of a department that gets no references.
    case excluded

    package var explanation: String {
      switch self {
      case .baseline: "gone before the first contact, so never mailed; `run --since` would"
      case .case: "a case was made"
      case .excluded: "of a department in bob.exclude_departments, so no case was made"
      }
    }
  }
  package var departure: Departure
  package var reason: Reason
  package var caseID: CaseID?
  package var at: Timestamp

  package init(departure: Departure, reason: Reason, caseID: CaseID?, at: Timestamp) {
    self.departure = departure
    self.reason = reason
    self.caseID = caseID
    self.at = at
  }
}

/// The memory of handled departures. Implemented by `Store`; asked by the watcher.
package protocol DepartureLog: Sendable {
  /// When the baseline was taken; nil before the first successful contact.
  func baseline() throws -> Timestamp?
  /// Records everybody already gone as handled, and that the baseline is taken, in one transaction.
  func takeBaseline(_ departures: [Departure], at now: Timestamp) throws
  /// Everything remembered, by person.
  func handled() throws -> [PersonMark: HandledDeparture]
  /// When each of these departures was first sighted; records `now` for those that were not (for `lead_days`).
  ///
  /// They are all that a poll sighted: what is not among them is forgotten, and begins anew if it is sighted again.
  func firstSighted(_ departures: [Departure], at now: Timestamp) throws -> [Timestamp]
  /// Takes a termination date for one that was never sighted in time, whatever comes.
  func disbelieve(_ departure: Departure) throws
  /// Forgets a person's mark, seen again in a status that is no departure; dates that are disbelieved stay so.
  ///
  /// - Parameter entries: tell of it in the ledger, in the same step.
  func reset(_ person: PersonMark, telling entries: [EntryDraft], at now: Timestamp) throws
  /// Replaces what is remembered of a person's departure: its termination was moved, or the status has followed the date.
  func update(_ departure: Departure, at now: Timestamp) throws
  /// Remembers a departure for which no case is to be made.
  func exclude(_ departure: Departure, at now: Timestamp) throws
  /// How often something was noted of somebody within the retention of observations.
  func timesObserved(_ person: PersonMark, _ remark: Remark) throws -> Int
  /// Notes why departures that were seen have no case, or what became of them; in one transaction.
  func observe(_ remarks: [(person: PersonMark, remark: Remark)], at now: Timestamp) throws
  /// When the source was last read successfully; nil if never.
  func lastPoll() throws -> Timestamp?
  /// Notes that the source was read.
  func notePolled(at now: Timestamp) throws
}
