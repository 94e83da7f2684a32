import CPango
import Delivery
import Mail

/// A PDF of A4 pages in the making; what is drawn goes onto the newest page.
///
/// Lengths are points, the origin is the upper left corner.
final class Canvas {
  static let width = 595.276
  static let height = 841.890

  private let cairo: OpaquePointer
  private let surface: OpaquePointer
  private let context: OpaquePointer
  private let output = Output()

  private final class Output {
    var bytes: [UInt8] = []
  }

  /// - Parameter title, author: go into the document's information, so they must not be personal.
  init(fonts: FontSet, title: String, author: String, created: Timestamp) throws(IssueFailure) {
    let surface = cairo_pdf_surface_create_for_stream(
      { closure, data, count in
        guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
        Unmanaged<Output>.fromOpaque(closure).takeUnretainedValue()
          .bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(count)))
        return CAIRO_STATUS_SUCCESS
      }, Unmanaged.passUnretained(output).toOpaque(), Self.width, Self.height)
    guard let surface, let cairo = cairo_create(surface), let context = cpango_create_context(fonts.map)
    else {
      throw .failed("the drawing library cannot start")
    }
    cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_5)
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title)
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, author)
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, created.iso8601)
    self.surface = surface
    self.cairo = cairo
    self.context = context
  }

  deinit {
    cpango_unref(UnsafeMutableRawPointer(context))
    cairo_destroy(cairo)
    cairo_surface_destroy(surface)
  }

  /// Ends the page and begins the next one.
  func beginPage() { cairo_show_page(cairo) }

  /// Ends the page and gives the document's bytes.
  func finish() throws(IssueFailure) -> [UInt8] {
    cairo_show_page(cairo)
    cairo_surface_finish(surface)
    guard cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS, !output.bytes.isEmpty else {
      throw .failed("the drawing library wrote no document")
    }
    return output.bytes
  }

  /// Lays out `text` in a column; throws `.unprintable` if a character of it is in none of the fonts.
  func block(
    _ text: String, field: String, size: Double, width: Double, bold: Bool = false, hyphens: Bool = true,
    language: String
  ) throws(IssueFailure) -> TextBlock {
    guard
      let block = TextBlock(
        text, context: context, size: size, width: width, bold: bold, hyphens: hyphens,
        language: Script.language(of: text, default: language))
    else { throw .failed("the drawing library cannot lay out text") }
    guard block.unknownGlyphs == 0 else { throw .unprintable(field: field) }
    return block
  }

  /// Draws a block with its upper left corner at a point; `role` is its place in the document's structure.
  func draw(_ block: TextBlock, x: Double, y: Double, colour: Colour = .ink, role: String = "P") {
    colour.set(cairo)
    cairo_tag_begin(cairo, role, nil)
    cairo_move_to(cairo, x, y)
    pango_cairo_show_layout(cairo, block.layout)
    cairo_tag_end(cairo, role)
  }

  func fill(x: Double, y: Double, width: Double, height: Double, colour: Colour) {
    colour.set(cairo)
    cairo_rectangle(cairo, x, y, width, height)
    cairo_fill(cairo)
  }

  /// Draws a line through points; `dash` are the lengths of strokes and gaps, in turn.
  func stroke(_ points: [(x: Double, y: Double)], width: Double, colour: Colour, dash: [Double] = []) {
    guard let first = points.first else { return }
    colour.set(cairo)
    cairo_set_line_width(cairo, width)
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND)
    cairo_set_dash(cairo, dash, Int32(dash.count), 0)
    cairo_move_to(cairo, first.x, first.y)
    for point in points.dropFirst() { cairo_line_to(cairo, point.x, point.y) }
    cairo_stroke(cairo)
  }

  /// Draws the symbol as a square of `size` points.
  func draw(_ symbol: QRSymbol, x: Double, y: Double, size: Double) {
    let module = size / Double(symbol.width)
    Colour.black.set(cairo)
    cairo_set_antialias(cairo, CAIRO_ANTIALIAS_NONE)
    for row in 0..<symbol.width {
      for run in symbol.runs(row: row) {
        cairo_rectangle(
          cairo, x + Double(run.lowerBound) * module, y + Double(row) * module, Double(run.count) * module,
          module)
      }
    }
    cairo_fill(cairo)
    cairo_set_antialias(cairo, CAIRO_ANTIALIAS_DEFAULT)
  }

  /// Draws a PNG file within a box, keeping its proportions; returns the width it took.
  func draw(png: [UInt8], x: Double, y: Double, maxWidth: Double, maxHeight: Double) throws(IssueFailure)
    -> Double
  {
    let source = PNGSource(png)
    let image = cairo_image_surface_create_from_png_stream(
      { closure, data, count in
        guard let closure, let data else { return CAIRO_STATUS_READ_ERROR }
        return Unmanaged<PNGSource>.fromOpaque(closure).takeUnretainedValue().read(
          into: data, count: Int(count))
      }, Unmanaged.passUnretained(source).toOpaque())
    defer { cairo_surface_destroy(image) }
    let size = (
      width: Double(cairo_image_surface_get_width(image)),
      height: Double(cairo_image_surface_get_height(image))
    )
    guard cairo_surface_status(image) == CAIRO_STATUS_SUCCESS, size.width > 0, size.height > 0 else {
      throw .failed("the logo is no readable PNG file")
    }
    let scale = min(maxWidth / size.width, maxHeight / size.height)
    cairo_save(cairo)
    cairo_translate(cairo, x, y)
    cairo_scale(cairo, scale, scale)
    cairo_set_source_surface(cairo, image, 0, 0)
    // Any other filter writes /Interpolate true, which PDF/A forbids (ISO 19005-3 §6.2.8).
    cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_NEAREST)
    cairo_paint(cairo)
    cairo_restore(cairo)
    return size.width * scale
  }
}

/// A colour in sRGB, 0…1.
struct Colour: Sendable {
  let red: Double
  let green: Double
  let blue: Double

  static let black = Colour(red: 0, green: 0, blue: 0)
  static let ink = Colour(red: 0.11, green: 0.13, blue: 0.17)
  static let quiet = Colour(red: 0.40, green: 0.44, blue: 0.50)
  static let accent = Colour(red: 0.08, green: 0.30, blue: 0.43)
  static let line = Colour(red: 0.84, green: 0.86, blue: 0.89)
  static let panel = Colour(red: 0.955, green: 0.965, blue: 0.975)
  static let white = Colour(red: 1, green: 1, blue: 1)

  func set(_ cairo: OpaquePointer) { cairo_set_source_rgb(cairo, red, green, blue) }
}

/// Bytes that cairo's PNG reader takes piece by piece.
private final class PNGSource {
  private var rest: ArraySlice<UInt8>
  init(_ bytes: [UInt8]) { rest = bytes[...] }

  func read(into target: UnsafeMutablePointer<UInt8>, count: Int) -> cairo_status_t {
    guard count <= rest.count else { return CAIRO_STATUS_READ_ERROR }
    for (offset, byte) in rest.prefix(count).enumerated() { target[offset] = byte }
    rest = rest.dropFirst(count)
    return CAIRO_STATUS_SUCCESS
  }
}
