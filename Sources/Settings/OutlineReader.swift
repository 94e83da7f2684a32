/// Reads the values of an outline one after the other, and goes on after a mistake so that all are reported together.
struct OutlineReader {
  let outline: Outline
  private(set) var problems: [Problem]

  init(_ outline: Outline) {
    self.outline = outline
    problems = outline.problems
  }

  /// True if `key`, or a key below it, is written.
  func holds(_ key: String) -> Bool { outline.entries.keys.contains { $0 == key || $0.hasPrefix(key + ".") } }

  /// The value of `key`. Where it is not written: `standard`, or a problem that ends with `hint` if there is no standard.
  mutating func value<T>(
    _ key: String, default standard: T? = nil, hint: String = "", _ parse: (String) throws(Misfit) -> T
  ) -> T? {
    guard let entry = outline.entries[key] else {
      if standard == nil { reject(key, "is missing" + (hint.isEmpty ? "" : ": write \(hint)")) }
      return standard
    }
    guard case .text(let text) = entry.value else {
      reject(key, "must be one value, not a list")
      return nil
    }
    do throws(Misfit) { return try parse(text) } catch {
      reject(key, "must be \(error.allowed)")
      return nil
    }
  }

  /// The items of a list that is not empty, each of which must fit; nil after a problem, and where it is not written.
  mutating func list<T>(_ key: String, of what: String, _ parse: (String) -> T?) -> [T]? {
    guard let entry = outline.entries[key] else { return nil }
    if case .list(let items) = entry.value, !items.isEmpty {
      let values = items.compactMap(parse)
      if values.count == items.count { return values }
    }
    reject(key, "must be \(what)")
    return nil
  }

  /// Notes a problem of `key`, at its own line or at that of its nearest written relative.
  mutating func reject(_ key: String, _ reason: String) {
    problems.append(Problem(origin: origin(of: key), key: key, reason: reason))
  }

  private func origin(of key: String) -> Origin {
    if let entry = outline.entries[key] { return entry.origin }
    let lines = outline.entries.filter { entry in
      let parent = key.split(separator: ".").dropLast().joined(separator: ".")
      return !parent.isEmpty && (entry.key.hasPrefix(parent + ".") || entry.key.hasPrefix(key + "."))
    }
    .compactMap { entry -> Int? in
      if case .file(_, let line) = entry.value.origin { line } else { nil }
    }
    return .file(outline.file, line: lines.min() ?? 0)
  }
}
