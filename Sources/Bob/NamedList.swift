/// The names of a list's items, archived ones included, by item ID.
package struct NamedList: Sendable {
  private var names: [String: String] = [:]

  /// The most items that are taken in, and the deepest nesting of children.
  private static let mostItems = 100_000
  private static let deepest = 16

  /// Reads the answer to `GET /company/named-lists/{name}`.
  package init(json: [UInt8]) throws(JSONFault) {
    var reader = JSONReader(json)
    try reader.object { reader, name throws(JSONFault) in
      guard name == "items", try reader.kind() == .array else { return try reader.skip() }
      try items(&reader, depth: 0)
    }
    try reader.end()
  }

  /// The name of an item; nil if the list has no such item, or no name for it.
  package func name(of id: String) -> String? { names[id] }

  /// All names, sorted.
  var allNames: [String] { names.values.sorted() }
  /// All item IDs.
  var allIDs: [String] { Array(names.keys) }

  private mutating func items(_ reader: inout JSONReader, depth: Int) throws(JSONFault) {
    guard depth < Self.deepest else { throw .tooDeep }
    try reader.array { reader throws(JSONFault) in
      var id: String?
      var name: String?
      var value: String?
      try reader.object { reader, key throws(JSONFault) in
        switch key {
        case "id": id = try scalar(&reader)
        case "name": name = try scalar(&reader)
        case "value": value = try scalar(&reader)
        case "children" where try reader.kind() == .array: try items(&reader, depth: depth + 1)
        default: try reader.skip()
        }
      }
      guard let id, let shown = name ?? value, names.count < Self.mostItems else { return }
      if names[id] == nil { names[id] = shown }
    }
  }

  /// Text, or a number by its literal: the IDs of some lists are integers.
  private func scalar(_ reader: inout JSONReader) throws(JSONFault) -> String? {
    switch try reader.kind() {
    case .string: return try reader.string()
    case .number: return try reader.number()
    case .object, .array, .literal:
      try reader.skip()
      return nil
    }
  }
}
