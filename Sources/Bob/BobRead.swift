/// One of the reads that the appliance can make of Bob; a write cannot be expressed.
///
/// The two reads by POST are exact templates: `POST /people` would create an employee and `POST /people/{id}/{table}`
/// would write a row, so the path is made here, from parsed parts only, and nowhere else.
package enum BobRead: Sendable, Hashable {
  /// Everybody, by the three fields that tell who left: `POST /people/search`.
  case search
  /// The numbers of those who have a work e-mail, to see whether it is shared: `POST /people/search` with a filter.
  case holders(WorkEmail)
  /// One person: `POST /people/{id}`.
  case person(EmployeeID, ReadingScope)
  /// The fields that exist: `GET /company/people/fields`. Needs no permission, so it proves only the credentials.
  case fields
  /// The items of a list, archived ones included: `GET /company/named-lists/{name}`.
  case namedList(ListName)
  /// The lifecycle table of one person: `GET /people/{id}/lifecycle`.
  case lifecycle(EmployeeID)
  /// The lifecycle tables of up to 200 people: `GET /bulk/people/lifecycle`. More are left out.
  case bulkLifecycle([EmployeeID])

  /// The lists that are ever looked up; names are case-sensitive.
  package enum ListName: String, Sendable, Hashable, CaseIterable {
    case title
    case department
    case lifecycleStatus
  }

  package enum Method: String, Sendable, Hashable {
    case get = "GET"
    case post = "POST"
  }

  /// POST exactly for the two reads that Bob wants so.
  package var method: Method {
    switch self {
    case .search, .holders, .person: .post
    case .fields, .namedList, .lifecycle, .bulkLifecycle: .get
    }
  }

  /// The path below `/v1`, with the query.
  package var path: String {
    switch self {
    case .search, .holders: "/people/search"
    case .person(let id, _): "/people/\(id.text)"
    case .fields: "/company/people/fields"
    case .namedList(let name): "/company/named-lists/\(name.rawValue)?includeArchived=true"
    case .lifecycle(let id): "/people/\(id.text)/lifecycle"
    case .bulkLifecycle(let ids):
      "/bulk/people/lifecycle?limit=200&employeeIds=\(ids.prefix(200).map(\.text).joined(separator: ","))"
    }
  }

  /// The JSON body of the reads by POST; nil for the others, which then carry no `Content-Type` either.
  ///
  /// A search of everybody has no `filters` key: Bob answers 400 to an empty one and filters by nothing that matters there.
  package var body: [UInt8]? {
    switch self {
    case .search: Self.body(ReadingScope.status.fields, ["\"showInactive\":true"])
    case .holders(let email):
      Self.body(
        [.id],
        [
          "\"filters\":[{\"fieldPath\":\"root.email\",\"operator\":\"equals\",\"values\":[\(email.spellings)]}]",
          "\"showInactive\":true",
        ])
    case .person(_, .status): Self.body(ReadingScope.status.fields, [])
    case .person(_, .reference): Self.body(ReadingScope.reference.fields, ["\"humanReadable\":\"APPEND\""])
    case .fields, .namedList, .lifecycle, .bulkLifecycle: nil
    }
  }

  /// The most bytes of an answer that are taken in.
  package var longestAnswer: Int {
    switch self {
    // 100,000 people at about 500 bytes are 50 MB; the answer is streamed, so this is no memory.
    case .search: 1 << 30
    case .person, .holders: 1 << 20
    case .fields, .namedList, .lifecycle, .bulkLifecycle: 16 << 20
    }
  }

  /// Seconds that the whole exchange may take.
  package var timeout: Int {
    switch self {
    case .search: 600
    default: 60
    }
  }

  private static func body(_ fields: [EmployeeField], _ members: [String]) -> [UInt8] {
    let list = fields.map { "\"\($0.path)\"" }.joined(separator: ",")
    return Array("{\((["\"fields\":[\(list)]"] + members).joined(separator: ","))}".utf8)
  }
}
