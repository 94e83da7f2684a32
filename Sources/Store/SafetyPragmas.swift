import GRDB

/// The settings of SQLite on which durability and deletion rest: set on every connection, then read back, since a build
/// of SQLite, an old file or a library may silently decide otherwise.
enum SafetyPragmas {
  struct Setting: Sendable, Hashable {
    let name: String
    /// What is written; nil for a setting that only an old file could have different.
    let set: String?
    /// What must be read back.
    let expected: String
  }

  static let all: [Setting] = [
    // A row that returned from commit survives a power cut.
    Setting(name: "journal_mode", set: "WAL", expected: "wal"),
    Setting(name: "synchronous", set: "FULL", expected: "2"),
    // Freed pages are zeroed, and nothing is spilt into temporary files.
    Setting(name: "secure_delete", set: "ON", expected: "1"),
    Setting(name: "temp_store", set: "MEMORY", expected: "2"),
    Setting(name: "foreign_keys", set: "ON", expected: "1"),
    Setting(name: "trusted_schema", set: "OFF", expected: "0"),
    // Moving pages about leaves copies behind.
    Setting(name: "auto_vacuum", set: nil, expected: "0"),
  ]

  /// Sets and asserts all of them; outside of a transaction.
  static func establish(in database: Database) throws {
    for setting in all {
      guard let value = setting.set else { continue }
      _ = try Row.fetchAll(database, sql: "PRAGMA \(setting.name) = \(value)")
    }
    try check(database)
  }

  /// Throws `unsafeSetting` for the first one that reads back differently.
  static func check(_ database: Database, _ settings: [Setting] = all) throws {
    for setting in settings {
      let found =
        switch try DatabaseValue.fetchOne(database, sql: "PRAGMA \(setting.name)")?.storage {
        case .int64(let number): String(number)
        case .string(let text): text
        default: "nothing"
        }
      guard found == setting.expected else {
        throw StoreError.unsafeSetting(name: setting.name, expected: setting.expected, found: found)
      }
    }
  }
}
