/// A field of an employee record as the stand-in publishes it: its ID, the category that guards it, and its value.
struct BobField: Sendable {
  /// The dotted ID used in requests, such as `work.title`.
  var id: String
  /// The permission category; its name is not the prefix of the ID.
  var category: String
  var type: String
  /// The list that gives the value its name.
  var list: String?
  var value: @Sendable (SandboxBob.Person) -> String?

  /// The path in the answer: root fields lose their prefix.
  var path: [String] {
    let parts = id.split(separator: ".").map(String.init)
    return parts.first == "root" ? Array(parts.dropFirst()) : parts
  }

  /// The flat key, such as `/work/title`.
  var slashKey: String { "/" + id.replacing(".", with: "/") }

  /// False for what says only that somebody exists and whether they left.
  var isPersonal: Bool {
    !["root.id", "root.companyId", "internal.status", "internal.lifecycleStatus", "internal.terminationDate"]
      .contains(id)
  }

  /// Every field the stand-in knows.
  static let all: [BobField] = [
    BobField(id: "root.id", category: "root", type: "employee-reference") { $0.id },
    BobField(id: "root.companyId", category: "root", type: "number") { _ in "648270" },
    BobField(id: "root.displayName", category: "root", type: "text") { $0.displayName },
    BobField(id: "root.fullName", category: "root", type: "text") { $0.displayName },
    BobField(id: "root.firstName", category: "root", type: "text") { $0.firstName },
    BobField(id: "root.surname", category: "root", type: "text") { $0.surname },
    BobField(id: "root.email", category: "root", type: "text") { $0.email },
    BobField(id: "root.state", category: "userData", type: "list", list: "state") { $0.access },
    BobField(id: "work.title", category: "work", type: "list", list: "title") { $0.title },
    BobField(id: "work.department", category: "work", type: "list", list: "department") { $0.department },
    BobField(id: "work.startDate", category: "work", type: "date") { $0.startDate },
    BobField(id: "work.originalStartDate", category: "work", type: "date") { $0.originalStartDate },
    BobField(id: "work.site", category: "work", type: "text") { $0.site },
    BobField(id: "work.isManager", category: "work", type: "boolean") { _ in "false" },
    BobField(id: "internal.status", category: "lifecycle", type: "list", list: "status") {
      $0.isActive ? "Active" : "Inactive"
    },
    BobField(id: "internal.lifecycleStatus", category: "lifecycle", type: "list", list: "lifecycleStatus") {
      $0.status
    },
    BobField(id: "internal.terminationDate", category: "lifecycle", type: "date") { $0.terminationDate },
    BobField(id: "employee.lastDayOfWork", category: "lifecycle", type: "date") { $0.lastDay ?? $0.terminationDate },
    BobField(id: "home.privateEmail", category: "home", type: "text") { $0.privateEmail },
  ]

  /// A field by its dotted or slash form.
  static func named(_ name: String) -> BobField? {
    let id = name.hasPrefix("/") ? String(name.dropFirst()).replacing("/", with: ".") : name
    return byID[id]
  }

  /// What a search without `fields` answers.
  static let standardSet = all.filter { ["root", "work"].contains($0.category) }

  /// What Bob's settings call a category.
  static func displayName(ofCategory category: String) -> String {
    let names = [
      "root": "Basic info", "work": "Work", "lifecycle": "Lifecycle", "home": "Personal contact details",
      "userData": "User data",
    ]
    return names[category] ?? category
  }

  private static let byID = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
}
