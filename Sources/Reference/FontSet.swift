import CPango

/// The fonts a reference is drawn with: the Noto Sans families and nothing else the machine may have.
///
/// Fontconfig would otherwise choose by taste of the host, so the same reference would look different
/// elsewhere, and an emoji or a private character might be drawn by chance. Not for use by two threads at
/// once.
final class FontSet: @unchecked Sendable {
  let map: UnsafeMutablePointer<PangoFontMap>

  /// Nil if fontconfig or Pango cannot start.
  init?() {
    guard let config = FcConfigCreate() else { return nil }
    defer { FcConfigDestroy(config) }
    let rules = Array(Self.rules.utf8) + [0]
    guard
      FcConfigParseAndLoadFromMemory(config, rules, FcTrue) == FcTrue, FcConfigBuildFonts(config) == FcTrue,
      let map = pango_cairo_font_map_new()
    else { return nil }
    cpango_set_fonts(map, config)
    self.map = map
  }

  deinit { cpango_unref(map) }

  /// Families in order of preference; the first one that has a character draws it.
  static let families = (["Noto Sans"] + scripts.map { "Noto Sans \($0)" } + ["Noto Sans CJK JP"])
    .joined(separator: ", ")

  /// Scripts in daily use beside Latin, Greek and Cyrillic.
  private static let scripts = [
    "Arabic", "Hebrew", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu",
    "Kannada",
    "Malayalam", "Sinhala", "Thai", "Lao", "Khmer", "Myanmar", "Georgian", "Armenian", "Ethiopic", "Thaana",
    "Cherokee",
    "Canadian Aboriginal", "Mongolian", "Ol Chiki", "Adlam", "NKo", "Tifinagh", "Syriac", "Tibetan",
  ]

  private static var rules: String {
    let accepted =
      (["NotoSans-", "NotoSansCJK-", "NotoSerifTibetan-"]
      + scripts.map { "NotoSans\($0.replacing(" ", with: ""))-" })
      .flatMap { ["<glob>*/\($0)Regular.*</glob>", "<glob>*/\($0)Bold.*</glob>"] }
    return """
      <?xml version="1.0"?>
      <!DOCTYPE fontconfig SYSTEM "fonts.dtd">
      <fontconfig>
        <dir>/usr/share/fonts/truetype/noto</dir>
        <dir>/usr/share/fonts/opentype/noto</dir>
        <dir>/usr/share/fonts/noto</dir>
        <dir>/usr/share/fonts/noto-cjk</dir>
        <cachedir>/var/cache/fontconfig</cachedir>
        <selectfont>
          <rejectfont><glob>*.ttf</glob><glob>*.otf</glob><glob>*.ttc</glob><glob>*.pf?</glob></rejectfont>
          <acceptfont>\(accepted.joined())</acceptfont>
        </selectfont>
      </fontconfig>
      """
  }
}
