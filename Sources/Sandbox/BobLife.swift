/// One employee through time: what was entered in Bob and when, so that a stale replica can be asked what it still knows.
struct BobLife: Sendable {
  let id: String
  /// What was entered, oldest first; nil where the record was deleted.
  private var versions: [(since: Int64, person: SandboxBob.Person?)]

  /// - Parameter since: Unix seconds; left out, the person was always there.
  init(_ person: SandboxBob.Person, since: Int64 = .min) {
    id = person.id
    versions = [(since, person)]
  }

  /// The newest version; nil if the record is deleted.
  var newest: SandboxBob.Person? { versions[versions.count - 1].person }

  /// Enters a change; nothing may be entered before what is there.
  mutating func enter(_ person: SandboxBob.Person?, at moment: Int64) {
    if versions[versions.count - 1].since == moment {
      versions[versions.count - 1].person = person
    } else {
      versions.append((max(moment, versions[versions.count - 1].since), person))
    }
  }

  /// What a replica shows that has seen everything up to a moment.
  func entered(by moment: Int64) -> SandboxBob.Person? {
    versions.last { $0.since <= moment }?.person
  }

  /// The rows of the lifecycle table, oldest first: every status that was entered or came by itself up to a day.
  func rows(on day: String) -> [SandboxBob.PlannedStatus] {
    var rows: [SandboxBob.PlannedStatus] = []
    for person in versions.compactMap(\.person) {
      if rows.isEmpty, let start = person.originalStartDate { rows.append(.init(date: start, status: "employed")) }
      for change in person.planned where change.date <= day && !rows.contains(change) { rows.append(change) }
      if let status = person.status, person.planned.isEmpty, rows.last?.status != status {
        rows.append(.init(date: person.terminationDate ?? person.startDate ?? day, status: status))
      }
    }
    return rows
  }
}
