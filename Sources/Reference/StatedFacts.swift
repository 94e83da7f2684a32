import Delivery
import Mail

/// The facts as the reference states them: cleaned, complete, dates as `2026-09-30`.
package struct StatedFacts: Hashable, Sendable {
  package let name: String
  package let title: String?
  package let department: String?
  /// ISO 8601 calendar dates.
  package let start: String
  package let end: String

  init(name: String, title: String?, department: String?, start: String, end: String) {
    self.name = name
    self.title = title
    self.department = department
    self.start = start
    self.end = end
  }

  /// Cleans what Bob told; throws `IssueFailure.incomplete` without name, start and end.
  init(_ facts: LeaverFacts) throws(IssueFailure) {
    guard let start = facts.start, let end = facts.end else { throw .incomplete }
    guard let name = PrintableText(facts.name) else {
      throw facts.name.utf8.count > PrintableText.maximumSize ? .unprintable(field: "name") : .incomplete
    }
    self.init(
      name: name.text, title: try Self.optional(facts.title, field: "title"),
      department: try Self.optional(facts.department, field: "department"), start: start.description,
      end: end.description)
  }

  private static func optional(_ raw: String?, field: String) throws(IssueFailure) -> String? {
    guard let raw else { return nil }
    guard raw.utf8.count <= PrintableText.maximumSize else { throw .unprintable(field: field) }
    return PrintableText(raw)?.text
  }

  /// The dates as calendar dates; nil if a foreign text holds none.
  var period: (start: CalendarDate, end: CalendarDate)? {
    guard let start = CalendarDate(machine: start), let end = CalendarDate(machine: end) else { return nil }
    return (start, end)
  }
}

extension StatedFacts: CustomStringConvertible, CustomReflectable {
  package var description: String { "<facts>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
