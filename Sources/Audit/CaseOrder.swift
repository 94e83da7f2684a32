/// The order in which things may happen to one case, as the ledger must show it.
///
/// issue → seal → sent (or an unknown outcome) → confirm → purge. A purge comes once, names the event that
/// allowed it, and reports a scan that found nothing. After it only a late bounce, a revocation and what
/// people do to the case may follow. It comes within the time that was promised when the case was opened, to which a
/// legal hold adds its own; while that stands there is no purge.
struct CaseOrder {
  /// What an appliance that stood still for a while may be late, in seconds.
  static let grace: Int64 = 86_400

  /// What is wrong with a purge that comes too late.
  static let lateFault = "purge later than the ledger promises"

  /// The place of the first entry.
  let opened: Int
  /// True for the afterword of a case whose own entries were dropped.
  let isRemnant: Bool
  /// What was promised when the case was opened: seconds from its first entry to its purge.
  let promise: Int64?
  /// What ended legal holds have added to it.
  private(set) var lent: Int64 = 0
  private var deadline: Int64?
  /// Since when a legal hold stands.
  private var suspended: Int64?
  private var seen: Set<EntryEvent> = []

  /// - Parameters:
  ///   - promise: what was promised when the case was opened; nil: nothing.
  ///   - remnant: true if this is the afterword of a case whose entries were dropped, which must have been purged.
  init(opened index: Int, at seconds: Int64, promise: Int64?, remnant: Bool = false) {
    opened = index
    isRemnant = remnant
    self.promise = promise
    deadline = promise.map { seconds + $0 + Self.grace }
    if remnant { seen = [.purge] }
  }

  /// The case was read again from a backup.
  mutating func cameBack(at seconds: Int64) { deadline = deadline.map { max($0, seconds + Self.grace) } }

  /// True if it is not purged though it should have been by then.
  func isOverdue(at seconds: Int64) -> Bool {
    !seen.contains(.purge) && suspended == nil && deadline.map { $0 < seconds } ?? false
  }

  /// The events a purge may name in `after`.
  static let endings: Set<EntryEvent> = [.confirm, .fail, .expire, .cancel]
  private static let allowedAfterPurge: Set<EntryEvent> = [
    .bounced, .hold, .release, .operator, .revoke, .restore,
  ]

  /// Takes the next entry of the case, and says what is wrong with it.
  mutating func take(_ entry: Entry) -> [String] {
    defer { seen.insert(entry.event) }
    var faults: [String] = []
    if seen.contains(.purge), !Self.allowedAfterPurge.contains(entry.event) {
      faults.append(
        entry.event == .purge
          ? "the case is purged a second time" : "\(entry.event.rawValue) after the case was purged")
    }
    switch entry.event {
    case .seal:
      if !seen.contains(.issue) { faults.append("seal without an issue before it") }
    case .sent, .deferred, .unknown, .bounced:
      if !seen.contains(.seal) { faults.append("\(entry.event.rawValue) without a seal before it") }
    case .confirm:
      // A delivery report can settle an unknown outcome: then there is no `sent`.
      if seen.isDisjoint(with: [.sent, .unknown]) {
        faults.append("confirm without a sent or unknown before it")
      }
    case .purge:
      faults += faultsOfPurge(entry)
    case .hold, .release:
      if entry.fields[LedgerVerifier.legalField] != nil { suspend(by: entry) }
    case .detect, .issue, .cancel, .fail, .expire, .revoke, .restore, .keyRotate, .config,
      .operator, .epochDestroyed:
      break
    }
    return faults
  }

  private mutating func suspend(by entry: Entry) {
    if let suspended {
      lent += entry.seconds - suspended
      deadline = deadline.map { $0 + entry.seconds - suspended }
    }
    suspended = entry.event == .hold ? entry.seconds : nil
  }

  private func faultsOfPurge(_ entry: Entry) -> [String] {
    var faults: [String] = []
    if suspended != nil { faults.append("purge under a legal hold") }
    if let deadline, deadline < entry.seconds { faults.append(Self.lateFault) }
    let after = entry.fields["after"]?.string.flatMap(EntryEvent.init(rawValue:))
    if let after, Self.endings.contains(after) {
      if !seen.contains(after) { faults.append("purge after \(after.rawValue), which is not there") }
    } else {
      faults.append("purge without the event that allowed it")
    }
    switch entry.fields["scan"]?["hits"]?.integer {
    case 0: break
    case nil: faults.append("purge without a scan")
    default: faults.append("purge whose scan still found something")
    }
    return faults
  }
}
