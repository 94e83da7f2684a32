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
      department: try Self.optional(facts.department, field: "department"), start: Self.text(start),
      end: Self.text(end))
  }

  private static func optional(_ raw: String?, field: String) throws(IssueFailure) -> String? {
    guard let raw else { return nil }
    guard raw.utf8.count <= PrintableText.maximumSize else { throw .unprintable(field: field) }
    return PrintableText(raw)?.text
  }

  private static func text(_ date: CalendarDate) -> String {
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
  }

  /// The dates as calendar dates; nil if a foreign text holds none.
  var period: (start: CalendarDate, end: CalendarDate)? {
    guard let start = Self.date(start), let end = Self.date(end) else { return nil }
    return (start, end)
  }

  private static func date(_ text: String) -> CalendarDate? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2] else { return nil }
    let numbers = parts.compactMap { UInt16($0) }
    guard numbers.count == 3 else { return nil }
    return CalendarDate(year: Int(numbers[0]), month: Int(numbers[1]), day: Int(numbers[2]))
  }
}

extension StatedFacts: CustomStringConvertible, CustomReflectable {
  package var description: String { "<facts>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
