/// One pair of braces in a template, with the line it stands on.
///
/// The library renders a missing value as nothing and does not show what it parsed, so we read the tags ourselves.
struct Tag: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    case variable, section, inverted, close, comment, pragma
    /// `{{{x}}}` or `{{&x}}`: a value that is not escaped.
    case unescaped
    /// Partials, inheritance, other delimiters: nothing we need, and each could hide a field from the check.
    case foreign
  }

  let kind: Kind
  /// Without sigil, and without spaces at both ends.
  let content: String
  /// Counted from 1.
  let line: Int

  /// All tags of `source`, in order; an unclosed one ends the list, as the library refuses such a source anyway.
  static func all(in source: String) -> [Tag] {
    var tags: [Tag] = []
    var rest = source[...]
    var line = 1
    while let open = rest.firstRange(of: "{{") {
      line += rest[..<open.lowerBound].count { $0.isNewline }
      let isTriple = rest[open.upperBound...].first == "{"
      guard let close = rest[open.upperBound...].firstRange(of: isTriple ? "}}}" : "}}") else { break }
      let inside = rest[open.upperBound..<close.lowerBound]
      tags.append(Tag(inside: inside, line: line))
      line += inside.count { $0.isNewline }
      rest = rest[close.upperBound...]
    }
    return tags
  }

  private init(inside: Substring, line: Int) {
    let sigils: [Character: Kind] = [
      "#": .section, "^": .inverted, "/": .close, "!": .comment, "%": .pragma, "{": .unescaped,
      "&": .unescaped,
      ">": .foreign, "<": .foreign, "$": .foreign, "=": .foreign, "*": .foreign,
    ]
    let trimmed = inside.drop(while: \.isWhitespace)
    kind = trimmed.first.flatMap { sigils[$0] } ?? .variable
    let words = (kind == .variable ? trimmed : trimmed.dropFirst()).drop(while: \.isWhitespace)
    content = String(words.reversed().drop(while: \.isWhitespace).reversed())
    self.line = line
  }
}
