/// One SMTP reply, all its lines (RFC 5321 §4.2), with its enhanced status (RFC 2034), if it has one.
///
/// The text may hold an address: the description tells the codes only.
package struct Reply: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
  /// 200…599.
  package let code: Int
  package let enhanced: EnhancedStatus?
  /// The text of each line, without code, separator and enhanced status; at least one, perhaps empty.
  package let lines: [String]

  package init(code: Int, enhanced: EnhancedStatus? = nil, lines: [String] = [""]) {
    self.code = code
    self.enhanced = enhanced
    self.lines = lines
  }

  package var isPositive: Bool { (200..<300).contains(code) }
  /// 3yz: the server waits for more (354).
  package var isIntermediate: Bool { (300..<400).contains(code) }
  package var isTransient: Bool { (400..<500).contains(code) }
  package var isPermanent: Bool { (500..<600).contains(code) }

  package var description: String { enhanced.map { "\(code) \($0)" } ?? "\(code)" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
