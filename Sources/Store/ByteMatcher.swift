/// Looks for many patterns at once in one pass over the bytes, however many patterns there are.
///
/// A window of the last six bytes, letters folded, slides along. A filter of bits says for nearly every window that no
/// pattern begins with it; the few others are compared in full. A second window leaves line ends out, so that a base64
/// text is found although it is broken into lines.
struct ByteMatcher: Sendable {
  /// Patterns shorter than this are never looked for: random bytes would look like them now and then.
  static let shortest = 6
  private static let mask: UInt64 = 1 << (8 * UInt64(shortest)) - 1

  let patterns: [BytePattern]
  private let byWindow: [UInt64: [Int]]
  private let filter: [UInt64]
  private let shift: UInt64
  /// How many bytes after the begin of a match must be at hand to decide it, line ends included.
  let reach: Int

  /// - Parameter patterns: those shorter than `shortest` never match.
  init(_ patterns: [BytePattern]) {
    self.patterns = patterns
    var byWindow: [UInt64: [Int]] = [:]
    for (index, pattern) in patterns.enumerated() where pattern.bytes.count >= Self.shortest {
      byWindow[Self.window(pattern.bytes.prefix(Self.shortest)), default: []].append(index)
    }
    var bits: UInt64 = 14
    while 1 << bits < byWindow.count * 32, bits < 24 { bits += 1 }
    let shift = 64 - bits
    var filter = [UInt64](repeating: 0, count: 1 << Int(bits - 6))
    for window in byWindow.keys {
      let place = Self.place(window, shift)
      filter[place >> 6] |= 1 << UInt64(place & 63)
    }
    self.byWindow = byWindow
    self.filter = filter
    self.shift = shift
    reach = (patterns.map(\.bytes.count).max() ?? 0) * 2 + 16
  }

  /// Where a search stands between two chunks of one file.
  struct Position: Sendable {
    fileprivate var plain: UInt64 = 0
    fileprivate var joined: UInt64 = 0
    fileprivate var plainCount = 0
    fileprivate var joinedCount = 0
    /// Bytes since the last line end.
    fileprivate var run = 0
  }

  /// Searches `bytes[from..<until]` for ends of windows; compares as far as the bytes go.
  ///
  /// - Parameter found: gets the index of the pattern and that of its first byte in `bytes`.
  func search(
    _ bytes: UnsafeBufferPointer<UInt8>, from: Int, until: Int, position: inout Position,
    found: (Int, Int) -> Void
  ) {
    filter.withUnsafeBufferPointer { filter in
      var index = from
      while index < until {
        let byte = bytes[index]
        let folded = UInt64(BytePattern.fold(byte))
        position.plain = (position.plain << 8 | folded) & Self.mask
        position.plainCount &+= 1
        if position.plainCount >= Self.shortest, Self.contains(filter, position.plain, shift) {
          compare(
            bytes, begin: index - Self.shortest + 1, window: position.plain, joined: false, found: found)
        }
        if Self.isLineEnd(bytes, index) {
          position.run = 0
        } else {
          position.joined = (position.joined << 8 | folded) & Self.mask
          position.joinedCount &+= 1
          position.run &+= 1
          if position.run < Self.shortest, position.joinedCount >= Self.shortest,
            Self.contains(filter, position.joined, shift), let begin = begin(bytes, endingAt: index)
          {
            compare(bytes, begin: begin, window: position.joined, joined: true, found: found)
          }
        }
        index &+= 1
      }
    }
  }

  private func compare(
    _ bytes: UnsafeBufferPointer<UInt8>, begin: Int, window: UInt64, joined: Bool, found: (Int, Int) -> Void
  ) {
    guard begin >= 0, let candidates = byWindow[window] else { return }
    for candidate in candidates {
      let pattern = patterns[candidate]
      let there =
        joined
        ? pattern.wraps && matches(pattern, bytes, begin, joining: true)
        : matches(pattern, bytes, begin, joining: false)
          || (pattern.wraps && matches(pattern, bytes, begin, joining: true))
      if there { found(candidate, begin) }
    }
  }

  private func matches(
    _ pattern: BytePattern, _ bytes: UnsafeBufferPointer<UInt8>, _ begin: Int, joining: Bool
  ) -> Bool {
    var index = begin
    for wanted in pattern.bytes {
      if joining { while index < bytes.count, Self.isLineEnd(bytes, index) { index += 1 } }
      guard index < bytes.count else { return false }
      guard (pattern.exact ? bytes[index] : BytePattern.fold(bytes[index])) == wanted else { return false }
      index += 1
    }
    return true
  }

  /// Where the window that ends at `index` begins, line ends left out.
  private func begin(_ bytes: UnsafeBufferPointer<UInt8>, endingAt index: Int) -> Int? {
    var left = Self.shortest
    var place = index
    while true {
      if !Self.isLineEnd(bytes, place) { left -= 1 }
      if left == 0 { return place }
      guard place > 0 else { return nil }
      place -= 1
    }
  }

  /// CR, LF, and the = that ends a line softly (RFC 2045 §6.7).
  @inline(__always)
  private static func isLineEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
    let byte = bytes[index]
    if byte == 0x0A || byte == 0x0D { return true }
    guard byte == UInt8(ascii: "="), index + 1 < bytes.count else { return false }
    return bytes[index + 1] == 0x0A || bytes[index + 1] == 0x0D
  }

  private static func window(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0) { ($0 << 8 | UInt64(BytePattern.fold($1))) & mask }
  }

  @inline(__always)
  private static func place(_ window: UInt64, _ shift: UInt64) -> Int {
    Int(truncatingIfNeeded: (window &* 0x9E37_79B9_7F4A_7C15) >> shift)
  }

  @inline(__always)
  private static func contains(_ filter: UnsafeBufferPointer<UInt64>, _ window: UInt64, _ shift: UInt64)
    -> Bool
  {
    let place = place(window, shift)
    return filter[place >> 6] & (1 << UInt64(place & 63)) != 0
  }
}
