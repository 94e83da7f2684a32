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
    let name = reader.word(until: UInt8(ascii: "/"), UInt8(ascii: ";"))
    var type = "text"
    var subtype = "plain"
    if reader.take(UInt8(ascii: "/")) {
      let second = reader.word(until: UInt8(ascii: ";"))
      if !name.isEmpty, !second.isEmpty { (type, subtype) = (name.lowercased(), second.lowercased()) }
    }
    var pieces: [(name: String, value: String)] = []
    while pieces.count < Self.most, reader.skip(to: UInt8(ascii: ";")) {
      let key = reader.word(until: UInt8(ascii: "="), UInt8(ascii: ";")).lowercased()
      guard reader.take(UInt8(ascii: "=")) else { continue }
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
  private var rest: ArraySlice<UInt8>

  init(_ text: String) { rest = Array(text.utf8)[...] }

  /// The text before any of `ends`, without white space and comments around it.
  mutating func word(until ends: UInt8...) -> String {
    skipBlanks()
    var word: [UInt8] = []
    while let next = rest.first, !ends.contains(next) {
      if next == UInt8(ascii: "(") { skipComment() } else { word.append(rest.removeFirst()) }
    }
    return String(decoding: word, as: UTF8.self).trimmed
  }

  /// Takes the character if it is next.
  mutating func take(_ character: UInt8) -> Bool {
    skipBlanks()
    guard rest.first == character else { return false }
    rest.removeFirst()
    return true
  }

  /// Goes behind the next such character; false if there is none.
  mutating func skip(to character: UInt8) -> Bool {
    guard let place = rest.firstIndex(of: character) else { return false }
    rest = rest[(place + 1)...]
    return true
  }

  /// A quoted string, or a word up to the next parameter.
  mutating func value() -> String {
    skipBlanks()
    guard rest.first == UInt8(ascii: "\"") else { return word(until: UInt8(ascii: ";")) }
    rest.removeFirst()
    var text: [UInt8] = []
    while let next = rest.popFirst(), next != UInt8(ascii: "\"") {
      if next == UInt8(ascii: "\\"), let escaped = rest.popFirst() { text.append(escaped) } else { text.append(next) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func skipBlanks() {
    while let next = rest.first, next <= 0x20 || next == UInt8(ascii: "(") {
      if next == UInt8(ascii: "(") { skipComment() } else { rest.removeFirst() }
    }
  }

  /// Comments nest; one that does not end takes all.
  private mutating func skipComment() {
    var depth = 0
    while let next = rest.popFirst() {
      switch next {
      case UInt8(ascii: "\\"): _ = rest.popFirst()
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"): depth -= 1
      default: break
      }
      if depth == 0 { return }
    }
  }
}
