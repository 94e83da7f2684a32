import Audit
import Delivery
import Glibc

/// The share of cases that something took no longer than a time, over that time on a logarithmic scale.
///
/// Curves differ by dashes and weight as well as by colour.
struct CurvePlot: Hashable, Sendable {
  struct Curve: Hashable, Sendable {
    let name: String
    let spread: Spread
  }

  let title: String
  /// What the axes count.
  let shareLabel: String
  let timeLabel: String
  let curves: [Curve]
  /// A time that is marked, such as a promise, and its name.
  var mark: Mark?

  struct Mark: Hashable, Sendable {
    let seconds: Int64
    let name: String
  }

  /// Round times for the axis.
  static let ticks: [(seconds: Int64, name: String)] = [
    (1, "1 s"), (10, "10 s"), (60, "1 min"), (600, "10 min"), (3600, "1 h"), (6 * 3600, "6 h"), (86_400, "1 d"),
    (3 * 86_400, "3 d"), (7 * 86_400, "7 d"), (14 * 86_400, "14 d"), (45 * 86_400, "45 d"), (180 * 86_400, "180 d"),
    (730 * 86_400, "2 y"),
  ]

  /// The times the axis reaches from and to: whole ticks around all that is shown.
  var reach: ClosedRange<Int64> {
    let longest = max(curves.compactMap(\.spread.maximum).max() ?? 1, mark?.seconds ?? 1)
    let shortest = max(1, curves.compactMap { $0.spread.quantile(0) }.min() ?? 1)
    let upper = Self.ticks.first { $0.seconds > longest }?.seconds ?? longest * 2
    let lower = Self.ticks.last { $0.seconds <= shortest && $0.seconds * 20 <= upper }?.seconds ?? 1
    return lower...upper
  }
}

extension PaperFlow {
  private static let styles: [(width: Double, dash: [Double], colour: Colour)] = [
    (2.2, [], .accent), (1.6, [6, 3], .black), (1.6, [1.5, 2.5], .black),
  ]

  func draw(_ plot: CurvePlot) throws(IssueFailure) {
    let frame = try beginPlot(plot.title, legend: plot.curves.count, height: 132)
    try drawLegend(plot, in: frame)
    let reach = plot.reach
    let scale = log(Double(reach.upperBound) / Double(reach.lowerBound))
    func x(_ seconds: Double) -> Double {
      frame.left + frame.width * log(max(seconds, Double(reach.lowerBound)) / Double(reach.lowerBound)) / scale
    }
    func y(_ share: Double) -> Double { frame.bottom - frame.height * share }
    for step in 0...4 {
      let share = Double(step) / 4
      canvas.stroke([(frame.left, y(share)), (frame.right, y(share))], width: 0.5, colour: .line)
      try drawLabel("\(step * 25) %", endingAt: frame.left - 6, middle: y(share))
    }
    for tick in CurvePlot.ticks where reach.contains(tick.seconds) {
      let place = x(Double(tick.seconds))
      canvas.stroke([(place, frame.top), (place, frame.bottom)], width: 0.5, colour: .line)
      try drawLabel(tick.name, centre: place, top: frame.bottom + 4)
    }
    if let mark = plot.mark { try drawMark(mark.name, at: x(Double(mark.seconds)), in: frame) }
    for (index, curve) in plot.curves.enumerated().reversed() where curve.spread.count > 0 {
      let style = Self.styles[index % Self.styles.count]
      // From where the share begins to rise, in steps, to where it is whole.
      var points: [(x: Double, y: Double)] = []
      var share = 0.0
      for step in 1...400 {
        let place = frame.left + frame.width * Double(step) / 400
        let seconds = Double(reach.lowerBound) * exp(scale * Double(step) / 400)
        let reached = curve.spread.share(within: Int64(seconds.rounded(.down)))
        if reached > share { points += [(place, y(share)), (place, y(reached))] }
        share = reached
      }
      canvas.stroke(points, width: style.width, colour: style.colour, dash: style.dash)
    }
    try endPlot(frame, vertical: plot.shareLabel, horizontal: plot.timeLabel)
  }

  private func drawLegend(_ plot: CurvePlot, in frame: PlotFrame) throws(IssueFailure) {
    var place = frame.legend
    for (index, curve) in plot.curves.enumerated() {
      let style = Self.styles[index % Self.styles.count]
      canvas.stroke(
        [(frame.left, place + 6), (frame.left + 26, place + 6)], width: style.width, colour: style.colour,
        dash: style.dash)
      canvas.draw(try block(curve.name, size: 8, width: frame.width - 34), x: frame.left + 34, y: place)
      place += PlotFrame.legendLine
    }
  }

  private func drawMark(_ name: String, at x: Double, in frame: PlotFrame) throws(IssueFailure) {
    canvas.stroke([(x, frame.top - 2), (x, frame.bottom)], width: 1.2, colour: .ink, dash: [3, 2])
    let label = try block(name, size: 7.5, width: 150, bold: true)
    canvas.draw(label, x: x - 5 - label.width, y: frame.bottom - label.height - 4)
  }
}
