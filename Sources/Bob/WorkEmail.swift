/// A work e-mail as it may stand in a search: 1–320 printable characters with an `@`, written exactly as Bob gave it.
///
/// Its descriptions are redacted.
package struct WorkEmail: Hashable, Sendable {
  let text: String

  /// As written and in lower case, as JSON strings between commas: whether Bob minds the difference is not known.
  var spellings: String {
    Set([text, text.lowercased()]).sorted().map { "\"\($0)\"" }.joined(separator: ",")
  }

  /// Nil for anything with controls, quotes or backslashes in it; such a text is no address that would be mailed.
  package init?(_ text: String) {
    guard (3...320).contains(text.utf8.count), text.contains("@"),
      text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
    else { return nil }
    self.text = text
  }
}

extension WorkEmail: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "<work e-mail>" }
  package var debugDescription: String { "<work e-mail>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
