extension SandboxBob {
  /// One employee record of the stand-in, with values in Bob's machine form: any text is allowed, so that a test can be
  /// as hostile as a tenant.
  package struct Person: Sendable, Hashable {
    /// The backend ID: 19 digits, more than a double can hold.
    package var id: String
    package var displayName: String?
    package var firstName: String?
    package var surname: String?
    /// The work e-mail.
    package var email: String?
    /// The item ID in the list `title`.
    package var title: String?
    /// The item ID in the list `department`.
    package var department: String?
    /// The first day, `yyyy-MM-dd`.
    package var startDate: String?
    /// The lifecycle status in its machine spelling, such as `employed` or `garden leave`.
    package var status: String?
    /// The termination date, `yyyy-MM-dd`; nil while nobody has set one.
    package var terminationDate: String?
    /// A value of a category that the appliance has no business with.
    package var privateEmail: String?

    package init(
      id: String, displayName: String?, firstName: String? = nil, surname: String? = nil, email: String?,
      title: String? = "Designer", department: String? = "Product", startDate: String? = "2020-02-03",
      status: String? = "employed", terminationDate: String? = nil, privateEmail: String? = nil
    ) {
      self.id = id
      self.displayName = displayName
      self.firstName = firstName
      self.surname = surname
      self.email = email
      self.title = title
      self.department = department
      self.startDate = startDate
      self.status = status
      self.terminationDate = terminationDate
      self.privateEmail = privateEmail
    }

    /// Whether Bob counts the person as active: the hired have not begun, the terminated have left.
    package var isActive: Bool {
      switch status?.lowercased() {
      case "hired", "terminated", "offboarded", "garden leave": false
      default: true
      }
    }

    /// The lifecycle status as it is compared: lower case, without spaces, `_` and `-`.
    var plainStatus: String? {
      status?.lowercased().filter { $0 != " " && $0 != "_" && $0 != "-" }
    }
  }

  /// One item of a named list, with nested children as Bob nests them.
  package struct ListItem: Sendable, Hashable {
    package var id: String
    package var name: String
    package var archived: Bool
    package var children: [ListItem]

    package init(id: String, name: String, archived: Bool = false, children: [ListItem] = []) {
      self.id = id
      self.name = name
      self.archived = archived
      self.children = children
    }
  }
}
