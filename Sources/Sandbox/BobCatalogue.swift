/// The reads that are not about people's fields: metadata, named lists and the lifecycle table.
extension BobState {
  /// `GET /v1/company/people/fields`: a bare array; needs no permission.
  func metadata() -> BobAnswer {
    .json(
      .array(
        BobField.all.map { field in
          var typeData: [(String, BobJSON)] = []
          if let list = field.list { typeData.append(("listId", .string(list))) }
          return .object([
            ("id", .string(field.id)), ("category", .string(field.category)),
            ("categoryId", .string(field.category)), ("jsonPath", .string(field.path.joined(separator: "."))),
            ("type", .string(field.type)), ("typeData", .object(typeData)), ("historical", .bool(false)),
          ])
        }))
  }

  /// `GET /v1/company/named-lists/{name}`: names are case-sensitive, an unknown one is 404 without a body.
  func namedList(_ name: String, archived: Bool) -> BobAnswer {
    guard let items = lists[name] else { return .empty(404) }
    return .json(
      .object([("name", .string(name)), ("items", .array(items.compactMap { Self.render($0, archived) }))]))
  }

  private static func render(_ item: SandboxBob.ListItem, _ archived: Bool) -> BobJSON? {
    guard archived || !item.archived else { return nil }
    return .object([
      ("id", .string(item.id)), ("value", .string(item.name)), ("name", .string(item.name)),
      ("archived", .bool(item.archived)),
      ("children", .array(item.children.compactMap { render($0, archived) })),
    ])
  }

  /// The rows of a person's lifecycle table, oldest first.
  func lifecycle(of person: SandboxBob.Person) -> BobJSON {
    var rows = [row(1, date: person.startDate, status: "employed", current: person.terminationDate == nil)]
    if let end = person.terminationDate {
      rows.append(row(2, date: end, status: person.status, current: true))
    }
    return .array(rows)
  }

  private func row(_ id: Int, date: String?, status: String?, current: Bool) -> BobJSON {
    .object([
      ("id", .literal("\(id)")), ("effectiveDate", .text(date)), ("isCurrent", .bool(current)),
      ("status", .text(status)), ("reasonType", .null),
    ])
  }

  /// `GET /v1/bulk/people/lifecycle`: in pages of at most 200; people asked for but not there go under `errors`.
  func bulkLifecycle(_ request: BobRequest) -> BobAnswer {
    let limit = request.query["limit"].flatMap { Int($0) } ?? 50
    guard (1...200).contains(limit) else { return .fault(400, "badRequest", "limit must be 1 to 200") }
    let start = request.query["cursor"].flatMap { Int($0) } ?? 0
    guard start >= 0 else { return .fault(400, "badRequest", "bad cursor") }
    let asked = request.query["employeeIds"]?.split(separator: ",").map(String.init)
    guard (asked?.count ?? 0) <= 200 else { return .fault(400, "badRequest", "at most 200 employeeIds") }
    let chosen = asked.map { ids in people.filter { ids.contains($0.id) } } ?? people
    let known = Set(chosen.map(\.id))
    let page = Array(chosen.dropFirst(start).prefix(limit))
    let next = start + page.count < chosen.count ? BobJSON.string("\(start + page.count)") : .null
    let missing = (asked ?? []).filter { !known.contains($0) }
    var answer = BobAnswer.json(
      .object([
        (
          "results",
          .array(page.map { .object([("employeeId", .string($0.id)), ("values", lifecycle(of: $0))]) })
        ),
        ("response_metadata", .object([("next_cursor", next)])),
        (
          "errors",
          .array(missing.map { .object([($0, .object([("error", .string("MISSING_PERMISSION"))]))]) })
        ),
      ]))
    answer.people = page.map(\.id)
    return answer
  }
}
