package import Mail

/// What is known of one leaver and may stand in the reference: the only personal values the appliance ever holds.
///
/// Lives in memory for the length of one step and on disk only sealed. Its descriptions are redacted, so that neither a
/// log line nor a crash report can carry it by accident.
package struct LeaverFacts: Sendable, Hashable, Codable {
  /// The name as Bob displays it, one line.
  package var name: String
  /// The job title, resolved to its display name; nil if Bob holds none.
  package var title: String?
  /// The department, resolved to its display name; nil if Bob holds none.
  package var department: String?
  /// The first day of the (latest) employment; nil if Bob holds none, and then the case is held.
  package var start: CalendarDate?
  /// The termination date; nil if Bob holds none, and then the case is held.
  package var end: CalendarDate?
  /// The work e-mail exactly as Bob gave it, unparsed; nil if Bob holds none.
  package var workEmail: String?

  package init(
    name: String, title: String?, department: String?, start: CalendarDate?, end: CalendarDate?, workEmail: String?
  ) {
    self.name = name
    self.title = title
    self.department = department
    self.start = start
    self.end = end
    self.workEmail = workEmail
  }
}

extension LeaverFacts: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "<leaver>" }
  package var debugDescription: String { "<leaver>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
