import Mail

/// What a poll sees of one person: the ID, the lifecycle status and the termination date, and nothing else.
struct Glimpse: Sendable, Hashable {
  var id: EmployeeID
  /// Nil if Bob holds none.
  var status: LifecycleStatus?
  /// Nil if Bob holds none, or not in the machine form `yyyy-MM-dd`.
  var date: CalendarDate?

  /// Reads a record; nil if it has no usable ID.
  init?(_ employee: Employee) {
    guard let id = employee.id else { return nil }
    self.id = id
    status = employee.text(.lifecycleStatus).flatMap(LifecycleStatus.init)
    date = employee.text(.terminationDate).flatMap(CalendarDate.init(machine:))
  }

  /// Whether the record shows what it takes to notice a departure.
  static func isShown(in employee: Employee) -> Bool {
    employee.shows(.lifecycleStatus) && employee.shows(.terminationDate)
  }
}
