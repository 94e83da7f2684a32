/// A drawing in SVG 1.1, made of the few shapes a plot needs; one unit is one pixel at its natural size.
struct SVG {
  let width: Double
  let height: Double
  private var shapes: [String] = []

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  enum Anchor: String { case start, middle, end }

  mutating func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, fill: String) {
    shapes.append(
      "<rect x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(width))\" height=\"\(n(height))\" fill=\"\(fill)\"/>")
  }

  /// Straight lines from point to point; `fill` closes them to an area, `dash` as in SVG.
  mutating func path(
    _ points: [(x: Double, y: Double)], stroke: String = "none", width: Double = 1, dash: String? = nil,
    fill: String? = nil, opacity: Double = 1
  ) {
    guard let first = points.first else { return }
    let data = "M\(n(first.x)) \(n(first.y))" + points.dropFirst().map { "L\(n($0.x)) \(n($0.y))" }.joined()
    shapes.append(
      "<path d=\"\(data)\(fill == nil ? "" : "Z")\" fill=\"\(fill ?? "none")\" fill-opacity=\"\(opacity)\" "
        + "stroke=\"\(stroke)\" stroke-width=\"\(n(width))\" stroke-linejoin=\"round\""
        + (dash.map { " stroke-dasharray=\"\($0)\"" } ?? "") + "/>")
  }

  /// One line of text whose baseline begins, is centred, or ends at x; `turned` reads upwards.
  mutating func text(
    _ text: String, _ x: Double, _ y: Double, size: Double = 13, anchor: Anchor = .start, bold: Bool = false,
    fill: String = "#222222", turned: Bool = false
  ) {
    let turn = turned ? " transform=\"rotate(-90 \(n(x)) \(n(y)))\"" : ""
    shapes.append(
      "<text x=\"\(n(x))\" y=\"\(n(y))\" font-size=\"\(n(size))\" text-anchor=\"\(anchor.rawValue)\" fill=\"\(fill)\""
        + (bold ? " font-weight=\"bold\"" : "") + turn + ">\(Self.escaped(text))</text>")
  }

  /// The file.
  var document: String {
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <svg xmlns="http://www.w3.org/2000/svg" width="\(n(width))" height="\(n(height))" \
    viewBox="0 0 \(n(width)) \(n(height))" font-family="DejaVu Sans, Noto Sans, Helvetica, Arial, sans-serif">
    \(shapes.joined(separator: "\n"))
    </svg>

    """
  }

  /// Text as XML takes it: its own characters escaped, controls left out.
  static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { escaped, scalar in
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case _ where scalar.properties.generalCategory == .control: break
      case "\u{FFFE}", "\u{FFFF}": break
      default: escaped.unicodeScalars.append(scalar)
      }
    }
  }

  /// At most one digit after the point.
  private func n(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    let (whole, rest) = (abs(tenths) / 10, abs(tenths) % 10)
    return (tenths < 0 ? "-" : "") + (rest == 0 ? "\(whole)" : "\(whole).\(rest)")
  }
}
