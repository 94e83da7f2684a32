import CPango

/// One line of text as it is signed and drawn: NFC, without controls that reorder or hide what follows them.
struct PrintableText: Hashable, Sendable {
  let text: String

  /// Cleans `raw`; nil if nothing is left, or if it is longer than any name or title.
  init?(_ raw: String) {
    guard raw.utf8.count <= Self.maximumSize else { return nil }
    var kept = String.UnicodeScalarView()
    var pendingSpace = false
    for scalar in raw.unicodeScalars {
      if scalar.properties.isWhitespace {
        pendingSpace = !kept.isEmpty
        continue
      }
      guard Self.isKept(scalar) else { continue }
      if pendingSpace { kept.append(" ") }
      pendingSpace = false
      kept.append(scalar)
    }
    let normalised = Self.composed(String(kept))
    guard !normalised.isEmpty else { return nil }
    text = normalised
  }

  /// In octets of UTF-8, before cleaning.
  static let maximumSize = 1024

  /// Controls and format characters draw as nothing but change the text around them.
  ///
  /// The joiners are spelling in Indic scripts and Persian, and stay.
  private static func isKept(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format: scalar == "\u{200C}" || scalar == "\u{200D}"
    case .surrogate, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }

  /// Normalisation form C, by GLib: the same tables that the drawing uses.
  private static func composed(_ text: String) -> String {
    guard let composed = g_utf8_normalize(text, -1, G_NORMALIZE_NFC) else { return "" }
    defer { g_free(composed) }
    return String(cString: composed)
  }
}
