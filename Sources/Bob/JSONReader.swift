import Foundation

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

  /// The name of a member, to be compared with names that are known.
  ///
  /// One that is written without escapes is never copied out of the bytes.
  struct Name {
    fileprivate let bytes: ArraySlice<UInt8>

    static func == (name: Name, known: StaticString) -> Bool {
      let count = known.utf8CodeUnitCount
      guard name.bytes.count == count else { return false }
      return name.bytes.withUnsafeBytes { $0.baseAddress.map { memcmp($0, known.utf8Start, count) == 0 } ?? true }
    }

    static func ~= (known: StaticString, name: Name) -> Bool { name == known }

    /// Whether it is a slash key, such as `/work/title`.
    var isSlash: Bool { bytes.first == UInt8(ascii: "/") }
  }

  private mutating func name() throws(JSONFault) -> Name {
    try expect(UInt8(ascii: "\""))
    let start = position
    if try passString() { return Name(bytes: bytes[start..<position - 1]) }
    position = start - 1
    return Name(bytes: Array(try string().utf8)[...])
  }

  /// Goes past the end of a string whose opening quote has been read; false if there are escapes in it.
  private mutating func passString() throws(JSONFault) -> Bool {
    var isPlain = true
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return isPlain
      case UInt8(ascii: "\\"):
        isPlain = false
        position += 1
      case 0..<0x20: throw .malformed
      default: break
      }
    }
    throw .malformed
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
        return try text(start..<position)
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

  private func text(_ range: Range<Int>) throws(JSONFault) -> String {
    guard let utf8 = try? UTF8Span(validating: bytes.span.extracting(range)) else { throw .malformed }
    return String(copying: utf8)
  }

  // MARK: - Escapes

  private mutating func escapedString(from start: Int) throws(JSONFault) -> String {
    var output = Array(bytes[start..<position])
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: output, as: UTF8.self) else { throw .malformed }
        return text
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
