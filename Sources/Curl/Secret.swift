/// A password or token.
///
/// It never shows itself: not by interpolation, not by reflection.
package struct Secret: Sendable, Hashable {
  let text: String

  package init(_ text: String) { self.text = text }

  package var isEmpty: Bool { text.isEmpty }
  /// True for CR, LF, NUL and other controls, which no header and no SASL exchange can carry.
  package var hasControls: Bool { text.utf8.contains { $0 < 0x20 || $0 == 0x7F } }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "<secret>" }
  package var debugDescription: String { "<secret>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
