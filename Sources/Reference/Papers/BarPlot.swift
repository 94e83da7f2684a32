import Delivery

/// Two numbers for each part of a period, as bars beside each other: one filled, one hollow.
struct BarPlot: Hashable, Sendable {
  struct Bar: Hashable, Sendable {
    /// Stands below the bar if there is room.
    let name: String
    let first: Int
    let second: Int
  }

  let title: String
  let firstName: String
  let secondName: String
  let countLabel: String
  let timeLabel: String
  let bars: [Bar]

  /// The top of the axis: four even steps of a round number.
  static func top(of most: Int) -> Int {
    let steps = [1, 2, 3, 4, 5].flatMap { unit in [1, 10, 100, 1000, 10_000, 100_000].map { unit * $0 } } + [15, 25]
    return 4 * (steps.sorted().first { $0 * 4 >= most } ?? most)
  }
}

extension PaperFlow {
  func draw(_ plot: BarPlot) throws(IssueFailure) {
    let frame = try beginPlot(plot.title, legend: 1, height: 88)
    try drawLegend(plot, in: frame)
    let top = BarPlot.top(of: plot.bars.map { max($0.first, $0.second) }.max() ?? 0)
    func y(_ count: Int) -> Double { frame.bottom - frame.height * Double(count) / Double(max(1, top)) }
    for step in 0...4 where step == 0 || top > 0 {
      let count = top * step / 4
      canvas.stroke([(frame.left, y(count)), (frame.right, y(count))], width: 0.5, colour: .line)
      try drawLabel(PaperWords.grouped(count), endingAt: frame.left - 6, middle: y(count))
    }
    let each = frame.width / Double(max(1, plot.bars.count))
    let bar = min(9, each * 0.38)
    // Every name that has room for about four letters.
    let every = max(1, Int((26 / each).rounded(.up)))
    for (index, value) in plot.bars.enumerated() {
      let middle = frame.left + each * (Double(index) + 0.5)
      draw(filled: value.first, x: middle - bar, width: bar, y: y, in: frame)
      draw(hollow: value.second, x: middle, width: bar, y: y, in: frame)
      if index.isMultiple(of: every) { try drawLabel(value.name, centre: middle, top: frame.bottom + 4) }
    }
    try endPlot(frame, vertical: plot.countLabel, horizontal: plot.timeLabel)
  }

  private func draw(filled count: Int, x: Double, width: Double, y: (Int) -> Double, in frame: PlotFrame) {
    guard count > 0 else { return }
    canvas.fill(x: x, y: y(count), width: width, height: frame.bottom - y(count), colour: .accent)
  }

  private func draw(hollow count: Int, x: Double, width: Double, y: (Int) -> Double, in frame: PlotFrame) {
    guard count > 0 else { return }
    let right = x + width - 0.4
    canvas.fill(x: x, y: y(count), width: width, height: frame.bottom - y(count), colour: .white)
    canvas.stroke(
      [(x + 0.4, frame.bottom), (x + 0.4, y(count)), (right, y(count)), (right, frame.bottom)], width: 0.8,
      colour: .ink)
  }

  private func drawLegend(_ plot: BarPlot, in frame: PlotFrame) throws(IssueFailure) {
    let first = try block(plot.firstName, size: 8, width: 200)
    let second = try block(plot.secondName, size: 8, width: 200)
    canvas.fill(x: frame.left, y: frame.legend + 2, width: 8, height: 8, colour: .accent)
    canvas.draw(first, x: frame.left + 14, y: frame.legend)
    let x = frame.left + 34 + first.width
    let box = [(x, frame.legend + 2), (x + 8, frame.legend + 2), (x + 8, frame.legend + 10), (x, frame.legend + 10)]
    canvas.stroke(box + box.prefix(1), width: 0.8, colour: .ink)
    canvas.draw(second, x: x + 14, y: frame.legend)
  }
}
