/// One header field (RFC 5322 §2.2): its name and value can hold no line break, and it is folded when written.
package struct Header: Sendable, Hashable {
  package let name: String
  /// Unfolded; printable ASCII, or UTF-8 in messages that need SMTPUTF8.
  package let value: String

  /// Throws unless `name` is a field name and `value` is free of controls.
  package init(_ name: String, _ value: String) throws(HeaderError) {
    guard !name.isEmpty, name.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ":") }) else {
      throw .name
    }
    guard !value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { throw .value }
    self.init(trusted: name, value)
  }

  /// For names and values that are right by construction.
  init(trusted name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// A field whose text may hold anything printable: what is beyond ASCII becomes encoded words.
  static func text(_ name: String, _ text: String) throws(HeaderError) -> Header {
    let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.contains("=?")
    guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { throw .value }
    return try Header(name, isPlain ? text : EncodedWord.encode(text))
  }

  /// The field with its CRLF, folded before words so that lines stay within 78 characters where words allow
  /// (RFC 5322 §2.2.3).
  var bytes: [UInt8] {
    var lines: [String] = []
    var line = name + ":"
    for word in value.split(separator: " ", omittingEmptySubsequences: false) {
      if line.utf8.count + 1 + word.utf8.count > 78, line.utf8.contains(where: { $0 != 0x20 }), !word.isEmpty,
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

/// Why text is no header field; holds nothing of it.
package enum HeaderError: Error, Sendable, Hashable, CaseIterable {
  case name, value
}
