/// How the cases of a ledger stood at the end of a period.
package struct PeriodStanding: Hashable, Sendable {
  /// A case that waits: its number, and the entry since which it does.
  package struct Waiting: Hashable, Sendable {
    package let `case`: String
    package let mark: CaseHistory.Mark
    /// A code, such as the reason of a hold.
    package let why: String
  }

  /// Confirmed in the period, by the evidence, in codes.
  package private(set) var confirmed: [String: Int] = [:]
  package private(set) var undeliverable = 0
  package private(set) var expired = 0
  package private(set) var cancelled = 0
  /// Opened and not purged.
  package private(set) var open = 0
  /// Of the open ones: those that have ended and wait for their purge.
  package private(set) var awaitingPurge = 0
  /// Of the open ones: those that a person must decide on.
  package private(set) var held: [Waiting] = []
  /// Of the open ones: those of which nobody knows whether the relay took the mail.
  package private(set) var unknown: [Waiting] = []
  /// Of the open ones: those under a legal hold; `why` is its reason.
  package private(set) var legalHolds: [Waiting] = []

  package init() {}

  /// All confirmed in the period.
  package var confirmations: Int { confirmed.values.reduce(0, +) }

  mutating func add(_ history: CaseHistory, in period: LedgerPeriod) {
    if let ending = history.ending, period.seconds.contains(ending.mark.seconds) {
      switch ending.event {
      case .confirm: confirmed[ending.how ?? "", default: 0] += 1
      case .fail: undeliverable += 1
      case .expire: expired += 1
      default: cancelled += 1
      }
    }
    guard history.purge == nil else { return }
    open += 1
    if history.ending != nil, history.hold == nil { awaitingPurge += 1 }
    if let hold = history.hold { held.append(Waiting(case: history.id, mark: hold.mark, why: hold.reason)) }
    if let mark = history.unknown { unknown.append(Waiting(case: history.id, mark: mark, why: "")) }
    if let hold = history.legalHold {
      legalHolds.append(Waiting(case: history.id, mark: hold.from, why: hold.reason))
    }
  }
}
