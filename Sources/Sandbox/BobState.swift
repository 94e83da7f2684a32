/// The whole state of the stand-in and its answers, as a value: the server only carries them.
struct BobState: Sendable {
  var people: [SandboxBob.Person]
  var lists: [String: [SandboxBob.ListItem]]
  var switches = SandboxBob.Switches()
  var recorder = Recorder()
  var serviceUser: String
  var token: String
  /// Requests in the running minute, by endpoint.
  private var spent: [String: Int] = [:]
  private var minute: Int64 = 0
  private var reads = 0
  /// Positions by ID and by address, made anew when people come or go.
  private var index: [String: Int] = [:]

  init(
    people: [SandboxBob.Person], lists: [String: [SandboxBob.ListItem]], serviceUser: String, token: String
  ) {
    self.people = people
    self.lists = lists
    self.serviceUser = serviceUser
    self.token = token
    reindex()
  }

  mutating func reindex() {
    index = [:]
    for (position, person) in people.enumerated() {
      index[person.id] = position
      if let email = person.email { index[email.lowercased()] = index[email.lowercased()] ?? position }
    }
  }

  /// The position of a person by ID or work e-mail.
  func position(of identifier: String) -> Int? { index[identifier] ?? index[identifier.lowercased()] }

  /// Answers one request below `/v1` and records it.
  mutating func answer(_ request: BobRequest, at now: Int64) -> BobAnswer {
    var answer = limited(request, at: now) ?? scripted() ?? admitted(request)
    if let bytes = switches.cutsAfter, !answer.people.isEmpty {
      answer.body = Array(answer.body.prefix(bytes))
    }
    answer.headers += rateHeaders(for: request, at: now)
    recorder.note(
      Recorder.Request(
        method: request.method, path: request.path, fields: answer.fields, people: answer.people,
        status: answer.status, personalFieldsOfOthers: answer.personalFieldsOfOthers))
    return answer
  }

  private mutating func scripted() -> BobAnswer? {
    guard !switches.scripted.isEmpty else { return nil }
    let next = switches.scripted.removeFirst()
    return BobAnswer(status: next.status, contentType: next.contentType, body: Array(next.body.utf8))
  }

  // MARK: - Rate

  private func endpoint(of request: BobRequest) -> String {
    let segments = request.segments
    return segments.count == 3 && segments[1] == "people" && segments[2] != "search"
      ? "\(request.method) person" : "\(request.method) \(request.path)"
  }

  private mutating func limited(_ request: BobRequest, at now: Int64) -> BobAnswer? {
    if now / 60 != minute {
      minute = now / 60
      spent = [:]
    }
    spent[endpoint(of: request), default: 0] += 1
    guard switches.limitsRate, spent[endpoint(of: request), default: 0] > switches.limit else { return nil }
    return .fault(429, "tooManyRequests", "Rate limit exceeded")
  }

  private func rateHeaders(for request: BobRequest, at now: Int64) -> [(String, String)] {
    let left = max(0, switches.limit - spent[endpoint(of: request), default: 0])
    var headers = [("X-RateLimit-Limit", "\(switches.limit)"), ("X-RateLimit-Remaining", "\(left)")]
    switch switches.reset {
    case .right: headers.append(("X-RateLimit-Reset", "\((now / 60 + 1) * 60)"))
    case .past: headers.append(("X-RateLimit-Reset", "\(now - 3600)"))
    case .far: headers.append(("X-RateLimit-Reset", "99999999999999999999"))
    case .rubbish: headers.append(("X-RateLimit-Reset", "soon"))
    case .missing: break
    }
    return headers
  }

  // MARK: - Admission

  private mutating func admitted(_ request: BobRequest) -> BobAnswer {
    guard let authorization = request.authorization else { return .empty(401) }
    guard authorization == SandboxBob.basic(serviceUser, token) else {
      return .fault(401, "tokenNotMatch", "The service user or token is wrong")
    }
    if request.method == "GET", request.contentType != nil {
      return .html("<html><body>Bad request</body></html>", status: 400)
    }
    return routed(request)
  }

