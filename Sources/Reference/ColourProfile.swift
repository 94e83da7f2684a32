import Glibc

/// The sRGB colour space as an ICC profile, version 2.1 (ICC.1:2001-04): what the document's colours mean.
enum ColourProfile {
  /// The profile's bytes, always the same.
  static let sRGB: [UInt8] = {
    let curve = toneCurve
    let tags: [(signature: String, data: [UInt8])] = [
      ("desc", description("sRGB IEC61966-2.1")),
      ("cprt", text("No copyright, use freely")),
      // D50, the white of the connection space, then the primaries of sRGB adapted to it.
      ("wtpt", xyz(0.9642, 1.0, 0.8249)),
      ("rXYZ", xyz(0.43607, 0.22249, 0.01392)),
      ("gXYZ", xyz(0.38515, 0.71687, 0.09708)),
      ("bXYZ", xyz(0.14307, 0.06061, 0.71410)),
      ("rTRC", curve), ("gTRC", curve), ("bTRC", curve),
    ]
    var table = number32(UInt32(tags.count))
    var body: [UInt8] = []
    let bodyStart = 128 + 4 + tags.count * 12
    var placed: [(data: [UInt8], offset: Int)] = []
    for tag in tags {
      // Equal data are stored once and pointed at three times.
      let offset = placed.first { $0.data == tag.data }?.offset ?? bodyStart + body.count
      if offset == bodyStart + body.count {
        body += tag.data + [UInt8](repeating: 0, count: (4 - tag.data.count % 4) % 4)
        placed.append((tag.data, offset))
      }
      table += Array(tag.signature.utf8) + number32(UInt32(offset)) + number32(UInt32(tag.data.count))
    }
    return header(size: bodyStart + body.count) + table + body
  }()

  private static func header(size: Int) -> [UInt8] {
    var bytes = number32(UInt32(size)) + number32(0) + number32(0x0210_0000)
    bytes += Array("mntrRGB XYZ ".utf8)
    // A fixed date, so that the bytes never change: 1 January 2026.
    bytes += [2026, 1, 1, 0, 0, 0].flatMap { number16(UInt16($0)) }
    bytes += Array("acsp".utf8) + [UInt8](repeating: 0, count: 28)
    bytes += fixed(0.9642) + fixed(1.0) + fixed(0.8249)
    return bytes + [UInt8](repeating: 0, count: 128 - bytes.count)
  }

  /// The sRGB transfer function (IEC 61966-2-1) at 256 points.
  private static var toneCurve: [UInt8] {
    let points = (0..<256).flatMap { step -> [UInt8] in
      let encoded = Double(step) / 255
      let linear = encoded <= 0.04045 ? encoded / 12.92 : pow((encoded + 0.055) / 1.055, 2.4)
      return number16(UInt16((linear * 65_535).rounded()))
    }
    return Array("curv".utf8) + number32(0) + number32(256) + points
  }

  private static func description(_ text: String) -> [UInt8] {
    let ascii = Array(text.utf8) + [0]
    // No Unicode and no Macintosh name follow.
    return Array("desc".utf8) + number32(0) + number32(UInt32(ascii.count)) + ascii
      + [UInt8](repeating: 0, count: 4 + 4 + 2 + 1 + 67)
  }

  private static func text(_ text: String) -> [UInt8] {
    Array("text".utf8) + number32(0) + Array(text.utf8) + [0]
  }

  private static func xyz(_ x: Double, _ y: Double, _ z: Double) -> [UInt8] {
    Array("XYZ ".utf8) + number32(0) + fixed(x) + fixed(y) + fixed(z)
  }

  /// s15Fixed16Number of a number that is not negative.
  private static func fixed(_ value: Double) -> [UInt8] { number32(UInt32((value * 65_536).rounded())) }
  private static func number32(_ value: UInt32) -> [UInt8] {
    number16(UInt16(value >> 16)) + number16(UInt16(value & 0xFFFF))
  }
  private static func number16(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }
}
