/// Reads JSON (RFC 8259) from bytes that a stranger sent: every step is checked, nothing recurses without a bound.
///
/// A cursor rather than a tree: the caller asks for what it wants and skips the rest, so that a record of which three
/// values matter costs three strings.
struct JSONReader {
  private let bytes: [UInt8]
  private var position = 0

  /// Nesting beyond this is refused.
  static let deepest = 32

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// What kind of value comes next.
  enum Kind { case object, array, string, number, literal }

  mutating func kind() throws(JSONFault) -> Kind {
    switch try peek() {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): return .literal
    default: throw .malformed
    }
  }

  /// Reads an object, handing each name to `member`, which must read or skip exactly the value.
  mutating func object(
    _ member: (inout JSONReader, borrowing String) throws(JSONFault) -> Void
  ) throws(JSONFault) {
    try expect(UInt8(ascii: "{"))
    if try take(UInt8(ascii: "}")) { return }
    repeat {
      let name = try string()
      try expect(UInt8(ascii: ":"))
      try member(&self, name)
    } while try take(UInt8(ascii: ","))
    try expect(UInt8(ascii: "}"))
  }

  /// Reads an array, calling `item` before each value, which it must read or skip.
  mutating func array(_ item: (inout JSONReader) throws(JSONFault) -> Void) throws(JSONFault) {
    try expect(UInt8(ascii: "["))
    if try take(UInt8(ascii: "]")) { return }
    repeat { try item(&self) } while try take(UInt8(ascii: ","))
    try expect(UInt8(ascii: "]"))
  }

  /// Reads a string and undoes its escapes; a lone surrogate becomes U+FFFD.
  mutating func string() throws(JSONFault) -> String {
    try expect(UInt8(ascii: "\""))
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        defer { position += 1 }
        return try text(bytes[start..<position])
      case UInt8(ascii: "\\"): return try escapedString(from: start)
      case 0..<0x20: throw .malformed
      default: position += 1
      }
    }
    throw .malformed
  }

  /// Reads a number and returns its literal, so that no digit is lost.
  mutating func number() throws(JSONFault) -> String {
    guard try kind() == .number else { throw .malformed }
    let start = position
    if bytes[position] == UInt8(ascii: "-") { position += 1 }
    let whole = digits()
    guard whole > 0, whole == 1 || bytes[position - whole] != UInt8(ascii: "0") else { throw .malformed }
    if next(is: UInt8(ascii: ".")) {
      position += 1
      guard digits() > 0 else { throw .malformed }
    }
    if next(is: UInt8(ascii: "e")) || next(is: UInt8(ascii: "E")) {
      position += 1
      if next(is: UInt8(ascii: "+")) || next(is: UInt8(ascii: "-")) { position += 1 }
      guard digits() > 0 else { throw .malformed }
    }
    return try text(bytes[start..<position])
  }

  /// Reads `true`, `false` or `null` and returns it.
  mutating func literal() throws(JSONFault) -> String {
    _ = try peek()
    for word in ["null", "true", "false"] where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return word
    }
    throw .malformed
  }

  /// Passes over one value of any kind.
  mutating func skip(depth: Int = 0) throws(JSONFault) {
    guard depth < Self.deepest else { throw .tooDeep }
    switch try kind() {
    case .object: try object { reader, _ throws(JSONFault) in try reader.skip(depth: depth + 1) }
    case .array: try array { reader throws(JSONFault) in try reader.skip(depth: depth + 1) }
    case .string: _ = try string()
    case .number: _ = try number()
    case .literal: _ = try literal()
    }
  }

  /// Makes sure that nothing but white space is left.
  mutating func end() throws(JSONFault) {
    skipSpace()
    guard position == bytes.count else { throw .malformed }
  }

  // MARK: - Bytes

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  private mutating func peek() throws(JSONFault) -> UInt8 {
    skipSpace()
    guard position < bytes.count else { throw .malformed }
    return bytes[position]
  }

  private func next(is byte: UInt8) -> Bool { position < bytes.count && bytes[position] == byte }

  private mutating func take(_ byte: UInt8) throws(JSONFault) -> Bool {
    guard try peek() == byte else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ byte: UInt8) throws(JSONFault) {
    guard try take(byte) else { throw .malformed }
  }

  private mutating func digits() -> Int {
    let start = position
    while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
      position += 1
    }
    return position - start
  }

  private func text(_ utf8: ArraySlice<UInt8>) throws(JSONFault) -> String {
    guard let text = String(validating: utf8, as: UTF8.self) else { throw .malformed }
    return text
  }

  // MARK: - Escapes

  private mutating func escapedString(from start: Int) throws(JSONFault) -> String {
    var output = Array(bytes[start..<position])
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return try text(output[...])
      case UInt8(ascii: "\\"): try escape(into: &output)
      case 0..<0x20: throw .malformed
      default: output.append(byte)
      }
    }
    throw .malformed
  }

  private mutating func escape(into output: inout [UInt8]) throws(JSONFault) {
    guard position < bytes.count else { throw .malformed }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): output.append(byte)
    case UInt8(ascii: "b"): output.append(0x08)
    case UInt8(ascii: "f"): output.append(0x0C)
    case UInt8(ascii: "n"): output.append(0x0A)
    case UInt8(ascii: "r"): output.append(0x0D)
    case UInt8(ascii: "t"): output.append(0x09)
    case UInt8(ascii: "u"): output += Array(String(Character(try escapedScalar())).utf8)
    default: throw .malformed
    }
  }

  /// The scalar of `\uXXXX`, taking in the second half of a surrogate pair (RFC 8259 §7).
  private mutating func escapedScalar() throws(JSONFault) -> Unicode.Scalar {
    let replacement: Unicode.Scalar = "\u{FFFD}"
    let unit = try hexUnit()
    guard (0xD800..<0xDC00).contains(unit) else { return Unicode.Scalar(unit) ?? replacement }
    let mark = position
    guard next(is: UInt8(ascii: "\\")), mark + 1 < bytes.count, bytes[mark + 1] == UInt8(ascii: "u") else {
      return replacement
    }
    position += 2
    let second = try hexUnit()
    guard (0xDC00..<0xE000).contains(second) else {
      position = mark
      return replacement
    }
    return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (second - 0xDC00)) ?? replacement
  }

  private mutating func hexUnit() throws(JSONFault) -> UInt32 {
    guard position + 4 <= bytes.count else { throw .malformed }
    var unit: UInt32 = 0
    for byte in bytes[position..<position + 4] {
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: throw .malformed
      }
      unit = unit << 4 | UInt32(digit)
    }
    position += 4
    return unit
  }
}

/// What is wrong with an answer of Bob; none is believed, not even in part.
package enum JSONFault: Error, Sendable, Hashable, CaseIterable {
  /// No JSON, or JSON that ends too early.
  case malformed
  /// Nested deeper than anything Bob has reason to send.
  case tooDeep
  /// `employees` is missing, is no array, or stands there twice.
  case noEmployees
  /// One employee is longer than `EmployeeStream.longestEmployee`.
  case tooLong
}
