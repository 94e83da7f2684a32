// The answers about people: everybody by a search, one by number or address.
extension BobState {
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

  func search(_ request: BobRequest) -> BobAnswer {
    guard let object = request.object else { return .fault(400, "badRequest", "not a JSON object") }
    let fields: [BobField]
    let mode: BobRecord.Mode
    switch form(object) {
    case .failure(let refusal): return .fault(400, "badRequest", refusal.text)
    case .success(let form): (fields, mode) = form
    }
    var chosen = people(asOf: replica).filter(switches.isInAudience)
    if let filters = object["filters"] {
      guard let values = Self.filter(filters) else { return .fault(400, "badRequest", "bad filters") }
      chosen = chosen.filter { values.contains($0.id) || $0.email.map(values.contains) ?? false }
    }
    if object["showInactive"] as? Bool != true { chosen = chosen.filter(\.isActive) }
    let record = BobRecord(mode: mode, fields: fields, switches: switches, lists: lists)
    var answer = BobAnswer.json(.object([("employees", .array(chosen.map(record.render)))]))
    answer.fields = fields.map(\.id)
    return answer.about(chosen, personal: fields.count(where: \.isPersonal), in: self)
  }

  /// The values of the one filter that is allowed; nil for anything else, an empty list included.
  private static func filter(_ filters: Any) -> Set<String>? {
    guard let list = filters as? [[String: Any]], list.count == 1, let only = list.first,
      let path = only["fieldPath"] as? String, ["root.id", "root.email"].contains(path),
      only["operator"] as? String == "equals", let values = only["values"] as? [String], !values.isEmpty
    else { return nil }
    return Set(values)
  }

  /// Finds inactive people too: there is no `showInactive` here.
  mutating func person(_ identifier: String, _ request: BobRequest) -> BobAnswer {
    guard var person = person(identifier), switches.isInAudience(person) else { return .empty(404) }
    guard let object = request.object else { return .fault(400, "badRequest", "not a JSON object") }
    switch form(object) {
    case .failure(let refusal): return .fault(400, "badRequest", refusal.text)
    case .success(let form):
      if switches.unsteady.contains(person.id), form.fields.contains(where: \.isPersonal) {
        flaps += 1
        if flaps.isMultiple(of: 2) { person.title = "Former title" }
      }
      let record = BobRecord(mode: form.mode, fields: form.fields, switches: switches, lists: lists).render(person)
      var answer = BobAnswer.json(switches.wrapsOnePerson ? .object([("employees", .array([record]))]) : record)
      answer.fields = form.fields.map(\.id)
      return answer.about([person], personal: form.fields.count(where: \.isPersonal), in: self)
    }
  }

  /// Whether reading somebody is fair: they have left, or are about to, by what one replica or the other shows.
  func isFair(_ id: String) -> Bool {
    guard let position = index[id] else { return false }
    return [moment, moment - switches.staleFor].contains { moment in
      guard let person = seen(lives[position], asOf: moment) else { return false }
      if let status = person.plainStatus, switches.leaverStatuses.contains(status) { return true }
      guard let days = switches.leaverDays, let date = person.terminationDate else { return false }
      // A date before the start is left over from an earlier employment.
      return date <= calendar.day(at: moment + Int64(days) * 86_400, site: person.site)
        && person.startDate.map { $0 <= date } ?? true
    }
  }
}

extension BobAnswer {
  /// Notes who is in an answer, and how often a personal field is of somebody who has not left.
  func about(_ people: [SandboxBob.Person], personal: Int, in state: BobState) -> BobAnswer {
    var answer = self
    answer.people = people.map(\.id)
    if personal > 0 { answer.personalFieldsOfOthers = personal * people.count { !state.isFair($0.id) } }
    return answer
  }
}

/// Why the stand-in refuses a request.
struct BobRefusal: Error, Sendable {
  var text: String
}
