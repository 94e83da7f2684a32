/// The fields that this Bob has, each with the permission category in which its administrators keep it.
struct FieldCatalogue: Sendable {
  /// Names of categories as Bob's settings show them, by dotted field ID.
  private var categories: [String: String] = [:]

  /// Reads the answer to `GET /company/people/fields`: a bare array, or one under `fields`; both shapes are sent.
  init(json: [UInt8]) throws(JSONFault) {
    var reader = JSONReader(json)
    if try reader.kind() == .array {
      try fields(&reader)
    } else {
      try reader.object { reader, name throws(JSONFault) in
        guard name == "fields", try reader.kind() == .array else { return try reader.skip() }
        try fields(&reader)
      }
    }
    try reader.end()
  }

  /// The category of a field; nil if there is no such field.
  subscript(field: EmployeeField) -> String? { categories[field.path] }

  private mutating func fields(_ reader: inout JSONReader) throws(JSONFault) {
    try reader.array { reader throws(JSONFault) in
      var id: String?
      var (shown, plain): (String?, String?)
      try reader.object { reader, name throws(JSONFault) in
        let isText = try reader.kind() == .string
        switch name {
        case "id" where isText: id = try reader.string()
        case "categoryDisplayName" where isText: shown = try reader.string()
        case "category" where isText: plain = try reader.string()
        default: try reader.skip()
        }
      }
      if let id, id.utf8.count <= 256 { categories[id] = shown ?? plain ?? "" }
    }
  }
}
