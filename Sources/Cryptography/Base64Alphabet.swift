/// Sixty-four characters and the rule that turns three bytes into four of them (RFC 4648 §4).
struct Base64Alphabet: Sendable {
  private let characters: [UInt8]
  /// The value of each character, 0xFF for those outside the alphabet.
  private let values: [UInt8]

  init(_ text: StaticString) {
    characters = text.withUTF8Buffer { Array($0) }
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, character) in characters.enumerated() { values[Int(character)] = UInt8(value) }
    self.values = values
  }

  /// The characters for `bytes`, without padding.
  func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count * 4 + 2) / 3)
    var pending: UInt32 = 0
    var bits = 0
    for byte in bytes {
      pending = pending << 8 | UInt32(byte)
      bits += 8
      while bits >= 6 {
        bits -= 6
        text.append(characters[Int(pending >> UInt32(bits) & 63)])
      }
    }
    if bits > 0 { text.append(characters[Int(pending << UInt32(6 - bits) & 63)]) }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes of unpadded `text`; `nil` for a foreign character, an impossible length or stray low bits.
  func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard text.count % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count * 3 / 4)
    var pending: UInt32 = 0
    var bits = 0
    for unit in text {
      let value = values[Int(unit)]
      guard value < 64 else { return nil }
      pending = pending << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: pending >> UInt32(bits)))
      }
    }
    let strayBits = pending & (1 << UInt32(bits) - 1)
    return strayBits == 0 ? bytes : nil
  }
}
