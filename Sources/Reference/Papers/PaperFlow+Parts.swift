import Delivery

// How each part looks.
extension PaperFlow {
  func draw(_ part: PaperPart) throws(IssueFailure) {
    switch part {
    case .heading(let text): try drawHeading(text)
    case .text(let text): try drawText(text, size: 10, colour: .ink, with: 0)
    // With some of what may follow it.
    case .note(let text): try drawText(text, size: 8, colour: .quiet, with: 44)
    case .verdict(let text, let detail, let isGood): try drawVerdict(text, detail, isGood: isGood)
    case .tiles(let tiles): try drawTiles(tiles)
    case .rows(let rows): try drawRows(rows)
    case .list(let items, let isNumbered): try drawList(items, isNumbered: isNumbered)
    case .table(let table): try draw(table)
    case .tables(let first, let second): try draw(first, beside: second)
    case .curves(let plot): try draw(plot)
    case .bars(let plot): try draw(plot)
    case .literal(let text): try drawLiteral(text)
    }
  }

  private func drawHeading(_ text: String) throws(IssueFailure) {
    let heading = try block(text, size: 13, width: width, bold: true)
    // With some of what it is the heading of.
    try need(heading.height + 74)
    advance(8)
    canvas.draw(heading, x: left, y: y, colour: .accent, role: "H2")
    advance(heading.height + 5)
  }

  private func drawText(_ text: String, size: Double, colour: Colour, with room: Double) throws(IssueFailure) {
    let paragraph = try block(text, size: size, width: width)
    try need(paragraph.height + room)
    canvas.draw(paragraph, x: left, y: y, colour: colour)
    advance(paragraph.height + 8)
  }

  /// Good and bad differ in words and in the weight of the bar, so that they do in black and white as well.
  private func drawVerdict(_ text: String, _ detail: String, isGood: Bool) throws(IssueFailure) {
    let inner = width - 30
    let sentence = try block(text, size: 11, width: inner, bold: true)
    let more = try block(detail, size: 9, width: inner)
    let height = sentence.height + (detail.isEmpty ? 0 : more.height + 3) + 18
    try need(height)
    canvas.fill(x: left, y: y, width: width, height: height, colour: .panel)
    canvas.fill(x: left, y: y, width: isGood ? 3 : 9, height: height, colour: isGood ? .accent : .black)
    canvas.draw(sentence, x: left + 18, y: y + 9)
    if !detail.isEmpty { canvas.draw(more, x: left + 18, y: y + 12 + sentence.height) }
    advance(height + 12)
  }

  private func drawTiles(_ tiles: [PaperPart.Label]) throws(IssueFailure) {
    let gap = 8.0
    let each = (width - gap * Double(tiles.count - 1)) / Double(max(1, tiles.count))
    var blocks: [(label: TextBlock, value: TextBlock)] = []
    for tile in tiles {
      blocks.append(
        (
          try block(tile.label, size: 8, width: each - 16),
          try block(tile.value, size: 18, width: each - 16, bold: true)
        ))
    }
    let height = 16 + (blocks.map(\.value.height).max() ?? 0) + (blocks.map(\.label.height).max() ?? 0)
    try need(height)
    for (index, block) in blocks.enumerated() {
      let x = left + (each + gap) * Double(index)
      canvas.fill(x: x, y: y, width: each, height: height, colour: .panel)
      canvas.draw(block.value, x: x + 8, y: y + 7)
      canvas.draw(block.label, x: x + 8, y: y + 8 + block.value.height, colour: .quiet)
    }
    advance(height + 12)
  }

  private func drawRows(_ rows: [PaperPart.Label]) throws(IssueFailure) {
    let labelWidth = 132.0
    for row in rows {
      let label = try block(row.label, size: 9, width: labelWidth - 10)
      let value = try block(row.value, size: 10, width: width - labelWidth)
      let baseline = max(label.baseline, value.baseline)
      let depth = max(label.height - label.baseline, value.height - value.baseline)
      try need(baseline + depth + 10)
      canvas.fill(x: left, y: y, width: width, height: 0.6, colour: .line)
      canvas.draw(label, x: left, y: y + 5 + baseline - label.baseline, colour: .quiet)
      canvas.draw(value, x: left + labelWidth, y: y + 5 + baseline - value.baseline)
      advance(baseline + depth + 10)
    }
    canvas.fill(x: left, y: y, width: width, height: 0.6, colour: .line)
    advance(10)
  }

  private func drawList(_ items: [String], isNumbered: Bool) throws(IssueFailure) {
    for (index, item) in items.enumerated() {
      let mark = try block(isNumbered ? "\(index + 1)." : "•", size: 9.5, width: 20)
      let text = try block(item, size: 9.5, width: width - 16)
      try need(text.height)
      canvas.draw(mark, x: left, y: y, colour: .quiet)
      canvas.draw(text, x: left + 16, y: y)
      advance(text.height + 4)
    }
    advance(6)
  }

  private func drawLiteral(_ text: String) throws(IssueFailure) {
    var lines: [TextBlock] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      lines.append(try block(line.isEmpty ? " " : String(line), size: 6.8, width: width - 12))
    }
    // Together on one page, if one can hold them.
    try need(min(lines.reduce(0) { $0 + $1.height + 0.5 }, 400))
    for line in lines {
      try need(line.height)
      canvas.fill(x: left, y: y, width: 2, height: line.height + 0.5, colour: .line)
      canvas.draw(line, x: left + 10, y: y)
      advance(line.height + 0.5)
    }
    advance(9)
  }
}
