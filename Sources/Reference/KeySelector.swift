/// The name of one record key below a domain: 1 to 63 letters and digits, such as `REF1` (RefPassport
/// Standard).
package struct KeySelector: Hashable, Sendable, CustomStringConvertible {
  package let description: String

  /// Nil for anything but 1 to 63 ASCII letters and digits.
  package init?(_ text: String) {
    let isPlain = text.utf8.allSatisfy { unit in
      switch unit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"):
        true
      default: false
      }
    }
    guard isPlain, (1...63).contains(text.utf8.count) else { return nil }
    description = text
  }

  /// Where the key of `domain` is published in DNS; also the key's name in JWT headers and entries.
  package func dnsName(below domain: String) -> String { "\(self)._refpassport.\(domain)" }
}
