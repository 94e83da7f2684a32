extension CanonicalJSON {
  /// How many arrays and objects may lie inside each other.
  package static let maximumDepth = 16

  /// Reads any JSON text of at most `maximumSize` bytes (RFC 8259) into a value.
  ///
  /// Throws `.malformedJSON` for floats, exponents, `-0`, integers of 2^53 or more, a key given twice, bytes
  /// that are not UTF-8, lone surrogates, more than `maximumDepth` levels, and anything after the value.
  package init(parsing bytes: [UInt8], maximumSize: Int) throws(AuditError) {
    guard bytes.count <= maximumSize else {
      throw .malformedJSON(offset: maximumSize, reason: "the text is too long")
    }
    var reader = JSONReader(bytes)
    self = try reader.document()
  }

  /// Reads a JSON text that must already be the canonical bytes of its value.
  package init(canonical bytes: [UInt8], maximumSize: Int) throws(AuditError) {
    guard bytes.count <= maximumSize else {
      throw .malformedJSON(offset: maximumSize, reason: "the text is too long")
    }
    var reader = JSONReader(bytes)
    self = try reader.document()
    // Writing it again takes longer than reading it, and tells nothing new of a text that left no choice.
    guard !reader.isPlain else { return }
    let canonical = try self.bytes()
    guard canonical == bytes else {
      let same = zip(canonical, bytes).prefix { $0 == $1 }
      throw .malformedJSON(offset: same.count, reason: "the text is not in canonical form")
    }
  }
}

/// Reads one JSON text from front to back.
private struct JSONReader {
  private let bytes: [UInt8]
  private var position = 0
  /// True while nothing was read that could have been written otherwise: no white space, no escape, and all keys in order.
  /// Then the text is canonical, since an integer has one form only.
  private(set) var isPlain = true

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(AuditError) -> CanonicalJSON {
    let value = try value(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw fault("more text after the value") }
    return value
  }

  private mutating func value(depth: Int) throws(AuditError) -> CanonicalJSON {
    skipSpace()
    guard position < bytes.count else { throw fault("the text ends too early") }
    switch bytes[position] {
    case UInt8(ascii: "{"): return try object(depth: depth + 1)
    case UInt8(ascii: "["): return try array(depth: depth + 1)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .integer(try integer())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: throw fault("no value begins like this")
    }
  }

