/// One header field (RFC 5322 §2.2): its name and value can hold no line break, and it is folded when written.
package struct Header: Sendable, Hashable {
  package let name: String
  /// Unfolded; printable ASCII, or UTF-8 in messages that need SMTPUTF8.
  package let value: String

  /// A line has at most 998 characters (RFC 5322 §2.1.1), and it is broken before words only.
  private static let longestStretch = 900

  /// Throws unless `name` is a field name and `value` is free of controls and can be folded.
  package init(_ name: String, _ value: String) throws(HeaderError) {
    guard (1...76).contains(name.utf8.count),
      name.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ":") })
    else {
      throw .name
    }
    guard !value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { throw .value }
    guard Self.canFold(value) else { throw .value }
    self.init(trusted: name, value)
  }

  /// For names and values that are right by construction.
  init(trusted name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// A field whose text may hold anything printable: what is beyond ASCII becomes encoded words.
  static func text(_ name: String, _ text: String) throws(HeaderError) -> Header {
    let isASCII = text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    let isPlain = isASCII && !text.contains("=?") && canFold(text)
    guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { throw .value }
    return try Header(name, isPlain ? text : EncodedWord.encode(text))
  }

  /// False if somewhere no word begins for longer than a line can be.
  private static func canFold(_ text: String) -> Bool {
    var stretch = 0
    var previous: UInt8 = 0
    for byte in text.utf8 {
      stretch = previous == 0x20 && byte != 0x20 ? 1 : stretch + 1
      if stretch > longestStretch { return false }
      previous = byte
    }
    return true
  }

  /// The field with its CRLF, folded before words so that lines stay within 76 characters where words allow
  /// (RFC 5322 §2.2.3, RFC 2047 §2).
  var bytes: [UInt8] {
    var lines: [String] = []
    var line = name + ":"
    for word in value.split(separator: " ", omittingEmptySubsequences: false) {
      if line.utf8.count + 1 + word.utf8.count > 76, line.utf8.contains(where: { $0 != 0x20 }), !word.isEmpty,
        line != name + ":"
      {
        lines.append(line)
        line = ""
      }
      line += " " + word
    }
    lines.append(line)
    return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
  }
}

extension Header: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "<header>" }
  package var debugDescription: String { "<header>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why text is no header field; holds nothing of it.
package enum HeaderError: Error, Sendable, Hashable, CaseIterable {
  case name, value
}
