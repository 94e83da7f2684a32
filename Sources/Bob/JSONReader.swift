/// Reads JSON (RFC 8259) from bytes that a stranger sent: every step is checked, nothing recurses without a bound.
///
/// A cursor rather than a tree: the caller asks for what it wants and skips the rest, so that a record of which three
/// values matter costs three strings.
struct JSONReader {
  let bytes: [UInt8]
  var position = 0

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
  mutating func object(_ member: (inout JSONReader, Name) throws(JSONFault) -> Void) throws(JSONFault) {
    try expect(UInt8(ascii: "{"))
    if try take(UInt8(ascii: "}")) { return }
    repeat {
      let name = try name()
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
    return try text(start..<position)
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
    case .string:
      let start = position
      try expect(UInt8(ascii: "\""))
      // What is escaped must be so rightly, though nobody wants it.
      if try !passString() {
        position = start
        _ = try string()
      }
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

  mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  mutating func peek() throws(JSONFault) -> UInt8 {
    skipSpace()
    guard position < bytes.count else { throw .malformed }
    return bytes[position]
  }

  func next(is byte: UInt8) -> Bool { position < bytes.count && bytes[position] == byte }

  mutating func take(_ byte: UInt8) throws(JSONFault) -> Bool {
    guard try peek() == byte else { return false }
    position += 1
    return true
  }

  mutating func expect(_ byte: UInt8) throws(JSONFault) {
    guard try take(byte) else { throw .malformed }
  }

  private mutating func digits() -> Int {
    let start = position
    while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
      position += 1
    }
    return position - start
  }

  func text(_ range: Range<Int>) throws(JSONFault) -> String {
    guard let utf8 = try? UTF8Span(validating: bytes.span.extracting(range)) else { throw .malformed }
    return String(copying: utf8)
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
