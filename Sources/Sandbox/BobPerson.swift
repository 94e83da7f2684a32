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
    /// The first day, `yyyy-MM-dd`; a rehire writes over it.
    package var startDate: String?
    /// The very first day, which a rehire leaves alone.
    package var originalStartDate: String?
    /// The lifecycle status in its machine spelling, such as `employed` or `garden leave`.
    package var status: String?
    /// The termination date, `yyyy-MM-dd`; nil while nobody has set one.
    package var terminationDate: String?
    /// The last day worked, which lies before the termination date when there is garden leave.
    package var lastDay: String?
    /// The name of the site, whose midnight it is at which a status changes.
    package var site: String?
    /// Whether somebody on leave counts as active; nil for what the status says.
    package var remainsActive: Bool?
    /// The state of the invitation: access can be revoked while the person goes on working.
    package var access: String? = "active"
    /// A value of a category that the appliance has no business with.
    package var privateEmail: String?
    /// Statuses that come by themselves, each at its site's midnight.
    package var planned: [PlannedStatus] = []

    package init(
      id: String, displayName: String?, firstName: String? = nil, surname: String? = nil, email: String?,
      title: String? = "Designer", department: String? = "Product", startDate: String? = "2020-02-03",
      status: String? = "employed", terminationDate: String? = nil, site: String? = nil, privateEmail: String? = nil
    ) {
      self.id = id
      self.displayName = displayName
      self.firstName = firstName
      self.surname = surname
      self.email = email
      self.title = title
      self.department = department
      self.startDate = startDate
      self.originalStartDate = startDate
      self.status = status
      self.terminationDate = terminationDate
      self.site = site
      self.privateEmail = privateEmail
    }

    /// Whether Bob counts the person as active: the hired have not begun, the terminated have left.
    package var isActive: Bool {
      if let remainsActive { return remainsActive }
      return switch plainStatus {
      case "hired", "terminated", "offboarded", "gardenleave": false
      default: true
      }
    }

    /// The lifecycle status as it is compared: lower case, without spaces, `_` and `-`.
    var plainStatus: String? {
      status?.lowercased().filter { $0 != " " && $0 != "_" && $0 != "-" }
    }
  }

  /// A status that is entered now and comes on a day.
  package struct PlannedStatus: Sendable, Hashable {
    /// `yyyy-MM-dd`, on the calendar of the person's site.
    package var date: String
    package var status: String

    package init(date: String, status: String) {
      self.date = date
      self.status = status
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

// What HR enters in Bob, and what comes of it by itself.
extension SandboxBob.Person {
  /// Ends the employment on a day: at its site's midnight the status becomes `terminated`, and `garden leave` before
  /// that from the day after the last day worked, if that is earlier.
  package mutating func terminate(on date: String, lastDay: String? = nil) {
    terminationDate = date
    self.lastDay = lastDay ?? date
    // Who has yet to begin begins all the same.
    planned = planned.filter { $0.status == "employed" && $0.date < date }
    if let lastDay, lastDay < date {
      planned.append(.init(date: BobCalendar.day(after: lastDay), status: "garden leave"))
    }
    planned.append(.init(date: date, status: "terminated"))
  }

  /// Takes a termination back, before or after it took effect.
  package mutating func cancelTermination() {
    (terminationDate, lastDay, planned, status) = (nil, nil, [], "employed")
  }

  /// Hires the person again: `hired`, and from the first day on `employed`.
  ///
  /// - Parameter keepingDate: leaves the old termination date where it was; whether Bob does is not known.
  package mutating func rehire(from date: String, keepingDate: Bool = false) {
    startDate = date
    if !keepingDate { (terminationDate, lastDay) = (nil, nil) }
    status = "hired"
    planned = [.init(date: date, status: "employed")]
  }

  /// The record as it looks on a day of its site.
  func seen(on day: String, showsDatesEarly: Bool) -> Self {
    guard !planned.isEmpty || !showsDatesEarly else { return self }
    var seen = self
    if let come = planned.last(where: { $0.date <= day }) { seen.status = come.status }
    if !showsDatesEarly, let date = terminationDate, date > day { (seen.terminationDate, seen.lastDay) = (nil, nil) }
    return seen
  }
}
