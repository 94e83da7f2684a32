/// The routes that drive the story from a script: `/sandbox/…`, on loopback, without credentials.
extension BobState {
  mutating func control(_ request: BobRequest) -> BobAnswer {
    let path = request.segments
    guard path.first == "sandbox" else { return .loginPage }
    switch (request.method, path.count, path.dropFirst().first) {
    case ("GET", 2, "people"): return .json(.array(people.map(describe)))
    case ("GET", 2, "requests"): return .json(record)
    case ("POST", 3, "change"):
      guard let values = request.object else { return .fault(400, "badBody", "a JSON object is needed") }
      return edit(path[2]) { Self.change(&$0, values) }
    case ("POST", 3, "terminate"):
      return edit(path[2]) { person in
        person.status = "terminated"
        person.terminationDate = request.object?["date"] as? String ?? request.query["date"]
      }
    case ("POST", 3, "return"):
      return edit(path[2]) { person in
        person.status = "employed"
        person.terminationDate = nil
        if let start = request.object?["start"] as? String ?? request.query["start"] {
          person.startDate = start
        }
      }
    default: return .fault(404, "notFound", "no such control")
    }
  }

  private mutating func edit(_ id: String, _ change: (inout SandboxBob.Person) -> Void) -> BobAnswer {
    guard let position = position(of: id) else { return .fault(404, "notFound", "no such person") }
    change(&people[position])
    reindex()
    return .json(describe(people[position]))
  }

  /// Sets the values that `values` names; null takes one away.
  private static func change(_ person: inout SandboxBob.Person, _ values: [String: Any]) {
    let keys: [(String, WritableKeyPath<SandboxBob.Person, String?>)] = [
      ("displayName", \.displayName), ("email", \.email), ("title", \.title), ("department", \.department),
      ("startDate", \.startDate), ("status", \.status), ("terminationDate", \.terminationDate),
    ]
    for (key, path) in keys where values[key] != nil { person[keyPath: path] = values[key] as? String }
  }

  private func describe(_ person: SandboxBob.Person) -> BobJSON {
    .object([
      ("id", .string(person.id)), ("displayName", .text(person.displayName)), ("email", .text(person.email)),
      ("title", .text(person.title)), ("titleName", .text(name(of: person.title, in: "title"))),
      ("department", .text(person.department)),
      ("departmentName", .text(name(of: person.department, in: "department"))),
      ("startDate", .text(person.startDate)), ("status", .text(person.status)),
      ("terminationDate", .text(person.terminationDate)),
    ])
  }

  /// The display name of a list item, archived ones and children included; the ID itself if the list has none.
  func name(of id: String?, in list: String) -> String? {
    func find(_ items: [SandboxBob.ListItem]) -> String? {
      for item in items {
        if item.id == id { return item.name }
        if let name = find(item.children) { return name }
      }
      return nil
    }
    return lists[list].flatMap(find) ?? id
  }

  private var record: BobJSON {
    .object([
      ("outsideReads", .literal("\(recorder.outsideReads.count)")),
      (
        "personalFieldsRequestedForNonLeavers",
        .literal("\(recorder.personalFieldsRequestedForNonLeavers)")
      ),
      (
        "requests",
        .array(
          recorder.requests.map { request in
            .object([
              ("method", .string(request.method)), ("path", .string(request.path)),
              ("status", .literal("\(request.status)")),
              ("fields", .array(request.fields.map { .string($0) })),
              ("people", .literal("\(request.people.count)")),
            ])
          })
      ),
    ])
  }
}
