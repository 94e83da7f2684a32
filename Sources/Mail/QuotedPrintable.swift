/// Quoted-printable (RFC 2045 §6.7) for texts: what is plain ASCII stays readable, every line is at most 76 characters.
package enum QuotedPrintable {
  /// Encodes text whose line breaks are CRLF; ends with CRLF.
  ///
  /// Beyond the RFC's rules a leading `.` and a leading `From ` are encoded too, so that neither dot-stuffing nor mbox
  /// files touch the text.
  package static func encode(_ text: [UInt8]) -> [UInt8] {
    var encoded: [UInt8] = []
    encoded.reserveCapacity(text.count + text.count / 8)
    var start = 0
    while start <= text.count {
      let end =
        text.indices[start...].first { text[$0] == 0x0D && $0 + 1 < text.count && text[$0 + 1] == 0x0A } ?? text.count
      // A text that ends with CRLF has no further, empty line.
      if start == text.count, start > 0 { break }
      encode(line: text[start..<end], into: &encoded)
      encoded += [0x0D, 0x0A]
      start = end + 2
    }
    return encoded
  }

  private static func encode(line: ArraySlice<UInt8>, into encoded: inout [UInt8]) {
    var column = 0
    for index in line.indices {
      let isLast = index == line.endIndex - 1
      var symbol = symbol(for: line[index], isLast: isLast)
      // One column is kept for the soft break, except at the very end of the line.
      if column + symbol.count > (isLast ? 76 : 75) {
        encoded += [UInt8(ascii: "="), 0x0D, 0x0A]
        column = 0
      }
      // A line begins after a soft break, too.
      if column == 0, isTouched(line[index...]) { symbol = hexadecimal(line[index]) }
      encoded += symbol
      column += symbol.count
    }
  }

  /// True for a line that a relay or a mail file would alter at its beginning.
  private static func isTouched(_ line: ArraySlice<UInt8>) -> Bool {
    line.first == UInt8(ascii: ".") || line.starts(with: "From ".utf8)
  }

  private static func symbol(for byte: UInt8, isLast: Bool) -> [UInt8] {
    switch byte {
    case UInt8(ascii: "="): hexadecimal(byte)
    case 0x20, 0x09: isLast ? hexadecimal(byte) : [byte]
    case 0x21...0x7E: [byte]
    default: hexadecimal(byte)
    }
  }

  private static func hexadecimal(_ byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }
}
