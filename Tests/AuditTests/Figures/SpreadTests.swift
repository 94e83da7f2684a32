import Audit
import Testing

@Suite("how durations spread out")
struct SpreadTests {
  @Test(
    "quantiles are durations that were measured (nearest rank)",
    arguments: [
      ([], nil, nil, nil), ([5], 5, 5, 5), ([9, 1], 1, 9, 9), ([3, 1, 2], 2, 3, 3),
      (Array(1...10), 5, 9, 10), (Array(1...11), 6, 10, 11), (Array(repeating: 7, count: 1000), 7, 7, 7),
    ] as [([Int64], Int64?, Int64?, Int64?)])
  func quantiles(durations: [Int64], median: Int64?, ninetieth: Int64?, maximum: Int64?) {
    let spread = Spread(durations)
    #expect((spread.median, spread.ninetieth, spread.maximum) == (median, ninetieth, maximum))
    #expect(spread.count == durations.count)
  }

  @Test("how many took no longer", arguments: [(0, 0), (1, 1), (2, 3), (3, 3), (4, 4), (900, 5)] as [(Int64, Int)])
  func within(seconds: Int64, count: Int) {
    let spread = Spread([2, 1, 4, 2, 5])
    #expect(spread.count(within: seconds) == count)
    #expect(spread.share(within: seconds) == Double(count) / 5)
    #expect(Spread([]).share(within: seconds) == 0)
  }
}
