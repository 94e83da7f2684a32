import Audit
import Cryptography
import Mail

extension Sheet {
  /// The largest sheet a drawing process reads: a logo of 1 MiB and the texts.
  package static let maximumSize = 2 * 1_048_576

  /// The sheet as JSON, as it goes to a drawing process.
  package func bytes() throws -> [UInt8] {
    var members: [String: CanonicalJSON] = [
      "language": .string(language), "organisation": .string(organisation), "heading": .string(heading),
      "subheading": .string(subheading), "statement": .string(statement),
      "verifyHeading": .string(verifyHeading),
      "verifySteps": .array(verifySteps.map { .string($0) }), "link": .string(link),
      "created": .integer(created.seconds),
    ]
    members["rows"] = .array(
      rows.map {
        .object([
          "field": .string($0.field), "label": .string($0.label), "value": .string($0.value),
          "isProminent": .bool($0.isProminent),
        ])
      })
    members["notes"] = .array(
      notes.map { .object(["label": .string($0.label), "value": .string($0.value)]) })
    if let logo { members["logo"] = .string(Base64Standard.encode(logo)) }
    return try CanonicalJSON.object(members).bytes()
  }

  /// Reads what `bytes` wrote; throws `.malformed`.
  package init(parsing bytes: [UInt8]) throws {
    let json: CanonicalJSON
    do { json = try CanonicalJSON(canonical: bytes, maximumSize: Self.maximumSize) } catch {
      throw ReferenceError.malformed(part: "sheet", reason: "not canonical JSON")
    }
    func text(_ key: String, in json: CanonicalJSON = json) throws -> String {
      guard let text = json[key]?.string else {
        throw ReferenceError.malformed(part: "sheet", reason: "\(key) is missing")
      }
      return text
    }
    func list(_ key: String) throws -> [CanonicalJSON] {
      guard let list = json[key]?.array else {
        throw ReferenceError.malformed(part: "sheet", reason: "\(key) is missing")
      }
      return list
    }
    guard let created = json["created"]?.integer else {
      throw ReferenceError.malformed(part: "sheet", reason: "created is missing")
    }
    self.init(
      language: try text("language"), organisation: try text("organisation"),
      logo: json["logo"]?.string.flatMap { Base64Standard.decode($0) }, heading: try text("heading"),
      subheading: try text("subheading"),
      rows: try list("rows").map {
        Row(
          field: try text("field", in: $0), label: try text("label", in: $0),
          value: try text("value", in: $0),
          isProminent: $0["isProminent"]?.bool ?? false)
      },
      statement: try text("statement"), verifyHeading: try text("verifyHeading"),
      verifySteps: try list("verifySteps").compactMap(\.string), link: try text("link"),
      notes: try list("notes").map {
        Note(label: try text("label", in: $0), value: try text("value", in: $0))
      },
      created: Timestamp(seconds: created))
  }
}
