import CQREncode

/// A QR code: which of its modules are dark.
struct QRSymbol: Hashable, Sendable {
  /// Modules a side, without the quiet zone.
  let width: Int
  private let dark: [Bool]

  /// Encodes `text` with error correction M in the smallest version that holds it; nil if none does.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard
      let size = Int32(exactly: bytes.count), let symbol = QRcode_encodeData(size, bytes, 0, QR_ECLEVEL_M)
    else { return nil }
    defer { QRcode_free(symbol) }
    width = Int(symbol.pointee.width)
    // The lowest bit of a module says whether it is dark.
    dark = UnsafeBufferPointer(start: symbol.pointee.data, count: width * width).map { $0 & 1 == 1 }
  }

  /// The dark runs of a row, as columns: fewer and crisper rectangles than one a module.
  func runs(row: Int) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start: Int?
    for column in 0...width {
      let isDark = column < width && dark[row * width + column]
      if isDark, start == nil { start = column }
      if !isDark, let begin = start {
        runs.append(begin..<column)
        start = nil
      }
    }
    return runs
  }
}
