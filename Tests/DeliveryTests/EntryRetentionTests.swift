import Delivery
import Logging
import Mail
import Synchronization
import Testing

@Suite("How long the ledger keeps what it says of purged cases")
struct EntryRetentionTests {
  final class Recorder: EntryPruner {
    let calls = Mutex<[[Timestamp]]>([])
    func prune(before limit: Timestamp, at now: Timestamp) throws -> Int {
      calls.withLock { $0.append([limit, now]) }
      return 3
    }
  }

  @Test("by default for good; else so many seconds", arguments: [(0, nil), (100, 900)] as [(Int64, Int64?)])
  func rounds(seconds: Int64, limit: Int64?) throws {
    let pruner = Recorder()
    try EntryRetention(pruner, seconds: seconds, logger: Logger(label: "test")).round(at: Timestamp(seconds: 1_000))
    let expected = limit.map { [[Timestamp(seconds: $0), Timestamp(seconds: 1_000)]] } ?? []
    #expect(pruner.calls.withLock { $0 } == expected)
  }
}
