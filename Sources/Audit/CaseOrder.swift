/// The order in which things may happen to one case, as the ledger must show it.
///
/// issue → seal → sent (or an unknown outcome) → confirm → purge. A purge comes once, names the event that
/// allowed it, and reports a scan that found nothing. After it only a late bounce, a revocation and what
/// people do to the case may follow.
struct CaseOrder {
  private var seen: Set<EntryEvent> = []

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
    case .detect, .hold, .release, .issue, .cancel, .fail, .expire, .revoke, .restore, .keyRotate, .config,
      .operator, .epochDestroyed:
      break
    }
    return faults
  }

  private func faultsOfPurge(_ entry: Entry) -> [String] {
    var faults: [String] = []
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
