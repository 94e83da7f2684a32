/// A text as the words that software put there: small ASCII letters and single blanks, without addresses.
///
/// Whoever chose an address must not choose what is made of the text around it.
struct PlainWords: Sendable {
  private(set) var octets: [UInt8] = []

  /// - Parameter limit: octets of the text that are read.
  init(_ text: some Collection<UInt8>, limit: Int = 8192) {
    octets.reserveCapacity(Swift.min(limit, text.count) + 2)
    octets.append(0x20)
    var begin = 1
    var isForeign = false
    for byte in text.prefix(limit) {
      switch byte {
      case 0...0x20:
        endWord(&begin, isForeign)
        isForeign = false
      case UInt8(ascii: "@"): isForeign = true
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): octets.append(byte | 0x20)
      default: octets.append(byte)
      }
    }
    endWord(&begin, isForeign)
  }

  private mutating func endWord(_ begin: inout Int, _ isForeign: Bool) {
    if isForeign { octets.removeSubrange(begin...) }
    if octets.last != 0x20 { octets.append(0x20) }
    begin = octets.count
  }
}
