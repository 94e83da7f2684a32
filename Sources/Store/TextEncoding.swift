import Cryptography

/// The ways in which a text may have been written into a file.
enum TextEncoding: String, Sendable, Hashable, CaseIterable {
  case utf8, utf16le, utf16be, hex, percent, json, base64
  case quotedPrintable = "quoted-printable"

  /// What `text` looks like in this encoding, in every variant that is common.
  func patterns(of text: String) -> [BytePattern] {
    let bytes = Array(text.utf8)
    switch self {
    case .utf8: return [BytePattern(bytes)]
    case .utf16le:
      return [BytePattern(text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })]
    case .utf16be:
      return [BytePattern(text.utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] })]
    case .hex: return [BytePattern(Array(Hex.encode(bytes).utf8))]
    case .percent:
      // A space is %20 in a path (RFC 3986 §2.1) and + in a form.
      return ["%20", "+"].map { space in
        BytePattern(bytes.flatMap { $0 == 0x20 ? Array(space.utf8) : Self.percent($0) })
      }
    case .quotedPrintable:
      // RFC 2045 §6.7, and the Q form of RFC 2047 §4.2 with its _ for a space.
      return [" ", "=20", "_"].map { space in
        BytePattern(bytes.flatMap { $0 == 0x20 ? Array(space.utf8) : Self.quoted($0) })
      }
    case .json:
      return [
        BytePattern(text.utf16.flatMap { Array((0x20..<0x7F ~= $0 ? Self.plain($0) : Self.escape($0)).utf8) })
      ]
    case .base64: return Self.base64(bytes)
    }
  }

  /// The characters that stand in a base64 text wherever `bytes` begin in it: at one of three alignments, without the
  /// characters that neighbours share in.
  static func base64(_ bytes: [UInt8]) -> [BytePattern] {
    (0..<3).flatMap { shift -> [BytePattern] in
      let standard = Array(Base64Standard.encode([UInt8](repeating: 0, count: shift) + bytes).utf8)
      let first = (shift * 8 + 5) / 6
      let whole = (shift + bytes.count) * 8 / 6
      let stable = Array(standard[first..<max(first, whole)])
      let url = stable.map {
        $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
      }
      return (stable == url ? [stable] : [stable, url]).map { BytePattern($0, exact: true) }
    }
  }

  private static func percent(_ byte: UInt8) -> [UInt8] {
    let unreserved =
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
      || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "-._~".utf8.contains(byte)
    return unreserved ? [byte] : Array("%\(Hex.encode([byte]))".utf8)
  }

  private static func quoted(_ byte: UInt8) -> [UInt8] {
    0x21..<0x7F ~= byte && byte != UInt8(ascii: "=") ? [byte] : Array("=\(Hex.encode([byte]))".utf8)
  }

  private static func plain(_ unit: UInt16) -> String { String(decoding: [unit], as: UTF16.self) }

  private static func escape(_ unit: UInt16) -> String {
    "\\u" + Hex.encode([UInt8(unit >> 8), UInt8(truncatingIfNeeded: unit)])
  }
}
