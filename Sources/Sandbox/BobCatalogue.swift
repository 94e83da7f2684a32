/// The reads that are not about people's fields: metadata, named lists and the lifecycle table.
extension BobState {
  /// `GET /v1/company/people/fields`: a bare array, or one under `fields`; needs no permission.
  func metadata() -> BobAnswer {
    let fields = BobJSON.array(
      BobField.all.map { field in
        var typeData: [(String, BobJSON)] = []
        if let list = field.list { typeData.append(("listId", .string(list))) }
        let category = switches.category(of: field)
        return .object([
          ("id", .string(field.id)), ("category", .string(category)), ("categoryId", .string(category)),
          ("categoryDisplayName", .string(BobField.displayName(ofCategory: category))),
          ("jsonPath", .string(field.path.joined(separator: "."))),
          ("type", .string(field.type)), ("typeData", .object(typeData)), ("historical", .bool(false)),
        ])
      })
    return .json(switches.wrapsFields ? .object([("fields", fields)]) : fields)
  }

  /// `GET /v1/company/named-lists`: all lists, in one of the three shapes that are seen.
  func namedLists() -> BobAnswer {
    guard switches.seesLists else { return closed }
    let all = lists.keys.sorted().map { name in
      (name, BobJSON.object([("name", .string(name)), ("items", rendered(lists[name] ?? [], archived: false))]))
    }
    return switch switches.listsShape {
    case .array: .json(.array(all.map(\.1)))
    case .object: .json(.object(all))
    case .wrapped: .json(.object([("lists", .array(all.map(\.1)))]))
    }
  }

  /// `GET /v1/company/named-lists/{name}`: names are case-sensitive, an unknown one is 404 without a body.
  func namedList(_ name: String, archived: Bool) -> BobAnswer {
    guard switches.seesLists else { return closed }
    guard let items = lists[name] else { return .empty(404) }
    return .json(.object([("name", .string(name)), ("items", rendered(items, archived: archived))]))
  }

  private var closed: BobAnswer {
    .refusal(403, switches.refusalBody, key: "notAllowed", text: "No permissions to read lists")
  }

  private func rendered(_ items: [SandboxBob.ListItem], archived: Bool) -> BobJSON {
    .array(items.compactMap { Self.render($0, archived) })
  }

  private static func render(_ item: SandboxBob.ListItem, _ archived: Bool) -> BobJSON? {
    guard archived || !item.archived else { return nil }
    return .object([
      ("id", .string(item.id)), ("value", .string(item.name)), ("name", .string(item.name)),
      ("archived", .bool(item.archived)),
      ("children", .array(item.children.compactMap { render($0, archived) })),
    ])
  }

  /// The rows of a person's lifecycle table, oldest first; the current one alone without View on histories.
  func lifecycle(of person: SandboxBob.Person) -> BobJSON {
    let day = calendar.day(at: moment, site: person.site)
    let rows = lives.first { $0.id == person.id }?.rows(on: day) ?? []
    let shown = rows.indices.filter { switches.seesHistory || $0 == rows.count - 1 }
    let values = BobJSON.array(
      shown.map { index in
        let next = rows.dropFirst(index + 1).first
        return .object([
          ("id", .literal("\(index + 1)")), ("effectiveDate", .string(rows[index].date)),
          ("endEffectiveDate", .text(next?.date)), ("isCurrent", .bool(next == nil)),
          ("status", .string(rows[index].status)), ("reasonType", .null),
        ])
      })
    guard switches.restrictsColumns else { return values }
    return .array([.object([("values", values), ("restricted_columns", .object([]))])])
  }

  /// `GET /v1/bulk/people/lifecycle`: in pages of at most 200; people asked for but not there go under `errors`.
  func bulkLifecycle(_ request: BobRequest) -> BobAnswer {
    guard !switches.emptyTables else { return .empty(200) }
    let limit = request.query["limit"].flatMap { Int($0) } ?? 50
    guard (1...200).contains(limit) else { return .fault(400, "badRequest", "limit must be 1 to 200") }
    let start = request.query["cursor"].flatMap { Int($0) } ?? 0
    guard start >= 0 else { return .fault(400, "badRequest", "bad cursor") }
    let asked = request.query["employeeIds"]?.split(separator: ",").map(String.init)
    guard (asked?.count ?? 0) <= 200 else { return .fault(400, "badRequest", "at most 200 employeeIds") }
    let seen = people.filter(switches.isInAudience)
    let chosen = asked.map { ids in seen.filter { ids.contains($0.id) } } ?? seen
    let known = Set(chosen.map(\.id))
    let page = Array(chosen.dropFirst(start).prefix(limit))
    let missing = (asked ?? []).filter { !known.contains($0) }
    let answer = BobAnswer.json(
      .object([
        ("results", .array(page.map { .object([("employeeId", .string($0.id)), ("values", lifecycle(of: $0))]) })),
        ("response_metadata", .object([("next_cursor", cursor(after: start, page.count, of: chosen.count))])),
        ("errors", .array(missing.map { .object([($0, .object([("error", .string("MISSING_PERMISSION"))]))]) })),
      ]))
    return answer.about(page, personal: 1, in: self)
  }

  private func cursor(after start: Int, _ count: Int, of all: Int) -> BobJSON {
    switch switches.cursor {
    case .right: start + count < all ? .string("\(start + count)") : .null
    case .repeated: .string("\(start)")
    case .loop: .string(start + count < all ? "\(start + count)" : "0")
    }
  }
}
