import Delivery

/// Who speaks: logo and name at the head of a first page.
struct Letterhead {
  let organisation: String
  /// A PNG file.
  let logo: [UInt8]?
  let language: String

  /// Draws between two margins; returns where what follows begins.
  func draw(on canvas: Canvas, from left: Double, to right: Double, top: Double) throws(IssueFailure) -> Double {
    var x = left
    if let logo {
      x += try canvas.draw(png: logo, x: left, y: top, maxWidth: 150, maxHeight: 46) + 16
    }
    let name = try canvas.block(
      organisation, field: "organisation", size: 13, width: right - x, bold: true, language: language)
    let height = max(46, name.height)
    canvas.draw(name, x: x, y: top + (logo == nil ? 0 : (height - name.height) / 2))
    return top + (logo == nil ? name.height : height) + 40
  }
}
