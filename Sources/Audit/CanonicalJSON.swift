/// A JSON value that has exactly one byte form: the canonical one of RFC 8785.
///
/// Numbers are integers of less than 2^53 either way; there are no floats, so no rounding rule is needed.
/// Two strings compare equal when they are canonically equivalent, as Swift strings do: compare `bytes()`
/// where that matters.
package enum CanonicalJSON: Hashable, Sendable {
  case string(String)
  case integer(Int64)
  case bool(Bool)
  case null
  case array([CanonicalJSON])
  case object([String: CanonicalJSON])

  /// The largest magnitude an integer may have: 2^53 - 1 (RFC 7493 §2.2).
  package static let largestInteger: Int64 = 1 << 53 - 1

  /// The canonical bytes: no white space, keys in the order of their UTF-16 code units, strings escaped as
  /// ECMAScript does (RFC 8785 §3.2).
  ///
  /// Throws `.notRepresentable` for an integer of 2^53 or more.
  package func bytes() throws(AuditError) -> [UInt8] {
    var output: [UInt8] = []
    try write(to: &output)
    return output
  }

  private func write(to output: inout [UInt8]) throws(AuditError) {
    switch self {
    case .string(let text):
      Self.write(text, to: &output)
    case .integer(let number):
      guard number.magnitude <= UInt64(Self.largestInteger) else {
        throw .notRepresentable(reason: "an integer of 2^53 or more")
      }
      output += String(number).utf8
    case .bool(let flag):
      output += (flag ? "true" : "false").utf8
    case .null:
      output += "null".utf8
    case .array(let elements):
      output.append(UInt8(ascii: "["))
      for (position, element) in elements.enumerated() {
        if position > 0 { output.append(UInt8(ascii: ",")) }
        try element.write(to: &output)
      }
      output.append(UInt8(ascii: "]"))
    case .object(let members):
      output.append(UInt8(ascii: "{"))
      let sorted = members.sorted { Self.precedes($0.key.utf8, $1.key.utf8) }
      for (position, member) in sorted.enumerated() {
        if position > 0 { output.append(UInt8(ascii: ",")) }
        Self.write(member.key, to: &output)
        output.append(UInt8(ascii: ":"))
        try member.value.write(to: &output)
      }
      output.append(UInt8(ascii: "}"))
    }
  }

  /// Whether `left` sorts before `right` by UTF-16 code units (RFC 8785 §3.2.3), read off their UTF-8 bytes.
  ///
  /// The two orders differ in one thing: a scalar above U+FFFF (lead bytes F0 to F4) is written with surrogates
  /// and so comes before U+E000 to U+FFFF (lead bytes EE and EF).
  static func precedes(_ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>) -> Bool {
    func rank(_ byte: UInt8) -> UInt8 { byte == 0xEE || byte == 0xEF ? byte + 0x10 : byte }
    var rest = right.makeIterator()
    for byte in left {
      guard let other = rest.next() else { return false }
      if byte != other { return rank(byte) < rank(other) }
    }
    return rest.next() != nil
  }

  /// Writes a string with the escapes of RFC 8785 §3.2.2.2, and everything else as plain UTF-8.
  private static func write(_ text: String, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    for unit in text.utf8 {
      switch unit {
      case UInt8(ascii: "\""): output += [UInt8(ascii: "\\"), UInt8(ascii: "\"")]
      case UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), UInt8(ascii: "\\")]
      case 0x08: output += "\\b".utf8
      case 0x09: output += "\\t".utf8
      case 0x0A: output += "\\n".utf8
      case 0x0C: output += "\\f".utf8
      case 0x0D: output += "\\r".utf8
      case 0..<0x20:
        output += "\\u00".utf8
        output.append(UInt8(ascii: "0") + unit >> 4)
        let low = unit & 15
        output.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
      default: output.append(unit)
      }
    }
    output.append(UInt8(ascii: "\""))
  }
}

extension CanonicalJSON {
  /// The member `key` of an object; `nil` when it is absent or this is no object.
  package subscript(key: String) -> CanonicalJSON? { object?[key] }

  /// The text, when this is a string.
  package var string: String? { if case .string(let text) = self { text } else { nil } }

  /// The number, when this is an integer.
  package var integer: Int64? { if case .integer(let number) = self { number } else { nil } }

  /// The flag, when this is true or false.
  package var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }

  /// The elements, when this is an array.
  package var array: [CanonicalJSON]? { if case .array(let elements) = self { elements } else { nil } }

  /// The members, when this is an object.
  package var object: [String: CanonicalJSON]? {
    if case .object(let members) = self { members } else { nil }
  }
}

extension CanonicalJSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(arrayLiteral elements: CanonicalJSON...) { self = .array(elements) }

  /// An object; of two members with one key the later counts.
  package init(dictionaryLiteral elements: (String, CanonicalJSON)...) {
    self = .object(Dictionary(elements) { _, later in later })
  }
}
