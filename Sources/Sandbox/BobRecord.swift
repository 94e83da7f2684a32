/// Writes employee records in the shape that live answers have: every value twice, and the human form beside them.
struct BobRecord: Sendable {
  enum Mode: Sendable { case machine, append, replace }

  var mode: Mode
  var fields: [BobField]
  var switches: SandboxBob.Switches
  var lists: [String: [SandboxBob.ListItem]]

  /// The record of one person, with the permitted ones of the fields.
  func render(_ person: SandboxBob.Person) -> BobJSON {
    var slash: [(String, BobJSON)] = []
    var nested: [(String, BobJSON)] = []
    var human: [(String, BobJSON)] = []
    for field in fields where switches.permits(field) {
      let machine = field.value(person)
      let shown = mode == .replace ? machine.map { humanText($0, of: field) } : machine
      let value = json(shown, of: field)
      if let machine {
        slash.append(
          (field.slashKey, switches.shape == .slashWithoutBox ? value : .object([("value", value)])))
        Self.put(.string(humanText(machine, of: field)), at: field.path, in: &human)
      }
      Self.put(value, at: field.path, in: &nested)
    }
    var members: [(String, BobJSON)] = []
    if switches.shape != .nestedOnly { members += slash }
    if switches.shape == .both || switches.shape == .nestedOnly { members += nested }
    if mode == .append, !switches.withoutHumanReadable { members.append(("humanReadable", .object(human))) }
    if switches.addsUnknownKeys {
      Self.put(.string("x"), at: ["work", "somethingNew"], in: &members)
      members.append(("payroll", .object([("iban", .null), ("steps", .array([.literal("1"), .bool(true)]))])))
    }
    return switches.shufflesKeys ? BobJSON.object(members).shuffled() : .object(members)
  }

  /// The name of a list item, the date in the user's format, anything else as it is.
  func humanText(_ value: String, of field: BobField) -> String {
    if let list = field.list, let items = lists[list] { return Self.name(of: value, in: items) ?? value }
    if field.type == "boolean" { return value == "true" ? "Yes" : "No" }
    guard field.type == "date" else { return value }
    let parts = value.split(separator: "-").map(String.init)
    guard parts.count == 3 else { return value }
    switch switches.humanDates {
    case .dayFirst: return "\(parts[2])/\(parts[1])/\(parts[0])"
    case .monthFirst: return "\(parts[1])/\(parts[2])/\(parts[0])"
    case .iso: return value
    }
  }

  private func json(_ value: String?, of field: BobField) -> BobJSON {
    guard let value else { return .null }
    if field.type == "boolean" { return .bool(value == "true") }
    let isNumber = field.type == "number" || (field.id == "root.id" && switches.numericIDs)
    return isNumber ? .literal(value) : .string(value)
  }

  private static func name(of id: String, in items: [SandboxBob.ListItem]) -> String? {
    for item in items {
      if item.id == id { return item.name }
      if let found = name(of: id, in: item.children) { return found }
    }
    return nil
  }

  /// Puts a value at a path of one or two names, joining it to the object that is there.
  private static func put(_ value: BobJSON, at path: [String], in members: inout [(String, BobJSON)]) {
    guard path.count == 2 else {
      members.append((path[0], value))
      return
    }
    if let index = members.firstIndex(where: { $0.0 == path[0] }), case .object(let inner) = members[index].1 {
      members[index].1 = .object(inner + [(path[1], value)])
    } else {
      members.append((path[0], .object([(path[1], value)])))
    }
  }
}
