import Foundation
import Mail

/// Turns the values of an outline into typed ones, and goes on after a mistake so that all of them are reported at once.
///
/// A key that is missing gives its default; one that is wrong gives nil and a problem. `settings` remembers what was in
/// force, and why.
struct SettingReader {
  let outline: Outline
  /// Where relative paths begin: the directory of the configuration file.
  let directory: String
  private(set) var problems: [Problem]
  private(set) var settings: [Setting] = []

  init(_ outline: Outline) {
    self.outline = outline
    problems = outline.problems
    let path =
      outline.file.hasPrefix("/")
      ? outline.file : FileManager.default.currentDirectoryPath + "/" + outline.file
    directory = (path as NSString).deletingLastPathComponent
  }

  /// Notes that the value of `key` cannot stand, though it has the right shape.
  mutating func reject(_ key: SettingKey, _ reason: String) {
    let origin = outline.entries[key.rawValue]?.origin ?? .file(outline.file, line: 0)
    problems.append(Problem(origin: origin, key: key.rawValue, reason: reason))
  }

  /// True if a problem with `key` was noted.
  func isRejected(_ key: SettingKey) -> Bool { problems.contains { $0.key == key.rawValue } }

  // MARK: The ways to read a key

  /// The value of `key`, or of `standard` where it is not written.
  mutating func value<T>(
    _ key: SettingKey, default standard: String, _ parse: (String) throws(Misfit) -> T
  ) -> T? {
    guard let entry = outline.entries[key.rawValue] else {
      note(key, standard, .standard)
      return try? parse(standard)
    }
    return read(key, entry, parse)
  }

  /// The value of `key`, which must be written; `hint` says what belongs there.
  mutating func required<T>(_ key: SettingKey, _ hint: String, _ parse: (String) throws(Misfit) -> T) -> T? {
    guard let entry = outline.entries[key.rawValue], !Self.isEmpty(entry.value) else {
      reject(key, "is missing: \(hint)")
      return nil
    }
    return read(key, entry, parse)
  }

  /// The value of `key`; nil where it is not written or empty, which is no problem.
  mutating func optional<T>(_ key: SettingKey, _ parse: (String) throws(Misfit) -> T) -> T? {
    guard let entry = outline.entries[key.rawValue], !Self.isEmpty(entry.value) else {
      note(key, "", outline.entries[key.rawValue]?.origin ?? .standard)
      return nil
    }
    return read(key, entry, parse)
  }

  /// The items of a list, each of which must fit; a single value counts as a list of one.
  mutating func list<T>(
    _ key: SettingKey, default standard: [String], mayBeEmpty: Bool = false, _ parse: (String) throws(Misfit) -> T
  ) -> [T]? {
    let entry = outline.entries[key.rawValue]
    let items: [String] =
      switch entry?.value {
      case .list(let items): items
      case .text(let item): [item]
      case nil: standard
      }
    note(key, "[\(items.joined(separator: ", "))]", entry?.origin ?? .standard)
    do throws(Misfit) {
      guard mayBeEmpty || !items.isEmpty else { throw Misfit(allowed: "a list of at least one value") }
      var values: [T] = []
      for item in items { values.append(try parse(item)) }
      return values
    } catch {
      reject(key, "must be \(error.allowed)")
      return nil
    }
  }

  private mutating func read<T>(
    _ key: SettingKey, _ entry: Outline.Entry, _ parse: (String) throws(Misfit) -> T
  ) -> T? {
    guard case .text(let text) = entry.value else {
      reject(key, "must be one value, not a list")
      return nil
    }
    do throws(Misfit) {
      let value = try parse(text)
      note(key, text, entry.origin)
      return value
    } catch {
      reject(key, "must be \(error.allowed)")
      return nil
    }
  }

  private mutating func note(_ key: SettingKey, _ value: String, _ origin: Origin) {
    settings.append(Setting(key: key, value: value, origin: origin))
  }

  private static func isEmpty(_ value: Outline.Value) -> Bool {
    if case .text(let text) = value { text.isEmpty } else { false }
  }
}

/// One setting in force, as written, with where it was written.
package struct Setting: Sendable, Hashable {
  package var key: SettingKey
  /// The text of the value; a secret never passes here, only the name of its file.
  package var value: String
  package var origin: Origin
}
