import Foundation
import Yams

/// A YAML file as a flat list of dotted keys with the line of each; only keys of a given list get in.
///
/// Every problem of form is collected on the way: unknown keys with the nearest known one, lists and mappings where a
/// value belongs, secrets where none may stand.
struct Outline {
  enum Value {
    case text(String)
    case list([String])
  }

  struct Entry {
    var value: Value
    var origin: Origin
  }

  let file: String
  private(set) var entries: [String: Entry] = [:]
  private(set) var problems: [Problem] = []
  private let known: [String]

  /// A configuration longer than this, in bytes, is some other file.
  static let sizeLimit = 1 << 20

  /// Reads `file`, whose keys must be among `known`.
  init(file: String, known: [String]) throws(ConfigurationError) {
    self.file = file
    self.known = known
    guard let data = FileManager.default.contents(atPath: file) else {
      let reason = FileManager.default.fileExists(atPath: file) ? "may not be read" : "does not exist"
      throw .unreadable(file: file, reason: reason)
    }
    guard data.count <= Self.sizeLimit else {
      throw .unreadable(file: file, reason: "is longer than \(Self.sizeLimit) bytes; it is no configuration")
    }
    guard let yaml = String(validating: data, as: UTF8.self) else {
      throw .unreadable(file: file, reason: "is not UTF-8 text")
    }
    guard let root = try Self.compose(yaml, file: file) else { return }
    guard case .mapping(let mapping) = root else {
      throw .invalid([
        Problem(
          origin: .file(file, line: root.mark?.line ?? 1), key: "",
          reason: "must be keys and values (key: value)")
      ])
    }
    walk(mapping, below: "")
  }

  /// Adds or replaces a value from elsewhere.
  mutating func override(_ key: String, with value: Value, origin: Origin) {
    entries[key] = Entry(value: value, origin: origin)
  }

  mutating func report(_ origin: Origin, _ key: String, _ reason: String) {
    problems.append(Problem(origin: origin, key: key, reason: reason))
  }

  // MARK: Walking the nodes

  private mutating func walk(_ mapping: Node.Mapping, below parent: String) {
    for (keyNode, valueNode) in mapping {
      let origin = Origin.file(file, line: keyNode.mark?.line ?? 0)
      guard case .scalar(let scalar) = keyNode else {
        report(origin, parent, "its keys must be plain words")
        continue
      }
      let key = parent.isEmpty ? scalar.string : "\(parent).\(scalar.string)"
      if known.contains(key) {
        take(valueNode, key: key, origin: origin)
      } else if known.contains(where: { $0.hasPrefix(key + ".") }) {
        descend(into: valueNode, key: key, origin: origin)
      } else {
        report(origin, Self.printable(key), unknown(scalar.string, key: key, below: parent))
      }
    }
  }

  private mutating func take(_ node: Node, key: String, origin: Origin) {
    switch node {
    case .scalar(let scalar):
      // A key with nothing behind it counts as not written.
      if scalar.style == .plain && Self.nulls.contains(scalar.string) { return }
      entries[key] = Entry(value: .text(scalar.string), origin: origin)
    case .sequence(let sequence):
      let items = sequence.compactMap(\.scalar?.string)
      guard items.count == sequence.count else {
        return report(origin, key, "must be one value or a list of plain values")
      }
      entries[key] = Entry(value: .list(items), origin: origin)
    case .mapping, .alias:
      report(origin, key, "must be one value, not keys of its own")
    }
  }

  private mutating func descend(into node: Node, key: String, origin: Origin) {
    switch node {
    case .mapping(let mapping): walk(mapping, below: key)
    case .scalar(let scalar) where scalar.style == .plain && Self.nulls.contains(scalar.string): return
    default: report(origin, key, "must hold keys of its own: \(children(of: key).joined(separator: ", "))")
    }
  }

  /// What to say of an unknown key: where its secret goes, or which key was meant, or which there are.
  private func unknown(_ word: String, key: String, below parent: String) -> String {
    if let secret = SecretName(rawValue: key) { return "secrets never stand in this file; \(secret.wayIn)" }
    let siblings = children(of: parent)
    if let meant = nearest(to: word, among: siblings) {
      return "unknown key; did you mean \(parent.isEmpty ? meant : "\(parent).\(meant)")?"
    }
    if let elsewhere = known.first(where: { $0.hasSuffix("." + word) }) {
      return "unknown key; did you mean \(elsewhere)?"
    }
    return "unknown key; known here are \(siblings.joined(separator: ", "))"
  }

  /// The words that may stand directly below `parent`, in the order of the list.
  private func children(of parent: String) -> [String] {
    let prefix = parent.isEmpty ? "" : parent + "."
    var seen: Set<String> = []
    return known.filter { $0.hasPrefix(prefix) }
      .map { String($0.dropFirst(prefix.count).prefix { $0 != "." }) }
      .filter { seen.insert($0).inserted }
  }

  private static let nulls: Set<String> = ["", "~", "null", "Null", "NULL"]

  /// A foreign key, fit to be printed: no control characters, at most 60 characters.
  static func printable(_ key: String) -> String {
    String(
      key.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : Character($0) }.prefix(60))
  }

  /// Parses; a mistake of syntax becomes a problem with its line, without the text around it.
  private static func compose(_ yaml: String, file: String) throws(ConfigurationError) -> Node? {
    do {
      return try Yams.compose(yaml: yaml)
    } catch let error as YamlError {
      let (line, reason): (Int, String) =
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
          .composer(_, let problem, let mark, _):
          (mark.line, "is not valid YAML here: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
          (
            context.mark.line,
            "the same key stands twice: \(duplicates.map(printable).sorted().joined(separator: ", "))"
          )
        case .reader(let problem, _, _, _): (0, "is not valid YAML: \(problem)")
        default: (0, "is not valid YAML")
        }
      throw .invalid([Problem(origin: .file(file, line: line), key: "", reason: reason)])
    } catch {
      throw .unreadable(file: file, reason: "is not valid YAML")
    }
  }
}
