import Mail
import Yams

/// The routes that drive the story from a script: `/sandbox/…`, on loopback, without credentials.
extension BobState {
  mutating func control(_ request: BobRequest) -> BobAnswer {
    let path = request.segments
    guard path.first == "sandbox" else { return .loginPage }
    switch (request.method, path.count, path.dropFirst().first) {
    case ("GET", 2, "people"): return .json(.array(people.map(describe)))
    case ("GET", 2, "requests"): return .json(record)
    case ("GET", 2, "clock"): return .json(.object([("moment", .string(Timestamp(seconds: moment).iso8601))]))
    case ("POST", 2, "clock"):
      guard let seconds = request.query["advance"].flatMap({ Int64($0) }), (0...10_000_000_000).contains(seconds) else {
        return .fault(400, "badRequest", "advance is a number of seconds")
      }
      shift += seconds
      proceed(to: moment + seconds - shift)
      return .json(.object([("moment", .string(Timestamp(seconds: moment).iso8601))]))
    case ("POST", 2, "switches"): return turn(request)
    case ("POST", 2, "token"):
      guard let value = request.query["value"], !value.isEmpty else {
        return .fault(400, "badRequest", "value is the new token")
      }
      token = value
      return .json(.object([("token", .string("changed"))]))
    case ("POST", 3, "change"):
      guard let values = request.object else { return .fault(400, "badBody", "a JSON object is needed") }
      return edit(path[2]) { Self.change(&$0, values) }
    case ("POST", 3, "terminate"):
      return edit(path[2]) { person in
        let date = request.object?["date"] as? String ?? request.query["date"]
        (person.status, person.terminationDate, person.planned) = ("terminated", date, [])
      }
    case ("POST", 3, "leave"):
      guard let date = request.query["date"] else { return .fault(400, "badRequest", "date is yyyy-MM-dd") }
      return edit(path[2]) { $0.terminate(on: date, lastDay: request.query["last_day"]) }
    case ("POST", 3, "return"):
      return edit(path[2]) { person in
        person.cancelTermination()
        if let start = request.object?["start"] as? String ?? request.query["start"] { person.startDate = start }
      }
    case ("POST", 3, "delete"):
      guard newest(path[2]) != nil else { return .fault(404, "notFound", "no such person") }
      enter(nil, for: path[2], at: moment)
      return .json(.object([]))
    default: return .fault(404, "notFound", "no such control")
    }
  }

  /// Turns the switches that a JSON object names, all or none.
  private mutating func turn(_ request: BobRequest) -> BobAnswer {
    guard let node = try? Yams.compose(yaml: String(decoding: request.body, as: UTF8.self)), let map = node.mapping
    else { return .fault(400, "badBody", "a JSON object is needed") }
    var turned = switches
    for entry in map {
      let name = entry.key.string ?? ""
      guard let setting = BobSetting.named(name) else {
        return .fault(400, "badSwitch", "there is no switch \(name)")
      }
      guard let turn = setting.reading(entry.value) else {
        return .fault(400, "badSwitch", "\(name) must be \(setting.about)")
      }
      turn(&turned)
    }
    switches = turned
    return .json(.object([("turned", .literal("\(map.count)"))]))
  }

  private mutating func edit(_ id: String, _ change: (inout SandboxBob.Person) -> Void) -> BobAnswer {
    guard var person = newest(id) else { return .fault(404, "notFound", "no such person") }
    change(&person)
    enter(person, for: id, at: moment)
    return .json(describe(people.first { $0.id == id } ?? person))
  }

  /// Sets the values that `values` names; null takes one away.
  private static func change(_ person: inout SandboxBob.Person, _ values: [String: Any]) {
    let keys: [(String, WritableKeyPath<SandboxBob.Person, String?>)] = [
      ("displayName", \.displayName), ("email", \.email), ("title", \.title), ("department", \.department),
      ("startDate", \.startDate), ("status", \.status), ("terminationDate", \.terminationDate),
    ]
    if values["status"] != nil { person.planned = [] }
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
      ("worstRunOfRefusals", .literal("\(firewall.worst)")),
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
