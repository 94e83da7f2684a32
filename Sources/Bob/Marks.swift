package import Delivery
package import Mail

/// A keyed one-way function for marks, such as HMAC-SHA-256: equal input gives equal marks, and without the key a mark
/// says nothing.
package protocol MarkKey: Sendable {
  /// The mark of `parts` under `label`. Different parts must never run together to the same input.
  func mark(_ label: String, _ parts: [String]) -> [UInt8]
}

/// Makes the marks by which people and departures are remembered.
package struct Marks: Sendable {
  private let key: any MarkKey
  private let company: String

  package init(key: any MarkKey, company: String) {
    self.key = key
    self.company = company
  }

  package func person(_ id: EmployeeID) -> PersonMark {
    PersonMark(bytes: key.mark("person", [company, id.text]))
  }

  /// The mark of a termination date; a missing date has one of its own.
  package func termination(_ id: EmployeeID, _ date: CalendarDate?) -> ValueMark {
    ValueMark(bytes: key.mark("termination", [company, id.text, date?.description ?? "-"]))
  }

  /// The mark of a start date; a missing date has one of its own.
  package func start(_ id: EmployeeID, _ date: CalendarDate?) -> ValueMark {
    ValueMark(bytes: key.mark("start", [company, id.text, date?.description ?? "-"]))
  }
}
