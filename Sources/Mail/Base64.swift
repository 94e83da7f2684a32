/// Base64 as MIME has it (RFC 2045 §6.8).
package enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// One unbroken line, padded.
  package static func encode(_ bytes: [UInt8]) -> String { String(decoding: symbols(bytes), as: UTF8.self) }

  /// Lines of 76 characters, each ended by CRLF.
  package static func encodeLines(_ bytes: [UInt8]) -> [UInt8] {
    let symbols = symbols(bytes)
    var lines: [UInt8] = []
    lines.reserveCapacity(symbols.count + symbols.count / 38 + 2)
    var start = 0
    while start < symbols.count {
      let end = min(start + 76, symbols.count)
      lines += symbols[start..<end]
      lines += [0x0D, 0x0A]
      start = end
    }
    return lines
  }

  /// Nil for anything but whole, padded groups with zero spare bits; line breaks are not skipped.
  package static func decode(_ text: some StringProtocol) -> [UInt8]? {
    let symbols = Array(text.utf8)
    guard symbols.count % 4 == 0 else { return nil }
    let padding = symbols.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
    var bytes: [UInt8] = []
    bytes.reserveCapacity(symbols.count / 4 * 3)
    var buffer = 0
    var bits = 0
    for symbol in symbols.dropLast(padding) {
      guard let value = value(of: symbol) else { return nil }
      buffer = (buffer << 6 | value) & 0xFFFF
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
      }
    }
    return buffer & ((1 << bits) - 1) == 0 ? bytes : nil
  }

  private static func symbols(_ bytes: [UInt8]) -> [UInt8] {
    var symbols: [UInt8] = []
    symbols.reserveCapacity((bytes.count + 2) / 3 * 4)
    var index = 0
    while index < bytes.count {
      let first = Int(bytes[index])
      let second = index + 1 < bytes.count ? Int(bytes[index + 1]) : 0
      let third = index + 2 < bytes.count ? Int(bytes[index + 2]) : 0
      let group = first << 16 | second << 8 | third
      symbols.append(alphabet[group >> 18])
      symbols.append(alphabet[group >> 12 & 63])
      symbols.append(index + 1 < bytes.count ? alphabet[group >> 6 & 63] : UInt8(ascii: "="))
      symbols.append(index + 2 < bytes.count ? alphabet[group & 63] : UInt8(ascii: "="))
      index += 3
    }
    return symbols
  }

  private static func value(of symbol: UInt8) -> Int? {
    switch symbol {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(symbol) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(symbol) - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(symbol) + 4
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
