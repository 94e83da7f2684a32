/// The whole state of the stand-in and its answers, as a value: the server only carries them.
struct BobState: Sendable {
  private(set) var lives: [BobLife]
  var lists: [String: [SandboxBob.ListItem]]
  var switches = SandboxBob.Switches()
  var calendar = BobCalendar()
  var recorder = Recorder()
  var serviceUser: String
  var token: String
  /// What is still to happen, in order of time.
  var events: [BobScenario.Event] = []
  /// Seconds by which a script has put the story forward.
  var shift: Int64 = 0
  private(set) var firewall = BobFirewall()
  private var rate = BobRate()
  private var reads = 0
  /// Reads of people whose title changes each time.
  var flaps = 0
  /// The moment of the story up to which everything has happened; Unix seconds.
  private(set) var moment: Int64 = 0
  /// The moment that the replica asked last has come to.
  private(set) var replica: Int64 = 0
  /// Positions by ID, and by address as last entered.
  private(set) var index: [String: Int] = [:]

  init(
    people: [SandboxBob.Person], lists: [String: [SandboxBob.ListItem]], serviceUser: String, token: String
  ) {
    lives = people.map { BobLife($0) }
    self.lists = lists
    self.serviceUser = serviceUser
    self.token = token
    for position in lives.indices { register(position) }
  }

  // MARK: - The story

  /// Lets everything happen that was to happen up to a moment of the story.
  mutating func proceed(to now: Int64) {
    moment = now + shift
    while let next = events.first, next.at <= moment {
      events.removeFirst()
      meet(next)
    }
  }

  /// Everybody as an administrator sees them now.
  var people: [SandboxBob.Person] { people(asOf: moment) }

  func people(asOf moment: Int64) -> [SandboxBob.Person] {
    var days: [String?: String] = [:]
    return lives.compactMap { life in
      guard let person = life.entered(by: moment) else { return nil }
      let day = days[person.site] ?? calendar.day(at: moment, site: person.site)
      days[person.site] = day
      return person.seen(on: day, showsDatesEarly: switches.showsDatesEarly)
    }
  }

  /// What was last entered about somebody.
  func newest(_ id: String) -> SandboxBob.Person? { index[id].flatMap { lives[$0].newest } }

  /// Enters a record anew, or nil to delete it; somebody unknown is added.
  mutating func enter(_ person: SandboxBob.Person?, for id: String, at moment: Int64) {
    if let position = index[id] {
      lives[position].enter(person, at: moment)
      register(position)
    } else if let person {
      lives.append(BobLife(person, since: moment))
      register(lives.count - 1)
    }
  }

  private mutating func register(_ position: Int) {
    index[lives[position].id] = position
    if let email = lives[position].newest?.email?.lowercased() { index[email] = index[email] ?? position }
  }

  /// A person as the replica shows them, by ID or work e-mail.
  func person(_ identifier: String) -> SandboxBob.Person? {
    guard let position = index[identifier] ?? index[identifier.lowercased()] else { return nil }
    let person = seen(lives[position], asOf: replica)
    // An address that was given up leads to nobody.
    return person?.id == identifier || person?.email?.lowercased() == identifier.lowercased() ? person : nil
  }

  func seen(_ life: BobLife, asOf moment: Int64) -> SandboxBob.Person? {
    life.entered(by: moment).map {
      $0.seen(on: calendar.day(at: moment, site: $0.site), showsDatesEarly: switches.showsDatesEarly)
    }
  }

  // MARK: - Answers

  /// Answers one request below `/v1` and records it.
  ///
  /// - Parameter now: Unix seconds of the caller's clock, by which limits count.
  mutating func answer(_ request: BobRequest, at now: Int64) -> BobAnswer {
    chooseReplica()
    var answer = firewalled(at: now) ?? limited(request, at: now) ?? scripted() ?? admitted(request)
    firewall.note(answer.status, at: now)
    if let bytes = switches.cutsAfter, !answer.people.isEmpty { answer.body = Array(answer.body.prefix(bytes)) }
    answer.headers += rate.headers(for: endpoint(of: request), at: now, switches)
    if let trouble = troubleNow(for: request) { answer.meet(trouble) }
    recorder.note(
      Recorder.Request(
        method: request.method, path: request.path, fields: Self.asked(request) ?? answer.fields, people: answer.people,
        status: answer.status, personalFieldsOfOthers: answer.personalFieldsOfOthers))
    return answer
  }

