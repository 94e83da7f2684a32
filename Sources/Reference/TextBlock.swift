import CPango

/// A paragraph laid out in a column: shaped, broken into lines, each line in its own direction.
final class TextBlock {
  let layout: OpaquePointer
  /// Points from the top of the block to the baseline of its first line, and to its end.
  let baseline: Double
  let height: Double
  /// The width that its longest line takes of the column.
  let width: Double
  /// How many characters no font could draw.
  let unknownGlyphs: Int

  /// Nil if Pango cannot lay out.
  ///
  /// - Parameter hyphens: whether a word that is longer than a line is broken with a hyphen.
  init?(
    _ text: String, context: OpaquePointer, size: Double, width: Double, bold: Bool,
    hyphens: Bool, language: String
  ) {
    guard
      let layout = pango_layout_new(context), let font = pango_font_description_new(),
      let attributes = pango_attr_list_new()
    else { return nil }
    defer {
      pango_font_description_free(font)
      pango_attr_list_unref(attributes)
    }
    pango_font_description_set_family(font, FontSet.families)
    pango_font_description_set_absolute_size(font, size * Double(PANGO_SCALE))
    pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL)
    pango_layout_set_font_description(layout, font)
    pango_layout_set_width(layout, Int32(width * Double(PANGO_SCALE)))
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
    // A right-to-left paragraph starts at the right edge of its column.
    pango_layout_set_auto_dir(layout, 1)
    pango_layout_set_line_spacing(layout, 1.0)
    pango_attr_list_insert(attributes, pango_attr_language_new(pango_language_from_string(language)))
    // A ligature would be copied out of the document as one unknown character.
    pango_attr_list_insert(attributes, pango_attr_font_features_new("liga=0, clig=0"))
    if !hyphens { pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(0)) }
    pango_layout_set_attributes(layout, attributes)
    pango_layout_set_text(layout, text, -1)
    var extents = PangoRectangle()
    pango_layout_get_extents(layout, nil, &extents)
    self.layout = layout
    baseline = Double(pango_layout_get_baseline(layout)) / Double(PANGO_SCALE)
    height = Double(extents.height) / Double(PANGO_SCALE)
    self.width = Double(extents.width) / Double(PANGO_SCALE)
    unknownGlyphs = Int(pango_layout_get_unknown_glyphs_count(layout))
  }

  deinit { cpango_unref(UnsafeMutableRawPointer(layout)) }
}
