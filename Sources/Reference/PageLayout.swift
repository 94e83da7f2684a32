import Delivery

/// Where things stand on the page: letterhead, heading, facts and statement from the top; how to verify from
/// the foot.
struct PageLayout {
  let sheet: Sheet
  let canvas: Canvas
  /// Shrinks the facts, 1 for their natural size.
  let scale: Double

  private let left = 62.0
  private let right = Canvas.width - 62
  private let labelWidth = 112.0
  private let bottom = Canvas.height - 44
  private var width: Double { right - left }

  /// Draws from the top; returns where it ended.
  func drawFacts() throws(IssueFailure) -> Double {
    canvas.fill(x: 0, y: 0, width: Canvas.width, height: 8, colour: .accent)
    var y = try Letterhead(organisation: sheet.organisation, logo: sheet.logo, language: sheet.language)
      .draw(on: canvas, from: left, to: right, top: 46)
    let heading = try block(sheet.heading, field: "heading", size: 25, width: width, bold: true)
    canvas.draw(heading, x: left, y: y, colour: .accent, role: "H1")
    y += heading.height + 2
    let subheading = try block(sheet.subheading, field: "date of issue", size: 10.5, width: width)
    canvas.draw(subheading, x: left, y: y, colour: .quiet)
    y += subheading.height + 22
    for row in sheet.rows { y = try draw(row, at: y) }
    canvas.fill(x: left, y: y, width: width, height: 0.6, colour: .line)
    y += 20 * scale
    let statement = try block(sheet.statement, field: "statement", size: 11 * scale, width: width)
    canvas.draw(statement, x: left, y: y)
    return y + statement.height + 12
  }

  private func draw(_ row: Sheet.Row, at y: Double) throws(IssueFailure) -> Double {
    let padding = 9 * scale
    canvas.fill(x: left, y: y, width: width, height: 0.6, colour: .line)
    let label = try block(row.label, field: row.field, size: 9.5, width: labelWidth)
    let value = try block(
      row.value, field: row.field, size: (row.isProminent ? 16 : 12) * scale, width: width - labelWidth,
      bold: row.isProminent)
    // Label and value stand on one baseline, whichever is the larger.
    let baseline = max(label.baseline, value.baseline)
    canvas.draw(label, x: left, y: y + padding + baseline - label.baseline, colour: .quiet)
    canvas.draw(value, x: left + labelWidth, y: y + padding + baseline - value.baseline)
    let depth = max(label.height - label.baseline, value.height - value.baseline)
    return y + baseline + depth + 2 * padding
  }

  /// The side of the code: 40 mm, and more for long facts, so that a module keeps 0.47 mm, which a camera
  /// and a screen of 150 dots an inch can tell apart; never more than 67 mm.
  static func codeSize(modules: Int) -> Double { min(190, max(113.4, Double(modules) * 1.34)) }

  /// Draws up from the foot; returns where the panel begins.
  func drawPanel() throws(IssueFailure) -> Double {
    guard let symbol = QRSymbol(sheet.link) else { throw .failed("the facts do not fit into a QR code") }
    let codeSize = Self.codeSize(modules: symbol.width)
    let textLeft = left + codeSize + 2 * 14 + 6
    let textWidth = right - 14 - textLeft
    let heading = try block(
      sheet.verifyHeading, field: "instructions", size: 11, width: textWidth, bold: true)
    var steps: [TextBlock] = []
    for step in sheet.verifySteps {
      steps.append(try block(step, field: "instructions", size: 8.5, width: textWidth))
    }
    var notes: [(label: TextBlock, value: TextBlock)] = []
    for note in sheet.notes {
      notes.append(
        (
          try block(note.label, field: "small print", size: 6.8, width: 90),
          try block(note.value, field: "small print", size: 6.8, width: width - 92)
        ))
    }
    let notesHeight = notes.reduce(0) { $0 + max($1.label.height, $1.value.height) + 1 }
    let textHeight = steps.reduce(heading.height + 4) { $0 + $1.height + 5 }
    let panelHeight = max(codeSize + 2 * 14, textHeight + 2 * 12)
    let top = bottom - notesHeight - 12 - panelHeight

    canvas.fill(x: left, y: top, width: width, height: panelHeight, colour: .panel)
    canvas.fill(x: left, y: top, width: 3, height: panelHeight, colour: .accent)
    // The quiet zone of a QR code is four modules of white (ISO/IEC 18004 §6.3.8).
    let codeTop = top + (panelHeight - codeSize) / 2
    canvas.fill(
      x: left + 12, y: codeTop - 7, width: codeSize + 14, height: codeSize + 14, colour: .white)
    canvas.draw(symbol, x: left + 19, y: codeTop, size: codeSize)
    var y = top + max(12, (panelHeight - textHeight) / 2)
    canvas.draw(heading, x: textLeft, y: y, colour: .accent, role: "H2")
    y += heading.height + 4
    for step in steps {
      canvas.draw(step, x: textLeft, y: y)
      y += step.height + 5
    }
    y = bottom - notesHeight
    for note in notes {
      canvas.draw(note.label, x: left, y: y, colour: .quiet)
      canvas.draw(note.value, x: left + 92, y: y, colour: .quiet)
      y += max(note.label.height, note.value.height) + 1
    }
    return top
  }

  private func block(
    _ text: String, field: String, size: Double, width: Double, bold: Bool = false
  ) throws(IssueFailure) -> TextBlock {
    try canvas.block(text, field: field, size: size, width: width, bold: bold, language: sheet.language)
  }
}