  /// The fields that a request names, by dotted ID, whether or not they are answered.
  private static func asked(_ request: BobRequest) -> [String]? {
    (request.object?["fields"] as? [String])?.compactMap { BobField.named($0)?.id }
  }

  /// Takes a replica to read from: an old one as long as a change is to stay invisible, or every other time.
  private mutating func chooseReplica() {
    reads += 1
    let isStale = switches.staleFor > 0 && (!switches.flapping || !reads.isMultiple(of: 2))
    replica = isStale ? moment - switches.staleFor : moment
  }

  private func firewalled(at now: Int64) -> BobAnswer? {
    guard switches.firewall != .off, firewall.isShut(at: now) else { return nil }
    var answer = BobAnswer.html("<html><body>Request blocked</body></html>", status: 403)
    if switches.firewall == .drops { answer.ending = .drop }
    return answer
  }

  private mutating func scripted() -> BobAnswer? {
    guard !switches.scripted.isEmpty else { return nil }
    let next = switches.scripted.removeFirst()
    return BobAnswer(status: next.status, contentType: next.contentType, body: Array(next.body.utf8))
  }

  private func endpoint(of request: BobRequest) -> String {
    let segments = request.segments
    return segments.count == 3 && segments[1] == "people" && segments[2] != "search"
      ? "\(request.method) person" : "\(request.method) \(request.path)"
  }

  private mutating func limited(_ request: BobRequest, at now: Int64) -> BobAnswer? {
    rate.spend(endpoint(of: request), at: now)
    guard switches.limitsRate, rate.isSpent(endpoint(of: request), limit: switches.limit) else { return nil }
    var answer = BobAnswer.refusal(429, switches.limitBody, key: "tooManyRequests", text: "Rate limit exceeded")
    if let seconds = switches.retryAfter { answer.headers.append(("Retry-After", "\(seconds)")) }
    return answer
  }

  private mutating func troubleNow(for request: BobRequest) -> SandboxBob.Switches.Trouble? {
    guard let trouble = switches.trouble, switches.troubleOn.concerns(request), switches.troubleTimes != 0,
      switches.troubleFor.isEmpty || switches.troubleFor.contains(request.segments.last ?? "")
    else { return nil }
    if let times = switches.troubleTimes { switches.troubleTimes = times - 1 }
    return trouble
  }

  private mutating func admitted(_ request: BobRequest) -> BobAnswer {
    guard let authorization = request.authorization else { return .empty(401) }
    guard authorization == SandboxBob.basic(serviceUser, token) else {
      return .refusal(401, switches.refusalBody, key: "tokenNotMatch", text: "The service user or token is wrong")
    }
    if let refusal = switches.refusal {
      return .refusal(refusal.rawValue, switches.refusalBody, key: "notAllowed", text: "No permissions to read")
    }
    if request.method == "GET", request.contentType != nil, switches.refusesContentTypeOnGet {
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
    case ("GET", 2) where path == ["company", "named-lists"]: return namedLists()
    case ("GET", 3) where path[0] == "company" && path[1] == "named-lists":
      return namedList(path[2], archived: request.query["includeArchived"] == "true")
    case ("GET", 3) where path == ["bulk", "people", "lifecycle"]: return bulkLifecycle(request)
    case ("GET", 3) where path[0] == "people" && path[2] == "lifecycle":
      guard let person = person(path[1]), switches.isInAudience(person) else { return .empty(404) }
      return switches.emptyTables
        ? .empty(200) : .json(.object([("values", lifecycle(of: person))])).about([person], personal: 1, in: self)
    default: return .loginPage
    }
  }
}
