/// A JSON value to be sent, with its members in the order in which they were put.
indirect enum BobJSON: Sendable {
  case null
  case bool(Bool)
  case string(String)
  /// A number by its literal, so that 19 digits stay 19 digits.
  case literal(String)
  case array([BobJSON])
  case object([(String, BobJSON)])

  static func text(_ value: String?) -> BobJSON { value.map { .string($0) } ?? .null }

  /// The same value with the members of its objects in another order.
  func shuffled() -> BobJSON {
    switch self {
    case .object(let members): .object(members.map { ($0.0, $0.1.shuffled()) }.shuffled())
    case .array(let items): .array(items.map { $0.shuffled() })
    case .null, .bool, .string, .literal: self
    }
  }

  /// The value as UTF-8 text.
  var bytes: [UInt8] {
    var output: [UInt8] = []
    write(to: &output)
    return output
  }

  func write(to output: inout [UInt8]) {
    switch self {
    case .null: output += "null".utf8
    case .bool(let flag): output += (flag ? "true" : "false").utf8
    case .string(let text): Self.write(text, to: &output)
    case .literal(let text): output += text.utf8
    case .array(let items):
      output.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        item.write(to: &output)
      }
      output.append(UInt8(ascii: "]"))
    case .object(let members):
      output.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        Self.write(member.0, to: &output)
        output.append(UInt8(ascii: ":"))
        member.1.write(to: &output)
      }
      output.append(UInt8(ascii: "}"))
    }
  }

  private static func write(_ text: String, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): output += "\\\"".utf8
      case UInt8(ascii: "\\"): output += "\\\\".utf8
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        output += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }
}
