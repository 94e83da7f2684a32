extension SandboxBob {
  /// How the stand-in behaves: the permissions of the service user, and the ways in which tenants differ or misbehave.
  ///
  /// The names under which files and scripts turn them are in `BobSetting.all`.
  package struct Switches: Sendable {
    // Permissions.
    /// Categories with View; the four that matter are `root`, `work`, `lifecycle` and `home`.
    package var categories: Set<String> = ["root", "work", "lifecycle"]
    /// Fields that an administrator moved to another category, by dotted ID.
    package var moved: [String: String] = [:]
    /// Whose records the service user may see.
    package var audience: Audience = .all
    /// Whether the whole lifecycle table may be seen, or its current row only.
    package var seesHistory = true
    /// Whether named lists may be read; without it they answer 403.
    package var seesLists = true
    /// A refusal of everything, whatever the credentials.
    package var refusal: Refusal?
    /// The body of a refusal.
    package var refusalBody: ErrorBody = .keyed
    /// Statuses, without spaces and in lower case, in which reading a person is fair.
    package var leaverStatuses: Set<String> = ["terminated", "offboarded"]
    /// Days before a termination date from which reading a person is fair too; nil if the date alone is no reason.
    package var leaverDays: Int?

    // Shapes.
    /// Which of the two forms of a value an answer carries.
    package var shape: Shape = .both
    /// Sends the members of every object in another order each time.
    package var shufflesKeys = false
    /// Adds categories and values that nobody asked for.
    package var addsUnknownKeys = false
    /// Sends IDs as JSON numbers, which Bob does not, but a proxy might.
    package var numericIDs = false
    /// The calling user's date format, in which human-readable dates come.
    package var humanDates: DateFormat = .dayFirst
    /// Leaves `humanReadable` out although it was asked for.
    package var withoutHumanReadable = false
    /// Wraps the answer for one person in `employees`, as the published schema has it.
    package var wrapsOnePerson = false
    /// Wraps the metadata in `fields`, as connectors document it.
    package var wrapsFields = false
    /// How the list of all named lists comes.
    package var listsShape: ListsShape = .array
    /// Answers 400 to a GET with a `Content-Type`.
    package var refusesContentTypeOnGet = true
    /// Wraps the rows of a lifecycle table once more, beside `restricted_columns`.
    package var restrictsColumns = false
    /// What the cursor of a bulk read leads to.
    package var cursor: Cursor = .right
    /// Answers table reads with an empty body.
    package var emptyTables = false

    // Time.
    /// For how many seconds a change stays invisible.
    package var staleFor: Int64 = 0
    /// Every other read sees a change at once, so that old and new alternate.
    package var flapping = false
    /// Whether a termination date shows before it has come.
    package var showsDatesEarly = true
    /// People whose title changes with every read, as stale replicas make it seem.
    package var unsteady: Set<String> = []

    // Limits.
    /// Counts requests against `limit` a minute and an endpoint.
    package var limitsRate = false
    /// Requests a minute and an endpoint.
    package var limit = 50
    package var reset: Reset = .right
    /// Seconds in `Retry-After`, which Bob does not document; nil for no such header.
    package var retryAfter: Int?
    /// The body of a 429.
    package var limitBody: ErrorBody = .keyed
    /// What the firewall does for five minutes to who was refused 50 times in 10 seconds.
    package var firewall: Firewall = .blocks

    // The way of an answer.
    package var trouble: Trouble?
    /// Which reads the trouble concerns.
    package var troubleOn: TroublePlace = .everywhere
    /// Whose records the trouble concerns, by ID; empty for everybody's.
    package var troubleFor: Set<String> = []
    /// How often it happens before it passes; nil for as long as it stands.
    package var troubleTimes: Int?
    /// Cuts every people answer after so many bytes of the body.
    package var cutsAfter: Int?
    /// Answers sent instead of the true ones, first to last.
    package var scripted: [Scripted] = []

    package enum Audience: Sendable, Hashable {
      case all
      /// "Everyone", which in Bob means everyone active.
      case active
      case nobody
      /// People in these statuses, without spaces and in lower case.
      case statuses(Set<String>)
      /// People of these sites.
      case sites(Set<String>)
    }
    package enum Refusal: Int, Sendable, CaseIterable { case unauthorized = 401, forbidden = 403 }
    package enum ErrorBody: String, Sendable, CaseIterable { case keyed, message, empty, html }
    package enum Shape: String, Sendable, CaseIterable {
      case both, nestedOnly = "nested", slashOnly = "slash", slashWithoutBox = "slash-unboxed"
    }
    package enum DateFormat: String, Sendable, CaseIterable {
      case dayFirst = "day-first", monthFirst = "month-first", iso
    }
    package enum ListsShape: String, Sendable, CaseIterable { case array, object, wrapped }
    package enum Cursor: String, Sendable, CaseIterable { case right, repeated, loop }
    /// What `X-RateLimit-Reset` says.
    package enum Reset: String, Sendable, CaseIterable { case right, past, far, missing, rubbish }
    package enum Firewall: String, Sendable, CaseIterable { case blocks, drops, off }
    package enum Trouble: String, Sendable, CaseIterable {
      case status500 = "500", status502 = "502", status503 = "503", status504 = "504"
      case slowHead = "slow-head", slowBody = "slow-body", truncated, reset, drop, endless, gzip, redirect
      case loginPage = "login-page"
    }
    package enum TroublePlace: String, Sendable, CaseIterable { case everywhere, search, person, lists, fields }

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

    /// The category under which a field stands, moved ones included.
    func category(of field: BobField) -> String { moved[field.id] ?? field.category }

    /// Whether the service user has View on a field.
    func permits(_ field: BobField) -> Bool { categories.contains(category(of: field)) }

    /// Whether the service user may see somebody's record at all.
    func isInAudience(_ person: Person) -> Bool {
      switch audience {
      case .all: true
      case .active: person.isActive
      case .nobody: false
      case .statuses(let statuses): person.plainStatus.map(statuses.contains) ?? false
      case .sites(let sites): person.site.map(sites.contains) ?? false
      }
    }
  }
}
