/// One employee record as Bob answered it, reduced to the fields the appliance knows.
///
/// Bob gives every value twice: nested (`"work": {"title": …}`, nulls included) and under a slash key (`"/work/title":
/// {"value": …}`, only if not null). The nested form is believed first. Its *presence* is the permission: null is
/// empty, absent is not permitted. Its descriptions are redacted.
package struct Employee: Sendable, Hashable {
  /// What stood at one place.
  enum Value: Sendable, Hashable {
    case absent
    case null
    case text(String)
    /// A number by its literal.
    case number(String)
    /// A value of a kind that no field here has.
    case other
  }

  /// The values of one form, by field; without a place of their own on the heap, since a company has many people.
  private struct Form: Sendable, Hashable {
    private var values = InlineArray<8, Value>(repeating: .absent)

    subscript(field: EmployeeField) -> Value {
      get { values[field.rawValue] }
      set { values[field.rawValue] = newValue }
    }

    var isAbsent: Bool { values.indices.allSatisfy { values[$0] == .absent } }

    static func == (left: Form, right: Form) -> Bool {
      left.values.indices.allSatisfy { left.values[$0] == right.values[$0] }
    }

    func hash(into hasher: inout Hasher) { for index in values.indices { hasher.combine(values[index]) } }
  }

  private var nested = Form()
  private var flat = Form()
  private var human = Form()

  /// The most bytes of one value; a longer one is treated as `other`.
  static let longestValue = 4096

  /// Reads one record; also one wrapped in `{"employees": [ … ]}`, as the published schema has it.
  package init(json: [UInt8]) throws(JSONFault) {
    var reader = JSONReader(json)
    self = try Self.read(&reader, mayBeWrapped: true)
    try reader.end()
  }

  private init() {}

  /// The employee number; nil if it is missing or cannot stand in a path.
  ///
  /// A number counts by its digits.
  package var id: EmployeeID? {
    switch value(.id) {
    case .text(let text): EmployeeID(text)
    case .number(let literal) where literal.utf8.allSatisfy { (0x30...0x39).contains($0) }:
      EmployeeID(literal)
    default: nil
    }
  }

  /// The machine value of a field as text; nil if it is null, absent or no text.
  package func text(_ field: EmployeeField) -> String? {
    switch value(field) {
    case .text(let text), .number(let text): text
    default: nil
    }
  }

  /// The human-readable value of a field; nil where Bob gave none.
  package func humanText(_ field: EmployeeField) -> String? {
    guard case .text(let text) = human[field] else { return nil }
    return text
  }

  /// Whether a value was there that is no text, or far too long.
  package func isUnreadable(_ field: EmployeeField) -> Bool { value(field) == .other }

  /// Whether Bob lets the service user see the field.
  ///
  /// A record that has slash keys only leaves nulls out; there a category counts as shown if any of its fields is.
  package func shows(_ field: EmployeeField) -> Bool {
    if value(field) != .absent { return true }
    guard isFlat else { return false }
    return EmployeeField.allCases.contains { $0.category == field.category && flat[$0] != .absent }
  }

  /// Whether there are slash keys only, which leave out what is null.
  var isFlat: Bool { nested.isAbsent }

  private func value(_ field: EmployeeField) -> Value {
    nested[field] == .absent ? flat[field] : nested[field]
  }

  // MARK: - Reading

  private static func read(_ reader: inout JSONReader, mayBeWrapped: Bool) throws(JSONFault) -> Employee {
    var employee = Employee()
    var wrapped: [Employee] = []
    var isWrapped = false
    try reader.object { reader, name throws(JSONFault) in
      if name.isSlash {
        guard let field = field(slash: name) else { return try reader.skip() }
        employee.flat[field] = try boxedValue(&reader)
      } else if let category = category(name) {
        try members(&reader, of: category, into: &employee.nested)
      } else if name == "humanReadable" {
        try humanMembers(&reader, into: &employee.human)
      } else if name == "employees", mayBeWrapped, try reader.kind() == .array {
        isWrapped = true
        try reader.array { reader throws(JSONFault) in
          wrapped.append(try read(&reader, mayBeWrapped: false))
          guard wrapped.count == 1 else { throw .malformed }
        }
      } else if let field = field(name, in: nil) {
        employee.nested[field] = try plainValue(&reader)
      } else {
        try reader.skip()
      }
    }
    guard isWrapped else { return employee }
    guard let only = wrapped.first else { throw .noEmployees }
    return only
  }

  private static func humanMembers(
    _ reader: inout JSONReader, into values: inout Form
  ) throws(JSONFault) {
    guard try reader.kind() == .object else { return try reader.skip() }
    try reader.object { reader, name throws(JSONFault) in
      if let category = category(name) {
        try members(&reader, of: category, into: &values)
      } else if let field = field(name, in: nil) {
        values[field] = try plainValue(&reader)
      } else {
        try reader.skip()
      }
    }
  }

  private static func members(
    _ reader: inout JSONReader, of category: Category, into values: inout Form
  ) throws(JSONFault) {
    guard try reader.kind() == .object else { return try reader.skip() }
    try reader.object { reader, name throws(JSONFault) in
      guard let field = field(name, in: category) else { return try reader.skip() }
      values[field] = try plainValue(&reader)
    }
  }

  /// A value in or out of its `{"value": …}` box.
  private static func boxedValue(_ reader: inout JSONReader) throws(JSONFault) -> Value {
    guard try reader.kind() == .object else { return try plainValue(&reader) }
    var value = Value.absent
    try reader.object { reader, name throws(JSONFault) in
      if name == "value" { value = try plainValue(&reader) } else { try reader.skip() }
    }
    return value
  }

  private static func plainValue(_ reader: inout JSONReader) throws(JSONFault) -> Value {
    switch try reader.kind() {
    case .string:
      let text = try reader.string()
      return text.utf8.count <= longestValue ? .text(text) : .other
    case .number:
      let literal = try reader.number()
      return literal.utf8.count <= longestValue ? .number(literal) : .other
    case .literal: return try reader.literal() == "null" ? .null : .other
    case .object, .array:
      try reader.skip()
      return .other
    }
  }

  private enum Category { case work, lifecycle }

  private static func category(_ name: JSONReader.Name) -> Category? {
    switch name {
    case "work": .work
    case "internal": .lifecycle
    default: nil
    }
  }

  private static func field(_ name: JSONReader.Name, in category: Category?) -> EmployeeField? {
    switch (category, name) {
    case (nil, "id"): .id
    case (nil, "displayName"): .displayName
    case (nil, "email"): .email
    case (.work, "title"): .title
    case (.work, "department"): .department
    case (.work, "startDate"): .startDate
    case (.lifecycle, "lifecycleStatus"): .lifecycleStatus
    case (.lifecycle, "terminationDate"): .terminationDate
    default: nil
    }
  }

  private static func field(slash name: JSONReader.Name) -> EmployeeField? {
    switch name {
    case "/root/id": .id
    case "/root/displayName": .displayName
    case "/root/email": .email
    case "/work/title": .title
    case "/work/department": .department
    case "/work/startDate": .startDate
    case "/internal/lifecycleStatus": .lifecycleStatus
    case "/internal/terminationDate": .terminationDate
    default: nil
    }
  }
}

extension Employee: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "<employee>" }
  package var debugDescription: String { "<employee>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
