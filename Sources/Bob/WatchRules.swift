import Delivery
import Foundation
package import Mail

/// What counts as a departure and what is held: the `bob:` section of the configuration, parsed.
package struct WatchRules: Sendable {
  /// Statuses that mean a departure.
  package var triggers: Set<LifecycleStatus>
  /// Days before the termination date from which somebody counts as leaving already, and goes on to if the status never
  /// follows; 0 waits for the status.
  package var leadDays: Int
  /// Days after which a departure is too old to be mailed without a person's release.
  package var maxAge: Int
  /// More new leavers than this in one poll are all held.
  package var surgeLimit: Int
  /// Whether every case waits for a person's release.
  package var approvesAll: Bool
  /// Departments, by name or item ID, whose leavers get no reference.
  package var excluded: ExcludedDepartments
  /// Seconds between the two reads of a person.
  package var rereadAfter: Int64
  /// Departures from this day on count even though the baseline would swallow them: a backfill on purpose.
  package var since: CalendarDate?
  /// The zone in which the organisation's days begin and end.
  package var zone: OrganisationZone

  package init(
    triggers: Set<LifecycleStatus> = LifecycleStatus.standardTriggers, leadDays: Int = 0, maxAge: Int = 30,
    surgeLimit: Int = 25, approvesAll: Bool = false, excluded: ExcludedDepartments = .init(), rereadAfter: Int64 = 20,
    since: CalendarDate? = nil,
    zone: OrganisationZone = .utc
  ) {
    self.triggers = triggers
    self.leadDays = leadDays
    self.maxAge = maxAge
    self.surgeLimit = surgeLimit
    self.approvesAll = approvesAll
    self.excluded = excluded
    self.rereadAfter = rereadAfter
    self.since = since
    self.zone = zone
  }

  /// Seconds between the two sightings that `leadDays` needs.
  static let settling: Int64 = 86_400

  /// How somebody is leaving, if they are.
  enum Leaving: Sendable, Hashable {
    case byStatus
    /// By the termination date alone, inside `leadDays`.
    case byDate
  }

  func leaving(_ status: LifecycleStatus?, _ date: CalendarDate?, today: CalendarDate) -> Leaving? {
    if isTrigger(status) { return .byStatus }
    // Whoever has not begun yet is not leaving by a date: it ends an employment before, or one that never was.
    guard leadDays > 0, let date, status != .hired else { return nil }
    return (-Int64(maxAge)...Int64(leadDays)).contains(date.daysSince1970 - today.daysSince1970) ? .byDate : nil
  }

  /// Whether a status means a departure; none means nothing.
  func isTrigger(_ status: LifecycleStatus?) -> Bool { status.map(triggers.contains) ?? false }

  /// Whether a status says that somebody who had left is there again; a status nobody knows says nothing.
  func saysPresent(_ status: LifecycleStatus) -> Bool {
    [.employed, .hired].contains(status) && !triggers.contains(status)
  }

  /// Whether somebody in this status can be seen only if inactive people are visible.
  func provesInactive(_ status: LifecycleStatus) -> Bool {
    [.terminated, .offboarded, .hired].contains(status)
      || (triggers.contains(status) && status != .gardenLeave)
  }
}

/// The time zone in which a date of the organisation begins and ends.
package struct OrganisationZone: Sendable, Hashable {
  private let zone: TimeZone

  /// Nil if there is no zone of that IANA name.
  package init?(_ name: String) {
    guard let zone = TimeZone(identifier: name) else { return nil }
    self.zone = zone
  }

  private init(zone: TimeZone) { self.zone = zone }

  package static let utc = OrganisationZone(zone: .gmt)

  /// The day it is there at a moment.
  package func day(at now: Timestamp) -> CalendarDate {
    CalendarDate(of: now, in: zone)
  }
}
