/// A picture of one simulation or of two side by side: the numbers, how soon mails arrive, what the relay sees.
///
/// Blue and orange are told apart by every kind of eye (Okabe and Ito), and the second line is dashed as well.
package struct SimulationPlot: Sendable {
  /// One policy and what came of it.
  package struct Series: Sendable {
    package let name: String
    package let report: SimulationReport

    package init(name: String, report: SimulationReport) {
      self.name = name
      self.report = report
    }
  }

  private let series: [Series]
  private let verdict: String?
  private static let colours = ["#0072B2", "#D55E00"]
  private static let dashes: [String?] = [nil, "7 4"]
  private static let grey = "#666666"
  private static let grid = "#DDDDDD"
  private let frame = (left: 86.0, right: 964.0)

  /// - Parameters:
  ///   - series: one or two; more are not drawn.
  ///   - verdict: a sentence to stand below the numbers.
  package init(_ series: [Series], verdict: String? = nil) {
    self.series = Array(series.prefix(Self.colours.count))
    self.verdict = verdict
  }

  /// The picture as an SVG file.
  package var svg: String {
    let lines = Self.lines(verdict ?? "", of: 136)
    let table = 62.0
    let top = table + 24 * Double(series.count) + 18 * Double(lines.count) + 50
    var svg = SVG(width: 1000, height: top + 610)
    svg.rectangle(0, 0, svg.width, svg.height, fill: "#FFFFFF")
    let mails = series.first?.report.all.mails ?? 0
    let title = series.count > 1 ? "Two retry policies and the same" : "A retry policy and"
    svg.text("\(title) \(Self.grouped(mails)) mails", 36, 36, size: 20, bold: true)
    numbers(&svg, from: table)
    for (index, line) in lines.enumerated() {
      svg.text(line, 36, table + 24 * Double(series.count) + 26 + 18 * Double(index), fill: "#444444")
    }
    arrival(&svg, top: top + 14, bottom: top + 284)
    load(&svg, top: top + 374, bottom: top + 554)
    return svg.document
  }

  // MARK: The numbers

  private func numbers(_ svg: inout SVG, from y: Double) {
    let columns: [(String, (SimulationReport) -> String)] = [
      ("delivered", { Wording.percent($0.all.share(.delivered)) }),
      ("at first attempt", { Wording.percent($0.all.shareAtFirst) }),
      ("within: p90", { Self.span($0.all.time(0.9)) }), ("p95", { Self.span($0.all.time(0.95)) }),
      ("p99", { Self.span($0.all.time(0.99)) }), ("attempts a mail", { Wording.two($0.all.meanAttempts) }),
      ("busiest hour", { Self.grouped($0.load.peak) }),
    ]
    let ends = [410.0, 525, 625, 695, 765, 880, 964]
    for (column, end) in zip(columns, ends) { svg.text(column.0, end, y, size: 12, anchor: .end, fill: Self.grey) }
    for (index, one) in series.enumerated() {
      let baseline = y + 24 * Double(index + 1)
      svg.path(
        [(36, baseline - 4), (72, baseline - 4)], stroke: Self.colours[index], width: 3, dash: Self.dashes[index])
      svg.text(Self.cut(one.name, to: 30), 82, baseline, bold: true, fill: Self.colours[index])
      for (column, end) in zip(columns, ends) { svg.text(column.1(one.report), end, baseline, anchor: .end) }
    }
  }

  // MARK: How soon mails arrive

  private func arrival(_ svg: inout SVG, top: Double, bottom: Double) {
    let slowest = series.compactMap { $0.report.all.time(1) }.max() ?? 0
    let (shortest, longest) = (60.0, Double(max(3600, slowest)) * 1.15)
    let least = series.map { $0.report.all.delivered(within: 60) }.min() ?? 0
    let floor = [0.98, 0.95, 0.9, 0.8, 0.7, 0.5].first { $0 < least - 0.002 } ?? 0
    func x(_ seconds: Double) -> Double {
      frame.left + (frame.right - frame.left) * Self.log(seconds / shortest) / Self.log(longest / shortest)
    }
    func y(_ share: Double) -> Double { bottom - (bottom - top) * (max(share, floor) - floor) / (1 - floor) }
    svg.text("Share of all mails delivered, by the time since they were queued", 36, top - 16, size: 15, bold: true)
    for step in 0...5 {
      let share = floor + (1 - floor) * Double(step) / 5
      svg.path([(frame.left, y(share)), (frame.right, y(share))], stroke: Self.grid)
      svg.text(Self.short(share), frame.left - 8, y(share) + 4, size: 12, anchor: .end, fill: Self.grey)
    }
    let marks: [(Int64, String)] = [
      (60, "1 min"), (300, "5 min"), (900, "15 min"), (3600, "1 h"), (4 * 3600, "4 h"), (12 * 3600, "12 h"),
      (86_400, "1 d"), (2 * 86_400, "2 d"), (5 * 86_400, "5 d"), (15 * 86_400, "15 d"), (45 * 86_400, "45 d"),
    ]
    for (seconds, name) in marks where Double(seconds) <= longest {
      svg.path([(x(Double(seconds)), top), (x(Double(seconds)), bottom)], stroke: Self.grid)
      svg.text(name, x(Double(seconds)), bottom + 18, size: 12, anchor: .middle, fill: Self.grey)
    }
    for (index, one) in series.enumerated().reversed() {
      var points: [(x: Double, y: Double)] = []
      for step in 0...600 {
        let seconds = shortest * Self.exp(Self.log(longest / shortest) * Double(step) / 600)
        points.append((x(seconds), y(one.report.all.delivered(within: Int64(seconds)))))
      }
      svg.path(points, stroke: Self.colours[index], width: 2.5, dash: Self.dashes[index])
    }
    axes(&svg, top: top, bottom: bottom)
    let note = floor > 0 ? "the axis begins at \(Self.short(floor)); " : ""
    svg.text(
      note + "time on a logarithmic scale", frame.right, bottom + 36, size: 12, anchor: .end, fill: Self.grey)
  }

  // MARK: What the relay sees

  private func load(_ svg: inout SVG, top: Double, bottom: Double) {
    let hours = max(1, series.map { $0.report.load.perHour.count }.max() ?? 1)
    let bins = series.map { $0.report.load.bins(120, hours: hours) }
    let width = bins.first?.hours ?? 1
    let most = Self.round(up: bins.flatMap(\.attempts).max() ?? 1)
    func x(_ hour: Int) -> Double { frame.left + (frame.right - frame.left) * Double(min(hour, hours)) / Double(hours) }
    func y(_ attempts: Double) -> Double { bottom - (bottom - top) * attempts / most }
    let span = width < 24 ? "\(width) hours" : "\(width / 24) days"
    let each = width == 1 ? "" : width == 24 ? ", mean of each day" : ", mean of \(span) each"
    svg.text("Load on the relay: attempts an hour\(each)", 36, top - 16, size: 15, bold: true)
    for step in 0...4 {
      let attempts = most * Double(step) / 4
      svg.path([(frame.left, y(attempts)), (frame.right, y(attempts))], stroke: Self.grid)
      svg.text(Self.plain(attempts), frame.left - 8, y(attempts) + 4, size: 12, anchor: .end, fill: Self.grey)
    }
    let days = [1, 10, 100, 1000, 10_000, 100_000].flatMap { power in [1, 2, 5].map { $0 * power * 24 } }
    let mark = ([1, 2, 3, 6, 12] + days).first { hours / $0 <= 12 } ?? hours
    for hour in stride(from: 0, through: hours, by: mark) {
      svg.path([(x(hour), bottom), (x(hour), bottom + 5)], stroke: Self.grey)
      let name = mark < 24 ? "\(hour) h" : "day \(hour / 24)"
      svg.text(name, x(hour), bottom + 18, size: 12, anchor: .middle, fill: Self.grey)
    }
    for (index, bin) in bins.enumerated().reversed() {
      var points = [(x: x(0), y: bottom)]
      for (number, attempts) in bin.attempts.enumerated() {
        points.append((x(number * bin.hours), y(attempts)))
        points.append((x((number + 1) * bin.hours), y(attempts)))
      }
      points.append((points.last?.x ?? 0, bottom))
      // Only the hindmost is filled: two fills would make a third colour.
      if index == bins.count - 1 { svg.path(points, fill: Self.colours[index], opacity: 0.15) }
      svg.path(points, stroke: Self.colours[index], width: 2, dash: index == 0 ? nil : "5 3")
    }
    axes(&svg, top: top, bottom: bottom)
    svg.text(
      "time since the first midnight", frame.right, bottom + 36, size: 12, anchor: .end, fill: Self.grey)
  }

  private func axes(_ svg: inout SVG, top: Double, bottom: Double) {
    svg.path([(frame.left, top), (frame.left, bottom), (frame.right, bottom)], stroke: Self.grey)
  }
}
