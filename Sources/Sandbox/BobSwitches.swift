extension SandboxBob {
  /// How the stand-in behaves: the permissions of the service user, and the ways in which tenants differ or misbehave.
  package struct Switches: Sendable {
    /// Categories with View; the four that matter are `root`, `work`, `lifecycle` and `home`.
    package var categories: Set<String> = ["root", "work", "lifecycle"]
    /// "Access data for: Everyone", which in Bob means everyone active.
    package var everyoneMeansActive = false
    /// Statuses, without spaces and in lower case, in which reading a person is fair.
    package var leaverStatuses: Set<String> = ["terminated", "offboarded"]
    /// Which of the two forms of a value an answer carries.
    package var shape: Shape = .both
    /// Sends IDs as JSON numbers, which Bob does not, but a proxy might.
    package var numericIDs = false
    /// The calling user's date format, in which human-readable dates come.
    package var humanDates: DateFormat = .dayFirst
    /// Leaves `humanReadable` out although it was asked for.
    package var withoutHumanReadable = false
    /// Wraps the answer for one person in `employees`, as the published schema has it.
    package var wrapsOnePerson = false
    /// Counts requests against 50 a minute and an endpoint.
    package var limitsRate = false
    /// Requests a minute and an endpoint.
    package var limit = 50
    package var reset: Reset = .right
    /// Cuts every people answer after so many bytes of the body.
    package var cutsAfter: Int?
    /// People whose title changes with every read, as stale replicas make it seem.
    package var flapping: Set<String> = []
    /// Answers sent instead of the true ones, first to last.
    package var scripted: [Scripted] = []

    package enum Shape: String, Sendable, CaseIterable { case both, nestedOnly, slashOnly, slashWithoutBox }
    package enum DateFormat: String, Sendable, CaseIterable { case dayFirst, monthFirst, iso }
    /// What `X-RateLimit-Reset` says.
    package enum Reset: String, Sendable, CaseIterable { case right, past, far, missing, rubbish }

    /// One answer given in place of the true one.
    package struct Scripted: Sendable {
      package var status: Int
      package var contentType: String?
      package var body: String
      package init(status: Int, contentType: String? = "application/json", body: String = "") {
        self.status = status
        self.contentType = contentType
        self.body = body
      }
    }

    package init() {}
  }
}
