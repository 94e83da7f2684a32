/// A secret in memory: it can be handed on, but not printed.
package struct Secret: Sendable {
  /// The secret itself, without a trailing newline.
  package let bytes: [UInt8]

  package init(bytes: [UInt8]) { self.bytes = bytes }

  /// The secret as text, for a header or a login; bytes that are no UTF-8 never get here from a file.
  package var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "<secret>" }
  package var debugDescription: String { "<secret>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
