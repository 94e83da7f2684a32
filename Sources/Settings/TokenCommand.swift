import Glibc

/// The words of a program that prints a token; no shell reads them.
enum TokenCommand {
  /// Nil if there is none; a program that cannot be executed is rejected.
  static func words(_ key: SettingKey, _ reader: inout SettingReader) -> [String]? {
    let words = reader.list(key, default: [], mayBeEmpty: true, Shape.text)
    guard let words, let program = words.first else { return nil }
    guard program.hasPrefix("/"), access(program, X_OK) == 0 else {
      reader.reject(key, "must begin with the absolute path of a program that may be executed")
      return nil
    }
    return words
  }
}
