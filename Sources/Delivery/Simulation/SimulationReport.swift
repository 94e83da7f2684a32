package import Mail

/// What came of a simulation: how soon mails arrived, what it took, and what the relay saw.
package struct SimulationReport: Sendable, Hashable {
  /// How a mail ended.
  package enum End: Sendable, Hashable, CaseIterable {
    case delivered
    /// Refused for good at the first attempt: no policy changes that.
    case refused
    /// Given up by the policy.
    case undeliverable
    /// Left to a person by the policy.
    case held
    /// Ended by `purge.latest_after`.
    case expired
  }

  /// What became of one mail.
  package struct Result: Sendable, Hashable {
    package var trouble: OutcomeClass?
    package var attempts: Int
    package var end: End
    /// HR was told that it is late.
    package var late: Bool
    /// From the queue to acceptance; nil if it was not delivered.
    package var seconds: Int64?
  }

  /// Counts and times of some of the mails.
  package struct Part: Sendable, Hashable {
    package let mails: Int
    package let ends: [End: Int]
    package let deliveredAtFirst: Int
    package let late: Int
    /// Seconds from the queue to acceptance of those delivered, in ascending order.
    package let times: [Int64]
    package let meanAttempts: Double
    package let p95Attempts: Int
    package let mostAttempts: Int

    init(_ results: [Result]) {
      mails = results.count
      ends = results.reduce(into: [:]) { $0[$1.end, default: 0] += 1 }
      deliveredAtFirst = results.count { $0.end == .delivered && $0.attempts == 1 }
      late = results.count(where: \.late)
      times = results.compactMap(\.seconds).sorted()
      let attempts = results.map(\.attempts).sorted()
      meanAttempts = Double(attempts.reduce(0, +)) / Double(max(1, attempts.count))
      p95Attempts = attempts.isEmpty ? 0 : attempts[SimulationReport.rank(0.95, of: attempts.count)]
      mostAttempts = attempts.last ?? 0
    }

    /// The share of these mails that ended so, 0…1.
    package func share(_ end: End) -> Double { Double(ends[end] ?? 0) / Double(max(1, mails)) }

    /// The share delivered at the first attempt, 0…1.
    package var shareAtFirst: Double { Double(deliveredAtFirst) / Double(max(1, mails)) }

    /// The time within which `share` of those delivered had arrived, in seconds; nil if none was.
    package func time(_ share: Double) -> Int64? {
      times.isEmpty ? nil : times[SimulationReport.rank(share, of: times.count)]
    }

    /// The share of all these mails that was delivered within `seconds`, 0…1.
    package func delivered(within seconds: Int64) -> Double {
      var (low, high) = (0, times.count)
      while low < high {
        let middle = (low + high) / 2
        if times[middle] <= seconds { low = middle + 1 } else { high = middle }
      }
      return Double(low) / Double(max(1, mails))
    }
  }

  package let all: Part
  /// By the class of the trouble a mail met.
  package let classes: [OutcomeClass: Part]
  package let load: RelayLoad

  init(ways results: [Result], load: RelayLoad) {
    all = Part(results)
    var groups: [OutcomeClass: [Result]] = [:]
    for result in results {
      if let trouble = result.trouble { groups[trouble, default: []].append(result) }
    }
    classes = groups.mapValues { Part($0) }
    self.load = load
  }

  /// The index of the nearest rank.
  static func rank(_ share: Double, of count: Int) -> Int {
    max(0, min(count - 1, Int((share * Double(count)).rounded(.up)) - 1))
  }
}

/// The attempts that the relay sees, hour by hour.
package struct RelayLoad: Sendable, Hashable {
  package let start: Timestamp
  /// Attempts of each hour from `start` to the last attempt.
  package private(set) var perHour: [Int] = []

  init(start: Timestamp) { self.start = start }

  mutating func count(at time: Timestamp) {
    let hour = Int(max(0, time - start) / 3600)
    if hour >= perHour.count { perHour += [Int](repeating: 0, count: hour + 1 - perHour.count) }
    perHour[hour] += 1
  }

  package var attempts: Int { perHour.reduce(0, +) }
  /// Attempts of the busiest hour.
  package var peak: Int { perHour.max() ?? 0 }

  /// Attempts an hour, from the first hour that has one to the last.
  package var mean: Double {
    guard let first = perHour.firstIndex(where: { $0 > 0 }) else { return 0 }
    return Double(attempts) / Double(perHour.count - first)
  }

  /// The mean attempts an hour of successive bins, at most `most` for `hours` hours. A bin is a part of a day, or days.
  package func bins(_ most: Int, hours: Int) -> (hours: Int, attempts: [Double]) {
    let least = max(1, (max(hours, 1) + most - 1) / most)
    let width = [1, 2, 3, 4, 6, 8, 12].first { $0 >= least } ?? (least + 23) / 24 * 24
    let means = stride(from: 0, to: perHour.count, by: width).map { first in
      Double(perHour[first..<min(first + width, perHour.count)].reduce(0, +)) / Double(width)
    }
    return (width, means)
  }
}
