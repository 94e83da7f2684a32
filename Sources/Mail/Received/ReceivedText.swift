/// Octets of a received part as text: transfer coding and character set undone as far as they can be.
package enum ReceivedText {
  /// UTF-8 where it is valid, else ISO 8859-1, in which every octet is a character.
  package static func string(_ octets: ArraySlice<UInt8>) -> String {
    String(validating: octets, as: UTF8.self) ?? latin1(octets)
  }

  /// By the name of a character set; what is not known is tried as UTF-8.
  static func string(_ octets: ArraySlice<UInt8>, charset: String?) -> String {
    switch charset?.lowercased() {
    case "iso-8859-1", "iso-8859-15", "windows-1252", "latin1": latin1(octets)
    default: string(octets)
    }
  }

  private static func latin1(_ octets: ArraySlice<UInt8>) -> String {
    String(String.UnicodeScalarView(octets.map { Unicode.Scalar($0) }))
  }

  /// Undoes a Content-Transfer-Encoding (RFC 2045 §6); faults in it stay as they are.
  ///
  /// - Parameter limit: octets of the result; the rest is left away.
  package static func decode(_ octets: ArraySlice<UInt8>, coding: String?, limit: Int) -> ArraySlice<UInt8> {
    switch coding?.lowercased() {
    case "base64": base64(octets, limit: limit)[...]
    case "quoted-printable": quotedPrintable(octets, limit: limit)[...]
    default: octets.prefix(limit)
    }
  }

  /// §6.7: `=XX` is an octet, `=` before a line's end is none, blanks before a line's end came on the way.
  private static func quotedPrintable(_ octets: ArraySlice<UInt8>, limit: Int) -> [UInt8] {
    var result: [UInt8] = []
    var rest = octets
    while !rest.isEmpty, result.count < limit {
      let (whole, next) = Line.first(of: rest)
      let isLast = next.isEmpty && rest.last != 0x0A
      var line = whole
      while let last = line.last, last == 0x20 || last == 0x09 { line = line.dropLast() }
      let isSoft = line.last == UInt8(ascii: "=")
      if isSoft { line = line.dropLast() }
      var index = line.startIndex
      while index < line.endIndex {
        if line[index] == UInt8(ascii: "="), index + 2 < line.endIndex, let high = hexadecimal(line[index + 1]),
          let low = hexadecimal(line[index + 2])
        {
          result.append(high << 4 | low)
          index += 3
        } else {
          result.append(line[index])
          index += 1
        }
      }
      if !isSoft && !isLast { result += [0x0D, 0x0A] }
      rest = next
    }
    return Array(result.prefix(limit))
  }

  /// §6.8: what is not of the alphabet is passed over, and padding ends it.
  private static func base64(_ octets: ArraySlice<UInt8>, limit: Int) -> [UInt8] {
    var result: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for octet in octets where result.count < limit {
      if octet == UInt8(ascii: "=") { break }
      guard let value = symbol(octet) else { continue }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return result
  }

  private static func hexadecimal(_ octet: UInt8) -> UInt8? {
    switch octet {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): octet - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): octet - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): octet - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  private static func symbol(_ octet: UInt8) -> UInt8? {
    switch octet {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): octet - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): octet - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): octet - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
