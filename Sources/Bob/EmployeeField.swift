/// A field of an employee record that the appliance may ever ask for.
///
/// There is no case for anything else, so nothing else can be asked.
package enum EmployeeField: Int, Sendable, Hashable, CaseIterable {
  case id
  case lifecycleStatus
  case terminationDate
  case displayName
  case email
  case title
  case department
  case startDate

  /// The object in which the nested form keeps the value; nil for root fields, which stand at the top.
  var category: String? {
    switch self {
    case .id, .displayName, .email: nil
    case .lifecycleStatus, .terminationDate: "internal"
    case .title, .department, .startDate: "work"
    }
  }

  /// The last part of the name.
  var name: String {
    switch self {
    case .id: "id"
    case .lifecycleStatus: "lifecycleStatus"
    case .terminationDate: "terminationDate"
    case .displayName: "displayName"
    case .email: "email"
    case .title: "title"
    case .department: "department"
    case .startDate: "startDate"
    }
  }

  /// The dotted ID used in requests and metadata, such as `root.email`.
  package var path: String { "\(category ?? "root").\(name)" }

  /// The permission category under which Bob's settings show the field, unless an administrator moved it.
  package var permission: String {
    switch self {
    case .id, .displayName, .email: "Basic info"
    case .title, .department, .startDate: "Work"
    case .lifecycleStatus, .terminationDate: "Lifecycle"
    }
  }
}

/// How much of a person is read.
package enum ReadingScope: Sendable, Hashable {
  /// What it takes to notice a departure: ID, lifecycle status, termination date. All that is read of people who have
  /// not left.
  case status
  /// What stands in a reference, and the status again. Read of leavers only.
  case reference

  package var fields: [EmployeeField] {
    switch self {
    case .status: [.id, .lifecycleStatus, .terminationDate]
    case .reference: EmployeeField.allCases
    }
  }
}
