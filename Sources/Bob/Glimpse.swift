import Mail

/// What a poll sees of one person: the ID, the lifecycle status and the termination date, and nothing else.
struct Glimpse: Sendable, Hashable {
  var id: EmployeeID
  /// Nil if Bob holds none.
  var status: LifecycleStatus?
  /// Nil if Bob holds none, or not in the machine form `yyyy-MM-dd`.
  var date: CalendarDate?
  /// Whether Bob holds something else in its place, which says neither that there is a date nor that there is none.
  var isDateUnreadable: Bool

  /// Reads a record; nil if it has no usable ID.
  init?(_ employee: Employee) {
    guard let id = employee.id else { return nil }
    self.id = id
    status = employee.text(.lifecycleStatus).flatMap(LifecycleStatus.init)
    date = employee.date(.terminationDate)
    isDateUnreadable =
      date == nil && (employee.text(.terminationDate) != nil || employee.isUnreadable(.terminationDate))
  }

  /// Whether the record shows what it takes to notice a departure.
  static func isShown(in employee: Employee) -> Bool {
    employee.shows(.lifecycleStatus) && employee.shows(.terminationDate)
  }
}

extension Employee {
  /// The machine value of a field as a day; nil if it is none, or not in the machine form `yyyy-MM-dd`.
  func date(_ field: EmployeeField) -> CalendarDate? { text(field).flatMap(CalendarDate.init(machine:)) }
}
