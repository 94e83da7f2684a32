/// Which names may be asked for.
enum DNSName {
  /// Labels of 1 to 63 letters, digits, hyphens and underscores, 253 octets in all (RFC 1035 §2.3.4, RFC
  /// 8552 §1.2).
  static func isUsable(_ name: String) -> Bool {
    guard name.utf8.count <= 253 else { return false }
    return name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy {
      label in
      (1...63).contains(label.count)
        && label.allSatisfy { unit in
          switch unit {
          case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
          default: false
          }
        }
    }
  }
}
