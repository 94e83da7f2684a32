/// Departments whose leavers get no reference, compared without case and outer white space.
package struct ExcludedDepartments: Sendable, Hashable {
  let names: Set<String>

  /// - Parameter names: names as Bob shows them, or list item IDs.
  package init(_ names: [String] = []) { self.names = Set(names.map(Self.plain)) }

  package var isEmpty: Bool { names.isEmpty }

  /// Whether a department is among them, by the name that Bob gives, or by its item's ID.
  func contains(name: String?, id: String?) -> Bool {
    [name, id].contains { $0.map { names.contains(Self.plain($0)) } ?? false }
  }

  /// Those that a list does not have, as they are compared.
  func missing(from list: NamedList) -> [String] {
    names.subtracting((list.allNames + list.allIDs).map(Self.plain)).sorted()
  }

  private static func plain(_ text: String) -> String {
    text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
