/// How a number of durations spread out.
///
/// Quantiles are by nearest rank: each is a duration that was measured, and none is made up between two.
package struct Spread: Hashable, Sendable {
  /// In ascending order.
  private let sorted: [Int64]

  package init(_ seconds: [Int64]) { sorted = seconds.sorted() }

  package var count: Int { sorted.count }
  package var maximum: Int64? { sorted.last }
  package var median: Int64? { quantile(50) }
  /// Nine of ten took no longer.
  package var ninetieth: Int64? { quantile(90) }

  /// The shortest duration that `percent` of all do not exceed; nil if there are none.
  package func quantile(_ percent: Int) -> Int64? {
    guard !sorted.isEmpty else { return nil }
    let rank = (sorted.count * percent + 99) / 100
    return sorted[min(max(rank, 1), sorted.count) - 1]
  }

  /// How many took no longer than `seconds`.
  package func count(within seconds: Int64) -> Int {
    var range = sorted.startIndex..<sorted.endIndex
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      range = sorted[middle] <= seconds ? (middle + 1)..<range.upperBound : range.lowerBound..<middle
    }
    return range.lowerBound
  }

  /// The share that took no longer; 0 of none.
  package func share(within seconds: Int64) -> Double {
    count == 0 ? 0 : Double(count(within: seconds)) / Double(count)
  }
}
