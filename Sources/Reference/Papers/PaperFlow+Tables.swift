import Delivery

// How tables look.
extension PaperFlow {
  func draw(_ table: PaperTable) throws(IssueFailure) {
    try need(52)
    let column = TableColumn(left: left, width: width)
    let head = try cells(table.columns.map(\.title), of: table, in: column, isHead: true)
    draw(head, of: table, in: column, isHead: true)
    for row in table.rows {
      let cells = try cells(row, of: table, in: column, isHead: false)
      // The head stands again on every page.
      if try need(Self.height(of: cells)) { draw(head, of: table, in: column, isHead: true) }
      draw(cells, of: table, in: column, isHead: false)
    }
    canvas.fill(x: left, y: y, width: width, height: 0.6, colour: .line)
    advance(12)
  }

  func draw(_ first: PaperTable, beside second: PaperTable) throws(IssueFailure) {
    let gap = 18.0
    let half = (width - gap) / 2
    let columns = [
      (first, TableColumn(left: left, width: half)), (second, TableColumn(left: left + half + gap, width: half)),
    ]
    var laid: [[[TextBlock]]] = []
    for (table, column) in columns {
      var rows = [try cells(table.columns.map(\.title), of: table, in: column, isHead: true)]
      for row in table.rows { rows.append(try cells(row, of: table, in: column, isHead: false)) }
      laid.append(rows)
    }
    let height = laid.map { $0.reduce(0) { $0 + Self.height(of: $1) } }.max() ?? 0
    try need(height)
    for ((table, column), rows) in zip(columns, laid) {
      let begin = y
      for (index, row) in rows.enumerated() { draw(row, of: table, in: column, isHead: index == 0) }
      canvas.fill(x: column.left, y: y, width: column.width, height: 0.6, colour: .line)
      advance(begin - y)
    }
    advance(height + 10)
  }

  /// Where a table stands.
  private struct TableColumn {
    let left: Double
    let width: Double
  }

  private func cells(
    _ texts: [String], of table: PaperTable, in place: TableColumn, isHead: Bool
  ) throws(IssueFailure) -> [TextBlock] {
    var cells: [TextBlock] = []
    for (column, text) in zip(table.columns, texts) {
      cells.append(
        try block(text.isEmpty ? " " : text, size: 8.5, width: place.width * column.share - 8, bold: isHead))
    }
    return cells
  }

  private static func height(of cells: [TextBlock]) -> Double { (cells.map(\.height).max() ?? 0) + 6 }

  private func draw(_ cells: [TextBlock], of table: PaperTable, in place: TableColumn, isHead: Bool) {
    let height = Self.height(of: cells)
    if isHead { canvas.fill(x: place.left, y: y, width: place.width, height: height, colour: .panel) }
    canvas.fill(x: place.left, y: y, width: place.width, height: 0.6, colour: .line)
    var x = place.left
    for (column, cell) in zip(table.columns, cells) {
      let share = place.width * column.share
      canvas.draw(cell, x: column.isNumber ? x + share - 8 - cell.width : x + 2, y: y + 3)
      x += share
    }
    advance(height)
  }
}