  private mutating func routed(_ request: BobRequest) -> BobAnswer {
    let path = Array(request.segments.dropFirst())
    switch (request.method, path.count) {
    case ("POST", 2) where path == ["people", "search"]: return search(request)
    case ("POST", 2) where path[0] == "people": return person(path[1], request)
    case ("GET", 3) where path == ["company", "people", "fields"]: return metadata()
    case ("GET", 3) where path[0] == "company" && path[1] == "named-lists":
      return namedList(path[2], archived: request.query["includeArchived"] == "true")
    case ("GET", 3) where path == ["bulk", "people", "lifecycle"]: return bulkLifecycle(request)
    case ("GET", 3) where path[0] == "people" && path[2] == "lifecycle":
      guard let position = position(of: path[1]) else { return .empty(404) }
      var answer = BobAnswer.json(.object([("values", lifecycle(of: people[position]))]))
      note([people[position]], personal: 1, in: &answer)
      return answer
    default: return .loginPage
    }
  }

  // MARK: - People

  /// The request's fields and mode, or what is wrong with it.
  private func form(_ object: [String: Any]) -> Result<(fields: [BobField], mode: BobRecord.Mode), BobRefusal> {
    var fields = BobField.standardSet
    if let asked = object["fields"] {
      guard let names = asked as? [String] else { return .failure(BobRefusal(text: "fields must be text")) }
      guard names.count <= 400 else { return .failure(BobRefusal(text: "at most 400 fields")) }
      fields = names.compactMap(BobField.named)
    }
    switch (object["humanReadable"] as? String)?.uppercased() {
    case nil, "": return .success((fields, .machine))
    case "APPEND": return .success((fields, .append))
    case "REPLACE": return .success((fields, .replace))
    default: return .failure(BobRefusal(text: "humanReadable must be APPEND or REPLACE"))
    }
  }

  private mutating func search(_ request: BobRequest) -> BobAnswer {
    guard let object = request.object else { return .fault(400, "badRequest", "not a JSON object") }
    let fields: [BobField]
    let mode: BobRecord.Mode
    switch form(object) {
    case .failure(let refusal): return .fault(400, "badRequest", refusal.text)
    case .success(let form): (fields, mode) = form
    }
    var chosen = people
    if let filters = object["filters"] {
      guard let values = Self.filter(filters) else { return .fault(400, "badRequest", "bad filters") }
      chosen = chosen.filter { values.contains($0.id) || $0.email.map(values.contains) ?? false }
    }
    if object["showInactive"] as? Bool != true || switches.everyoneMeansActive {
      chosen = chosen.filter(\.isActive)
    }
    let record = BobRecord(mode: mode, fields: fields, switches: switches, lists: lists)
    var answer = BobAnswer.json(.object([("employees", .array(chosen.map(record.render)))]))
    answer.fields = fields.map(\.id)
    note(chosen, personal: fields.count(where: \.isPersonal), in: &answer)
    return answer
  }

  /// The values of the one filter that is allowed; nil for anything else, an empty list included.
  private static func filter(_ filters: Any) -> Set<String>? {
    guard let list = filters as? [[String: Any]], list.count == 1, let only = list.first,
      let path = only["fieldPath"] as? String, ["root.id", "root.email"].contains(path),
      only["operator"] as? String == "equals", let values = only["values"] as? [String], !values.isEmpty
    else { return nil }
    return Set(values)
  }

  private mutating func person(_ identifier: String, _ request: BobRequest) -> BobAnswer {
    guard let position = position(of: identifier) else { return .empty(404) }
    guard let object = request.object else { return .fault(400, "badRequest", "not a JSON object") }
    switch form(object) {
    case .failure(let refusal): return .fault(400, "badRequest", refusal.text)
    case .success(let form):
      var person = people[position]
      if switches.flapping.contains(person.id) {
        reads += 1
        if reads.isMultiple(of: 2) { person.title = "Former title" }
      }
      let record = BobRecord(mode: form.mode, fields: form.fields, switches: switches, lists: lists).render(
        person)
      var answer = BobAnswer.json(
        switches.wrapsOnePerson ? .object([("employees", .array([record]))]) : record)
      answer.fields = form.fields.map(\.id)
      note([person], personal: form.fields.count(where: \.isPersonal), in: &answer)
      return answer
    }
  }

  private func note(_ people: [SandboxBob.Person], personal: Int, in answer: inout BobAnswer) {
    answer.people = people.map(\.id)
    guard personal > 0 else { return }
    let others = people.count { person in !(person.plainStatus.map(switches.leaverStatuses.contains) ?? false)
    }
    answer.personalFieldsOfOthers = personal * others
  }
}

/// Why the stand-in refuses a request.
struct BobRefusal: Error, Sendable {
  var text: String
}