  private mutating func object(depth: Int) throws(AuditError) -> CanonicalJSON {
    try enter(depth)
    var members: [String: CanonicalJSON] = [:]
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object(members) }
    members.reserveCapacity(12)
    var previous = position..<position
    while true {
      skipSpace()
      let start = position
      let key = try string()
      let spelt = start + 1..<position - 1
      if !members.isEmpty, !CanonicalJSON.precedes(bytes[previous], bytes[spelt]) { isPlain = false }
      previous = spelt
      skipSpace()
      try expect(UInt8(ascii: ":"), "a colon is missing")
      guard members.updateValue(try value(depth: depth), forKey: key) == nil else {
        position = start
        throw fault("a key is given twice")
      }
      skipSpace()
      if take(UInt8(ascii: "}")) { return .object(members) }
      try expect(UInt8(ascii: ","), "a comma or the end of an object is missing")
    }
  }

  private mutating func array(depth: Int) throws(AuditError) -> CanonicalJSON {
    try enter(depth)
    var elements: [CanonicalJSON] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array(elements) }
    while true {
      elements.append(try value(depth: depth))
      skipSpace()
      if take(UInt8(ascii: "]")) { return .array(elements) }
      try expect(UInt8(ascii: ","), "a comma or the end of an array is missing")
    }
  }

  private mutating func enter(_ depth: Int) throws(AuditError) {
    guard depth <= CanonicalJSON.maximumDepth else { throw fault("nested too deeply") }
    position += 1
  }

  private mutating func integer() throws(AuditError) -> Int64 {
    let negative = take(UInt8(ascii: "-"))
    let start = position
    var magnitude: Int64 = 0
    while position < bytes.count, case UInt8(ascii: "0")...UInt8(ascii: "9") = bytes[position] {
      magnitude = magnitude * 10 + Int64(bytes[position] - UInt8(ascii: "0"))
      guard magnitude <= CanonicalJSON.largestInteger else { throw fault("an integer of 2^53 or more") }
      position += 1
    }
    let digits = position - start
    guard digits > 0 else { throw fault("a number without digits") }
    guard digits == 1 || bytes[start] != UInt8(ascii: "0") else {
      throw fault("a number with a leading zero")
    }
    if position < bytes.count,
      [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(bytes[position])
    {
      throw fault("a number that is no integer")
    }
    guard !(negative && magnitude == 0) else { throw fault("a negative zero") }
    return negative ? -magnitude : magnitude
  }

  private mutating func string() throws(AuditError) -> String {
    try expect(UInt8(ascii: "\""), "a string is missing")
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        let text = try decode(bytes[start..<position], from: start)
        position += 1
        return text
      case UInt8(ascii: "\\"): return try escapedString(from: start)
      case 0..<0x20: throw fault("a control character inside a string")
      default: position += 1
      }
    }
    throw fault("a string without end")
  }

  /// Goes on with a string from its first escape.
  private mutating func escapedString(from start: Int) throws(AuditError) -> String {
    isPlain = false
    var units = Array(bytes[start..<position])
    while position < bytes.count {
      let unit = bytes[position]
      switch unit {
      case UInt8(ascii: "\""):
        position += 1
        return try decode(units[...], from: start)
      case UInt8(ascii: "\\"):
        position += 1
        units += String(try escape()).utf8
      case 0..<0x20: throw fault("a control character inside a string")
      default:
        units.append(unit)
        position += 1
      }
    }
    throw fault("a string without end")
  }

  private mutating func escape() throws(AuditError) -> Unicode.Scalar {
    guard position < bytes.count else { throw fault("a string without end") }
    let letter = bytes[position]
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
    case UInt8(ascii: "b"): return "\u{08}"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "f"): return "\u{0C}"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "u"): break
    default: throw fault("an unknown escape")
    }
    let first = try fourHexDigits()
    guard 0xD800...0xDFFF ~= first else {
      guard let scalar = Unicode.Scalar(first) else { throw fault("an unknown escape") }
      return scalar
    }
    guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
      throw fault("a lone surrogate")
    }
    let second = try fourHexDigits()
    guard
      0xDC00...0xDFFF ~= second,
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw fault("a lone surrogate") }
    return scalar
  }

  private mutating func fourHexDigits() throws(AuditError) -> UInt32 {
    var number: UInt32 = 0
    for _ in 0..<4 {
      guard position < bytes.count, let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue
      else {
        throw fault("an escape without four digits")
      }
      number = number << 4 | UInt32(digit)
      position += 1
    }
    return number
  }

  private func decode(_ units: ArraySlice<UInt8>, from start: Int) throws(AuditError) -> String {
    guard let text = String(validating: units, as: UTF8.self) else {
      throw .malformedJSON(offset: start, reason: "a string that is not UTF-8")
    }
    return text
  }

  private mutating func word(_ text: StaticString, _ value: CanonicalJSON) throws(AuditError) -> CanonicalJSON {
    let matches = text.withUTF8Buffer { bytes[position...].starts(with: $0) }
    guard matches else { throw fault("no value begins like this") }
    position += text.utf8CodeUnitCount
    return value
  }

  private mutating func take(_ unit: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == unit else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ unit: UInt8, _ reason: String) throws(AuditError) {
    guard take(unit) else { throw fault(reason) }
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D:
        isPlain = false
        position += 1
      default: return
      }
    }
  }

  private func fault(_ reason: String) -> AuditError { .malformedJSON(offset: position, reason: reason) }
}
