import Delivery

/// A simulation as the terminal shows it.
struct SimulationText {
  private let chosen: ChosenMix
  private let mails: Int
  private let series: [SimulationPlot.Series]

  init(_ chosen: ChosenMix, mails: Int, series: [SimulationPlot.Series]) {
    (self.chosen, self.mails, self.series) = (chosen, mails, series)
  }

  var text: String {
    ([
      "\(mails) mails. " + chosen.remarks.joined(separator: " "), "", numbers, "", classes, "",
      "Load on the relay over time:",
    ]
      + bars).joined(separator: "\n")
  }

  /// All numbers, a column for each policy.
  private var numbers: String {
    typealias Row = (String, (SimulationReport) -> String)
    func share(_ end: SimulationReport.End) -> (SimulationReport) -> String { { Wording.percent($0.all.share(end)) } }
    func time(_ share: Double) -> (SimulationReport) -> String {
      { $0.all.time(share).map(Wording.span) ?? "-" }
    }
    let rows: [Row] = [
      ("delivered", share(.delivered)), ("  at the first attempt", { Wording.percent($0.all.shareAtFirst) }),
      ("refused by the relay", share(.refused)), ("given up", share(.undeliverable)), ("held", share(.held)),
      ("ended by purge.latest_after", share(.expired)), ("told to HR as late", { "\($0.all.late) mails" }),
      ("delivered within, p50", time(0.5)), ("  p90", time(0.9)), ("  p95", time(0.95)), ("  p99", time(0.99)),
      ("  max", time(1)), ("attempts a mail, mean", { Wording.two($0.all.meanAttempts) }),
      ("  p95", { "\($0.all.p95Attempts)" }), ("  max", { "\($0.all.mostAttempts)" }),
      ("attempts an hour, mean", { Wording.two($0.load.mean) }), ("  busiest hour", { "\($0.load.peak)" }),
    ]
    guard let first = series.first else { return "" }
    guard let second = series.dropFirst().first else {
      var table = TextTable("", first.name)
      for row in rows { table.add(row.0, row.1(first.report)) }
      return table.text
    }
    var table = TextTable("", first.name, second.name)
    for row in rows { table.add(row.0, row.1(first.report), row.1(second.report)) }
    return table.text
  }

  private var classes: String {
    var table = TextTable("CLASS", "POLICY", "MAILS", "DELIVERED", "P50", "P95", "ATTEMPTS", "GIVEN UP", "HELD")
    for name in OutcomeClass.allCases {
      for one in series {
        guard let part = one.report.classes[name] else { continue }
        table.add(
          name.rawValue, one.name, "\(part.mails)", Wording.percent(part.share(.delivered)),
          part.time(0.5).map(Wording.span) ?? "-", part.time(0.95).map(Wording.span) ?? "-",
          Wording.two(part.meanAttempts), Wording.percent(part.share(.undeliverable)),
          Wording.percent(part.share(.held)))
      }
    }
    return table.isEmpty ? "No mail met trouble." : table.text
  }

  /// The load as a row of bars, on one scale for both policies.
  private var bars: [String] {
    let hours = series.map { $0.report.load.perHour.count }.max() ?? 0
    let bins = series.map { $0.report.load.bins(80, hours: hours) }
    let most = max(bins.flatMap(\.attempts).max() ?? 1, 1e-9)
    let blocks = Array("▁▂▃▄▅▆▇█")
    let width = series.map(\.name.count).max() ?? 0
    return zip(series, bins).map { one, bin in
      let row = bin.attempts.map { attempts in
        attempts == 0 ? " " : blocks[min(blocks.count - 1, Int(attempts / most * Double(blocks.count)))]
      }
      return one.name + String(repeating: " ", count: width - one.name.count) + "  " + String(row)
        + "  (each bar \(bin.hours) h)"
    }
  }
}

/// A simulation as `--json` prints it: shares 0…1, times in seconds.
struct SimulationDocument: Encodable {
  struct Mix: Encodable {
    struct Trouble: Encodable {
      var share: Double
      var clearsAfter: Int64
      var spread: Double
      var never: Double
    }

    var source: String
    var accepted: Double
    var refused: Double
    var classes: [String: Trouble]
    var mailsADay: Int
  }

  struct Part: Encodable {
    struct Seconds: Encodable { var p50, p90, p95, p99, max: Int64? }
    struct Attempts: Encodable {
      var mean: Double
      var p95, max: Int
    }

    var mails: Int
    var delivered, deliveredAtFirst, refused, undeliverable, held, expired: Double
    var late: Int
    var seconds: Seconds
    var attempts: Attempts

    init(_ part: SimulationReport.Part) {
      mails = part.mails
      (delivered, deliveredAtFirst) = (part.share(.delivered), part.shareAtFirst)
      (refused, undeliverable) = (part.share(.refused), part.share(.undeliverable))
      (held, expired, late) = (part.share(.held), part.share(.expired), part.late)
      seconds = Seconds(
        p50: part.time(0.5), p90: part.time(0.9), p95: part.time(0.95), p99: part.time(0.99), max: part.time(1))
      attempts = Attempts(mean: part.meanAttempts, p95: part.p95Attempts, max: part.mostAttempts)
    }
  }

  struct Load: Encodable {
    struct Histogram: Encodable {
      /// The width of a bin.
      var hours: Int
      var attemptsPerHour: [Double]
    }

    var peakPerHour: Int
    var meanPerHour: Double
    var histogram: Histogram
  }

  struct Policy: Encodable {
    var name: String
    var all: Part
    var classes: [String: Part]
    var load: Load
  }

  var mails: Int
  var seed: UInt64
  var mix: Mix
  var remarks: [String]
  var policies: [Policy]
  var verdict: String?
  var plot: String?

  init(
    _ chosen: ChosenMix, _ simulation: Simulation, series: [SimulationPlot.Series], verdict: String?, plot: String?
  ) {
    func named<Value>(_ classes: [OutcomeClass: Value]) -> [(String, Value)] { classes.map { ($0.rawValue, $1) } }
    mails = series.first?.report.all.mails ?? 0
    seed = simulation.seed
    mix = Mix(
      source: chosen.source, accepted: chosen.mix.accepted, refused: chosen.mix.refused,
      classes: Dictionary(uniqueKeysWithValues: named(chosen.mix.troubles)).mapValues {
        Mix.Trouble(share: $0.share, clearsAfter: $0.clearsAfter, spread: $0.spread, never: $0.never)
      }, mailsADay: chosen.mix.arrivals.mailsPerDay)
    remarks = chosen.remarks
    policies = series.map { one in
      let load = one.report.load
      let bins = load.bins(96, hours: load.perHour.count)
      return Policy(
        name: one.name, all: Part(one.report.all),
        classes: Dictionary(uniqueKeysWithValues: named(one.report.classes)).mapValues(Part.init),
        load: Load(
          peakPerHour: load.peak, meanPerHour: load.mean,
          histogram: .init(hours: bins.hours, attemptsPerHour: bins.attempts)))
    }
    (self.verdict, self.plot) = (verdict, plot)
  }
}
