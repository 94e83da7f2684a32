import Delivery

/// Finds the names of titles and departments, which Bob holds as item IDs; looks each list up at most once.
///
/// An ID that looks like a name may still be none, so nothing is printed that Bob did not give as a name.
struct ListNames {
  enum Resolved: Sendable, Hashable {
    /// Bob holds no value.
    case empty
    case named(String)
    /// Bob holds an item whose name it does not tell.
    case unresolved

    var name: String? {
      if case .named(let name) = self { name } else { nil }
    }
  }

  /// Makes a read; nil if Bob has no such list or does not show it.
  private let collect: @Sendable (BobRead) async throws -> [UInt8]?
  private var lists: [BobRead.ListName: NamedList?] = [:]

  init(collect: @escaping @Sendable (BobRead) async throws -> [UInt8]?) { self.collect = collect }

  /// The name of a person's title or department: the human-readable form, else the list's item.
  mutating func resolve(_ field: EmployeeField, of employee: Employee) async throws -> Resolved {
    guard let id = employee.text(field), !id.isEmpty else { return .empty }
    if let name = Self.name(employee.humanText(field), for: id) { return .named(name) }
    let list = try await list(field == .title ? .title : .department)
    return Self.name(list?.name(of: id), for: id).map(Resolved.named) ?? .unresolved
  }

  private mutating func list(_ name: BobRead.ListName) async throws -> NamedList? {
    if let known = lists[name] { return known }
    let list = try await collect(.namedList(name)).flatMap { try? NamedList(json: $0) }
    lists[name] = .some(list)
    return list
  }

  /// A name on one line; nil if it is blank, overlong, or the item's own number again.
  private static func name(_ text: String?, for id: String) -> String? {
    guard let text, text.utf8.count <= Employee.longestValue else { return nil }
    let name = Watcher.oneLine(text)
    let isNumber = name.utf8.allSatisfy { (0x30...0x39).contains($0) }
    return name.isEmpty || (isNumber && name == id) ? nil : name
  }
}
