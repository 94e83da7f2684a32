/// What a part says it is (RFC 2045 §5): type, subtype and parameters, as far as they can be made out.
package struct ContentType: Sendable, Hashable {
  /// Such as `multipart`; in lower case.
  package let type: String
  /// Such as `report`; in lower case.
  package let subtype: String
  /// By names in lower case; values without their quotes, continuations joined (RFC 2231 §3).
  package let parameters: [String: String]

  /// What a part is that says nothing.
  package static let plain = ContentType("text/plain")

  /// More parameters than these are not kept.
  private static let most = 50

  /// Reads the value of a Content-Type field; what cannot be made out is `text/plain`.
  package init(_ value: String) {
    var reader = ParameterReader(value)
    let name = reader.word(until: ["/", ";"])
    var type = "text"
    var subtype = "plain"
    if reader.take("/") {
      let second = reader.word(until: [";"])
      if !name.isEmpty, !second.isEmpty { (type, subtype) = (name.lowercased(), second.lowercased()) }
    }
    var pieces: [(name: String, value: String)] = []
    while pieces.count < Self.most, reader.skip(to: ";") {
      let key = reader.word(until: ["=", ";"]).lowercased()
      guard reader.take("=") else { continue }
      let text = reader.value()
      if !key.isEmpty { pieces.append((key, text)) }
    }
    self.type = type
    self.subtype = subtype
    parameters = Self.joined(pieces)
  }

  /// True for `type/subtype` given in lower case.
  package func `is`(_ name: String) -> Bool { name == "\(type)/\(subtype)" }

  /// `name*0`, `name*1*` … are pieces of one value; the first that gives a name counts.
  private static func joined(_ pieces: [(name: String, value: String)]) -> [String: String] {
    var whole: [String: String] = [:]
    var parts: [String: [Int: String]] = [:]
    for (name, value) in pieces {
      let words = name.split(separator: "*", omittingEmptySubsequences: false)
      if words.count == 1 {
        if whole[name] == nil { whole[name] = value }
      } else if let number = Int(words[1]), (0..<most).contains(number) {
        parts[String(words[0]), default: [:]][number] = value
      } else if whole[String(words[0])] == nil {
        // `name*=charset'language'text`: of the parameters that matter here none is beyond ASCII.
        whole[String(words[0])] = value.split(separator: "'", omittingEmptySubsequences: false).last.map(String.init)
      }
    }
    for (name, pieces) in parts where whole[name] == nil {
      whole[name] = pieces.sorted { $0.key < $1.key }.map(\.value).joined()
    }
    return whole
  }
}

/// Reads words, comments and quoted strings of a structured field (RFC 5322 §3.2), each octet once.
private struct ParameterReader {
  private var rest: Substring

  init(_ text: String) { rest = text[...] }

  /// The text before any of `ends`, without white space and comments around it.
  mutating func word(until ends: Set<Character>) -> String {
    skipBlanks()
    var word = ""
    while let next = rest.first, !ends.contains(next) {
      if next == "(" { skipComment() } else { word.append(rest.removeFirst()) }
    }
    return word.trimmed
  }

  /// Takes the character if it is next.
  mutating func take(_ character: Character) -> Bool {
    skipBlanks()
    guard rest.first == character else { return false }
    rest.removeFirst()
    return true
  }

  /// Goes behind the next such character; false if there is none.
  mutating func skip(to character: Character) -> Bool {
    guard let place = rest.firstIndex(of: character) else { return false }
    rest = rest[rest.index(after: place)...]
    return true
  }

  /// A quoted string, or a word up to the next parameter.
  mutating func value() -> String {
    skipBlanks()
    guard rest.first == "\"" else { return word(until: [";"]) }
    rest.removeFirst()
    var text = ""
    while let next = rest.popFirst(), next != "\"" {
      if next == "\\", let escaped = rest.popFirst() { text.append(escaped) } else { text.append(next) }
    }
    return text
  }

  private mutating func skipBlanks() {
    while let next = rest.first, next.isWhitespace || next == "(" {
      if next == "(" { skipComment() } else { rest.removeFirst() }
    }
  }

  /// Comments nest; one that does not end takes all.
  private mutating func skipComment() {
    var depth = 0
    while let next = rest.popFirst() {
      switch next {
      case "\\": _ = rest.popFirst()
      case "(": depth += 1
      case ")": depth -= 1
      default: break
      }
      if depth == 0 { return }
    }
  }
}
