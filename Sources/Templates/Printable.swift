/// Makes a value fit to stand in a mail: whatever somebody typed into a field, it stays a value.
enum Printable {
  /// One line: line breaks and other controls become spaces, signs that turn the direction of text are dropped.
  static func line(_ text: String) -> String { clean(text) { _ in false } }

  /// As `line`, but line breaks stay; each becomes LF.
  static func lines(_ text: String) -> String {
    clean(text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")) { $0 == "\n" }
  }

  /// The text as it must stand in HTML, in elements and in quoted attributes.
  ///
  /// It goes by scalars: a mark that combines with `<` or `"` does not make it another sign for a browser.
  static func html(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  private static func clean(_ text: String, keeping isKept: (Unicode.Scalar) -> Bool) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: result.append(isKept(scalar) ? scalar : " ")
      case .format where isDirectional(scalar): break
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// The marks, embeddings, overrides and isolates of UAX #9 §2.
  private static func isDirectional(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
