import Cryptography
import Foundation

/// Standard output and standard error, with everything that is not printable made visible: no reply, name or file name
/// can move the cursor or forge a line.
enum Terminal {
  /// One line, or several, to standard output.
  static func say(_ text: String) { write(text + "\n", to: .standardOutput) }

  /// A sentence to standard error.
  static func complain(_ text: String) { write("refpassport: " + text + "\n", to: .standardError) }

  /// One JSON document to standard output.
  static func json(_ document: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    write(String(decoding: try encoder.encode(document), as: UTF8.self) + "\n", to: .standardOutput)
  }

  /// One JSON object on one line, at once, for a program that reads it from a pipe.
  static func line(_ object: [String: String]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    write(String(decoding: try encoder.encode(object), as: UTF8.self) + "\n", to: .standardOutput)
  }

  /// One JSON document that a module has written already; it comes out indented like the others.
  static func json(canonical bytes: [UInt8]) {
    let options: JSONSerialization.WritingOptions = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    let pretty = (try? JSONSerialization.jsonObject(with: Data(bytes))).flatMap {
      try? JSONSerialization.data(withJSONObject: $0, options: options)
    }
    write(String(decoding: pretty ?? Data(bytes), as: UTF8.self) + "\n", to: .standardOutput)
  }

  /// Bytes that are signed as they are, and a line feed.
  static func exactly(_ bytes: [UInt8]) {
    try? FileHandle.standardOutput.write(contentsOf: Data(bytes + [UInt8(ascii: "\n")]))
  }

  /// Asks for one line, which is read from the terminal or from a pipe; what is personal never stands in a command line.
  static func ask(_ question: String) throws -> String {
    if isatty(STDIN_FILENO) == 1 { FileHandle.standardError.write(Data("\(question): ".utf8)) }
    guard let line = readLine(), !line.isEmpty, line.utf8.count <= 1024 else {
      throw CommandFailure(.usage, "Nothing was given: type one line, or pipe it in.")
    }
    return line.trimmingCharacters(in: .whitespaces)
  }

  /// Asks for a secret, which is not shown while it is typed; twice if it is a new one, so that no slip seals anything.
  static func askSecret(_ question: String, twice: Bool) throws -> SecretKey {
    let typed = isatty(STDIN_FILENO) == 1
    var before = termios()
    if typed, tcgetattr(STDIN_FILENO, &before) == 0 {
      var silent = before
      silent.c_lflag &= ~tcflag_t(ECHO)
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
    }
    defer {
      if typed {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
        FileHandle.standardError.write(Data("\n".utf8))
      }
    }
    let secret = try ask(question)
    if typed, twice, try ask("\nThe same again") != secret {
      throw CommandFailure(.usage, "The two are not the same: nothing was done.")
    }
    return SecretKey(Array(secret.utf8))
  }

  /// True if standard error is a terminal, so that a progress line may be redrawn.
  static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

  /// Redraws the present line of standard error.
  static func redraw(_ line: String) { FileHandle.standardError.write(Data(("\r\u{1B}[2K" + clean(line)).utf8)) }

  /// Text without control and bidirectional format characters; line feeds stay.
  static func clean(_ text: String) -> String {
    if text.utf8.allSatisfy({ 0x20..<0x7F ~= $0 || $0 == 0x0A }) { return text }
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .control where scalar != "\n": "\u{FFFD}"
          case .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
          default: scalar
          }
        }))
  }

  private static func write(_ text: String, to handle: FileHandle) {
    try? handle.write(contentsOf: Data(clean(text).utf8))
  }
}
