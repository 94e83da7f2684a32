/// Reads PDF values from foreign bytes: bounded in depth, and never beyond the end.
struct PDFLexer {
  private let bytes: [UInt8]
  /// The next byte to read.
  private(set) var position: Int

  private static let maximumDepth = 16
  private static let maximumItems = 10_000

  /// Starts at `position`; a place outside the bytes reads as the end.
  init(_ bytes: [UInt8], at position: Int) {
    self.bytes = bytes
    self.position = bytes.indices.contains(position) ? position : bytes.count
  }

  static func isWhite(_ unit: UInt8) -> Bool {
    switch unit {
    case 0x00, 0x09, 0x0A, 0x0C, 0x0D, 0x20: true
    default: false
    }
  }

  static func isRegular(_ unit: UInt8) -> Bool {
    guard !isWhite(unit) else { return false }
    switch unit {
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "["),
      UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "/"), UInt8(ascii: "%"):
      return false
    default: return true
    }
  }

  private func failure(_ reason: String) -> ReferenceError { .malformed(part: "PDF", reason: reason) }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }
  private func peek(_ offset: Int) -> UInt8? {
    position + offset < bytes.count ? bytes[position + offset] : nil
  }

  mutating func skipWhite() {
    while let unit = current {
      if Self.isWhite(unit) {
        position += 1
      } else if unit == UInt8(ascii: "%") {
        while let unit = current, unit != 0x0A, unit != 0x0D { position += 1 }
      } else {
        return
      }
    }
  }

  /// Takes `word` if it comes next, after white space.
  mutating func take(_ word: StaticString) -> Bool {
    skipWhite()
    let units = word.withUTF8Buffer { Array($0) }
    guard bytes.count - position >= units.count,
      bytes[position..<(position + units.count)].elementsEqual(units)
    else {
      return false
    }
    position += units.count
    return true
  }

  /// Takes exactly one end of line, as after `stream`.
  mutating func takeLineEnd() -> Bool {
    if current == 0x0D { position += 1 }
    guard current == 0x0A else { return false }
    position += 1
    return true
  }

  /// A plain decimal number without sign, of at most ten digits.
  mutating func takeNumber() -> Int? {
    skipWhite()
    var value = 0
    var digits = 0
    while let unit = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(unit) {
      digits += 1
      guard digits <= 10 else { return nil }
      value = value * 10 + Int(unit - UInt8(ascii: "0"))
      position += 1
    }
    return digits > 0 ? value : nil
  }

  /// The next value; throws `.malformed`.
  mutating func value(depth: Int = 0) throws -> PDFValue {
    guard depth < Self.maximumDepth else { throw failure("values are nested too deeply") }
    skipWhite()
    switch current {
    case UInt8(ascii: "/"): return .name(try name())
    case UInt8(ascii: "("): return .string(try literalString())
    case UInt8(ascii: "["): return .array(try array(depth: depth))
    case UInt8(ascii: "<"):
      return peek(1) == UInt8(ascii: "<")
        ? .dictionary(try dictionary(depth: depth)) : .string(try hexString())
    case nil: throw failure("the file ends within a value")
    default: return try word()
    }
  }

  private mutating func array(depth: Int) throws -> [PDFValue] {
    position += 1
    var values: [PDFValue] = []
    while true {
      skipWhite()
      if current == UInt8(ascii: "]") { break }
      guard values.count < Self.maximumItems else { throw failure("an array is too long") }
      values.append(try value(depth: depth + 1))
    }
    position += 1
    return values
  }

  private mutating func dictionary(depth: Int) throws -> [String: PDFValue] {
    position += 2
    var members: [String: PDFValue] = [:]
    while true {
      skipWhite()
      if current == UInt8(ascii: ">") { break }
      guard current == UInt8(ascii: "/"), members.count < Self.maximumItems else {
        throw failure("a dictionary holds something without a name")
      }
      let key = try name()
      // A key said twice means different things to different readers.
      guard members.updateValue(try value(depth: depth + 1), forKey: key) == nil else {
        throw failure("a dictionary names a key twice")
      }
    }
    guard peek(1) == UInt8(ascii: ">") else { throw failure("a dictionary does not end") }
    position += 2
    return members
  }

  private mutating func name() throws -> String {
    position += 1
    var units: [UInt8] = []
    while let unit = current, Self.isRegular(unit) {
      guard units.count < 127 else { throw failure("a name is too long") }
      position += 1
      if unit == UInt8(ascii: "#") {
        guard let high = hexDigit(), let low = hexDigit() else { throw failure("a name has a broken escape") }
        units.append(high << 4 | low)
      } else {
        units.append(unit)
      }
    }
    guard let name = String(validating: units, as: UTF8.self) else { throw failure("a name is not UTF-8") }
    return name
  }

  private mutating func hexDigit() -> UInt8? {
    guard let unit = current, let digit = Self.hexValue(unit) else { return nil }
    position += 1
    return digit
  }

  static func hexValue(_ unit: UInt8) -> UInt8? {
    switch unit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): unit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): unit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): unit - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private mutating func hexString() throws -> [UInt8] {
    position += 1
    var result: [UInt8] = []
    while current != UInt8(ascii: ">") {
      guard let high = hexDigit(), let low = hexDigit() else {
        throw failure("a string is not made of hex pairs")
      }
      result.append(high << 4 | low)
    }
    position += 1
    return result
  }

  private mutating func literalString() throws -> [UInt8] {
    position += 1
    var result: [UInt8] = []
    var depth = 1
    while let unit = current {
      position += 1
      switch unit {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"):
        depth -= 1
        if depth == 0 { return result }
      case UInt8(ascii: "\\"):
        result.append(try escape())
        continue
      default: break
      }
      result.append(unit)
    }
    throw failure("a string does not end")
  }

  private mutating func escape() throws -> UInt8 {
    guard let unit = current else { throw failure("a string does not end") }
    position += 1
    switch unit {
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "\\"): return unit
    case UInt8(ascii: "0")...UInt8(ascii: "3"):
      guard
        let second = peek(0), let third = peek(1), (0x30...0x37).contains(second),
        (0x30...0x37).contains(third)
      else { throw failure("a string has a broken escape") }
      position += 2
      return (unit - 0x30) << 6 | (second - 0x30) << 3 | (third - 0x30)
    default: throw failure("a string has an unknown escape")
    }
  }

  /// A number, a reference, or one of three words.
  private mutating func word() throws -> PDFValue {
    let start = position
    while let unit = current, Self.isRegular(unit), position - start < 32 { position += 1 }
    guard let word = String(validating: bytes[start..<position], as: UTF8.self), !word.isEmpty else {
      throw failure("a value cannot be read")
    }
    switch word {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null": return .null
    default: break
    }
    guard word.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x2B })
    else {
      throw failure("a value cannot be read")
    }
    guard let number = Int(word) else { return .real(word) }
    let afterNumber = position
    if number > 0, number < 1_000_000, takeNumber() == 0, take("R") { return .reference(number) }
    position = afterNumber
    return .integer(number)
  }
}
