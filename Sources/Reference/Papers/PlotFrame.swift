import Delivery

/// The box of a plot on the page, and where its legend begins.
struct PlotFrame {
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  let legend: Double

  var width: Double { right - left }
  var height: Double { bottom - top }

  static let legendLine = 13.0
}

// What all plots have in common: title, axes and their labels.
extension PaperFlow {
  /// Makes room, and draws the title; `legend` counts the lines below it.
  func beginPlot(_ title: String, legend: Int, height: Double) throws(IssueFailure) -> PlotFrame {
    let heading = try block(title, size: 9.5, width: width, bold: true)
    let legendHeight = PlotFrame.legendLine * Double(legend)
    try need(heading.height + legendHeight + height + 47)
    canvas.draw(heading, x: left, y: y, role: "H3")
    let legendTop = y + heading.height + 4
    // The label of the vertical axis stands above it.
    let top = legendTop + legendHeight + 18
    return PlotFrame(left: left + 34, right: right - 8, top: top, bottom: top + height, legend: legendTop)
  }

  /// Draws axes and their labels, and goes below the plot.
  func endPlot(_ frame: PlotFrame, vertical: String, horizontal: String) throws(IssueFailure) {
    canvas.stroke(
      [(frame.left, frame.top), (frame.left, frame.bottom), (frame.right, frame.bottom)], width: 0.8, colour: .ink)
    canvas.draw(try block(vertical, size: 7.5, width: frame.width), x: left, y: frame.top - 17, colour: .quiet)
    let label = try block(horizontal, size: 7.5, width: frame.width)
    canvas.draw(label, x: frame.right - label.width, y: frame.bottom + 15, colour: .quiet)
    advance(frame.bottom + 15 + label.height + 12 - y)
  }

  func drawLabel(_ text: String, endingAt x: Double, middle: Double) throws(IssueFailure) {
    let label = try block(text, size: 7.5, width: 60)
    canvas.draw(label, x: x - label.width, y: middle - label.height / 2, colour: .quiet)
  }

  func drawLabel(_ text: String, centre: Double, top: Double) throws(IssueFailure) {
    let label = try block(text, size: 7.5, width: 60)
    canvas.draw(label, x: centre - label.width / 2, y: top, colour: .quiet)
  }
}
