/// One value of the PDF language (ISO 32000-1 §7.3), as far as references use it.
indirect enum PDFValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  /// A number with a fraction, spelt as it was.
  case real(String)
  case string([UInt8])
  /// Without the slash, escapes resolved.
  case name(String)
  case array([PDFValue])
  case dictionary([String: PDFValue])
  /// An object of generation 0.
  case reference(Int)

  subscript(key: String) -> PDFValue? {
    guard case .dictionary(let members) = self else { return nil }
    return members[key]
  }

  var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  var name: String? { if case .name(let value) = self { value } else { nil } }
  var string: [UInt8]? { if case .string(let value) = self { value } else { nil } }
  var array: [PDFValue]? { if case .array(let value) = self { value } else { nil } }
  var dictionary: [String: PDFValue]? { if case .dictionary(let value) = self { value } else { nil } }
  var reference: Int? { if case .reference(let value) = self { value } else { nil } }

  /// ASCII text as a literal string.
  static func text(_ text: String) -> PDFValue { .string(Array(text.utf8)) }

  /// Any text: ASCII as it is, everything else as UTF-16 with a byte order mark (ISO 32000-1 §7.9.2.2).
  static func unicode(_ text: String) -> PDFValue {
    guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return .text(text) }
    return .string([0xFE, 0xFF] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
  }

  /// The value in PDF's spelling; members of dictionaries in alphabetical order, so that equal values write
  /// equal bytes.
  var written: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .real(let spelling): spelling
    case .string(let bytes): Self.written(string: bytes)
    case .name(let name): "/" + Self.escaped(name)
    case .array(let values): "[" + values.map(\.written).joined(separator: " ") + "]"
    case .dictionary(let members):
      "<< "
        + members.sorted { $0.key < $1.key }.map { "/\(Self.escaped($0.key)) \($0.value.written) " }.joined()
        + ">>"
    case .reference(let number): "\(number) 0 R"
    }
  }

  private static func written(string bytes: [UInt8]) -> String {
    let isPlain = bytes.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x28 && $0 != 0x29 && $0 != 0x5C }
    if isPlain { return "(" + String(decoding: bytes, as: UTF8.self) + ")" }
    return "<" + bytes.map { hexPair($0) }.joined() + ">"
  }

  private static func escaped(_ name: String) -> String {
    name.utf8.map { unit in
      PDFLexer.isRegular(unit) && (0x21...0x7E).contains(unit) && unit != 0x23
        ? String(UnicodeScalar(unit)) : "#" + hexPair(unit)
    }.joined()
  }

  private static func hexPair(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.utf8.count == 1 ? "0" + digits : digits
  }
}
