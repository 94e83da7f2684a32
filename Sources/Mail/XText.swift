/// xtext (RFC 3461 §4): printable ASCII as it is, everything else, `+` and `=` as `+XX`.
package enum XText {
  package static func encode(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      if (0x21...0x7E).contains(byte), byte != UInt8(ascii: "+"), byte != UInt8(ascii: "=") {
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        encoded += "+" + hexadecimal(byte >> 4) + hexadecimal(byte & 15)
      }
    }
    return encoded
  }

  /// Nil for what is no xtext; lower-case hexadecimal digits are refused, as the RFC has it.
  package static func decode(_ text: some StringProtocol) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard (0x21...0x7E).contains(byte), byte != UInt8(ascii: "=") else { return nil }
      guard byte == UInt8(ascii: "+") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(value), let low = rest.popFirst().flatMap(value) else { return nil }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// What a text means if it is xtext; nil if it is none, or means itself.
  ///
  /// Some mail systems decode before they write a report, and some do not. Xtext encodes exactly the characters that need
  /// it, so what does not come out the same when it is encoded again was none: `full+37@` stays, `nouser+2B1@` is
  /// `nouser+1@`.
  static func meant(_ text: String) -> String? {
    guard text.utf8.contains(UInt8(ascii: "+")), let decoded = decode(text), encode(decoded) == text else { return nil }
    return decoded
  }

  private static func hexadecimal(_ nibble: UInt8) -> String { String(nibble, radix: 16, uppercase: true) }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
