import Delivery
import Foundation
import FoundationXML
import Testing

@Suite("The plot of a simulation")
struct SimulationPlotTests {
  /// What an XML parser makes of an SVG.
  final class Reading: NSObject, XMLParserDelegate {
    var texts: [String] = []
    var strokes: Set<String> = []
    var points: [(x: Double, y: Double)] = []
    var size: (width: Double, height: Double) = (0, 0)
    private var text = ""

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      text = ""
      if name == "svg" { size = (Double(attributes["width"] ?? "") ?? 0, Double(attributes["height"] ?? "") ?? 0) }
      if name == "text", let x = Double(attributes["x"] ?? ""), let y = Double(attributes["y"] ?? "") {
        points.append((x, y))
      }
      if let stroke = attributes["stroke"] { strokes.insert(stroke) }
      for part in (attributes["d"] ?? "").split(whereSeparator: { "MLZ".contains($0) }) {
        let numbers = part.split(separator: " ").compactMap { Double($0) }
        points.append(numbers.count == 2 ? (numbers[0], numbers[1]) : (.nan, .nan))
      }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
      if name == "text" { texts.append(text) }
    }
  }

  private func read(_ plot: SimulationPlot) throws -> Reading {
    let reading = Reading()
    let parser = XMLParser(data: Data(plot.svg.utf8))
    parser.delegate = reading
    try #require(parser.parse())
    return reading
  }

  private func series(_ name: String, _ mix: OutcomeMix = .standard, mails: Int = 2000) throws -> SimulationPlot.Series
  {
    .init(name: name, report: try Simulation(mix: mix, mails: mails, seed: 1).run(.standard))
  }

  @Test("two policies are two colours with their names, their numbers and the verdict")
  func two() throws {
    let reading = try read(SimulationPlot([try series("new.yaml"), try series("old.yaml")], verdict: "All is well."))
    #expect(reading.strokes.isSuperset(of: ["#0072B2", "#D55E00"]))
    for text in [
      "Two retry policies and the same 2,000 mails", "new.yaml", "old.yaml", "All is well.", "p95", "1 h", "100 %",
      "attempts a mail",
    ] {
      #expect(reading.texts.contains(text), "\(text)")
    }
  }

  @Test("one policy is one colour")
  func one() throws {
    let reading = try read(SimulationPlot([try series("standard")]))
    #expect(reading.strokes.contains("#0072B2") && !reading.strokes.contains("#D55E00"))
  }

  @Test(
    "nothing lies outside the picture, whatever the mix",
    arguments: [
      OutcomeMix.standard, SimulationTests.only(.system, clears: nil), SimulationTests.only(.system, clears: 1),
      SimulationTests.only(.network, clears: 90_000, perDay: 3, length: 86_400),
      OutcomeMix(accepted: 1, refused: 0, troubles: [:], arrivals: .init(mailsPerDay: 1, begin: 0, length: 1)),
      OutcomeMix(accepted: 0, refused: 1, troubles: [:], arrivals: .init(mailsPerDay: 9, begin: 0, length: 1)),
    ])
  func inside(mix: OutcomeMix) throws {
    for mails in [1, 500] {
      let reading = try read(SimulationPlot([try series("a", mix, mails: mails), try series("b", mix, mails: mails)]))
      #expect(reading.points.count > 600)
      #expect(
        reading.points.allSatisfy {
          (0...reading.size.width).contains($0.x) && (0...reading.size.height).contains($0.y)
        })
    }
  }

  @Test("a name is text, never markup, and a long one is cut at its front")
  func name() throws {
    let sly = "<script>&\"\u{1}.yaml"
    let long = String(repeating: "x", count: 60) + "end.yaml"
    let reading = try read(SimulationPlot([try series(sly), try series(long)]))
    #expect(reading.texts.contains("<script>&\".yaml"))
    #expect(reading.texts.contains { $0.hasPrefix("…x") && $0.hasSuffix("end.yaml") && $0.count == 30 })
  }

  @Test(
    "the axis of the load has no more marks than it can hold, from an hour to a thousand years",
    arguments: [1, 20, 3000, 1_000_000])
  func marks(perDay: Int) throws {
    var mix = SimulationTests.only(.system, clears: 60, perDay: perDay)
    (mix.accepted, mix.troubles) = (1, [:])
    let reading = try read(SimulationPlot([try series("a", mix, mails: 20_000)]))
    let marks = reading.texts.filter { $0.hasPrefix("day ") }.count
    #expect(marks <= 14 && (perDay >= 3000 || marks >= 2))
  }
}
