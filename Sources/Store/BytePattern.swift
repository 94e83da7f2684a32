/// A run of bytes to look for.
struct BytePattern: Sendable, Hashable {
  let bytes: [UInt8]
  /// False: ASCII letters match in either case.
  let exact: Bool
  /// True: line ends, and the soft line ends of quoted-printable, may stand anywhere within.
  let wraps: Bool

  init(_ bytes: [UInt8], exact: Bool = false, wraps: Bool = true) {
    self.bytes = exact ? bytes : bytes.map(Self.fold)
    self.exact = exact
    self.wraps = wraps
  }

  /// Bytes that mean nothing as text, such as ciphertext.
  static func raw(_ bytes: [UInt8]) -> BytePattern { BytePattern(bytes, exact: true, wraps: false) }

  @inline(__always)
  static func fold(_ byte: UInt8) -> UInt8 {
    UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
  }
}
