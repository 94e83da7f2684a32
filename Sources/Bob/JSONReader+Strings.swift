import Foundation

// Strings and names of members (RFC 8259 §7).
extension JSONReader {
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

    /// Whether it is one of the flat keys, which begin with a slash.
    var isSlash: Bool { bytes.first == UInt8(ascii: "/") }
  }

  mutating func name() throws(JSONFault) -> Name {
    try expect(UInt8(ascii: "\""))
    let start = position
    if try passString() { return Name(bytes: bytes[start..<position - 1]) }
    position = start - 1
    return Name(bytes: Array(try string().utf8)[...])
  }

  /// Goes past the end of a string whose opening quote has been read; false if there are escapes in it.
  mutating func passString() throws(JSONFault) -> Bool {
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
