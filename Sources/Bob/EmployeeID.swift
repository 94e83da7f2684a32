/// Bob's number of one employee, in the only form that may stand in a path: 1–64 ASCII letters, digits, `-` or `_`.
///
/// It is opaque and longer than a double can hold, so it stays text. Its descriptions are redacted.
package struct EmployeeID: Hashable, Sendable {
  package let text: String

  /// Nil for anything that is not one plain path segment, an address or an encoded slash for example.
  package init?(_ text: String) {
    guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy(Self.allows) else { return nil }
    self.text = text
  }

  private static func allows(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

extension EmployeeID: CustomStringConvertible, CustomDebugStringConvertible {
  package var description: String { "<employee>" }
  package var debugDescription: String { "<employee>" }
}
