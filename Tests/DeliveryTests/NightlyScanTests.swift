import Delivery
import Foundation
import Logging
import Mail
import Synchronization
import Testing

@Suite("The nightly scan")
struct NightlyScanTests {
  /// Finds what it is told to.
  private final class ScriptedScanner: ResidueScanner {
    let hits = Mutex(0)
    let scans = Mutex<[PastScan]>([])

    func scan(at now: Timestamp) throws -> PastScan {
      let scan = PastScan(at: now, files: 5, bytes: 100, hits: hits.withLock { $0 })
      scans.withLock { $0.append(scan) }
      return scan
    }

    func lastScan() throws -> PastScan? { scans.withLock { $0.last } }

    var count: Int { scans.withLock { $0.count } }
  }

  private let scanner = ScriptedScanner()
  private let board = MemoryStore()
  private var bell: AlarmBell { AlarmBell(board, logger: Sample.logger()) }
  /// 2026-11-02 00:00 UTC.
  private let midnight = Timestamp(seconds: 1_793_577_600)

  @Test("runs once a day, in the first pass after midnight where the organisation is")
  func daily() throws {
    let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
    let nightly = NightlyScan(scanner, bell: bell, timeZone: berlin)
    var counts: [Int] = []
    // Midnight in Berlin is 23:00 UTC.
    for offset in [-7200, -3601, -3600, 0, 79_199, 82_800, 90_000] as [Int64] {
      _ = try nightly.round(at: midnight + offset)
      counts.append(scanner.count)
    }
    #expect(counts == [1, 1, 2, 2, 2, 3, 3])
  }

  @Test("a clock that was set back does not scan again and again")
  func back() throws {
    let nightly = NightlyScan(scanner, bell: bell, timeZone: .gmt)
    _ = try nightly.round(at: midnight)
    for _ in 1...3 { _ = try nightly.round(at: midnight + -86_400) }
    #expect(scanner.count == 1)
  }

  @Test("an alarm stands from a scan that found something until one that finds nothing")
  func alarm() throws {
    let nightly = NightlyScan(scanner, bell: bell, timeZone: .gmt)
    scanner.hits.withLock { $0 = 2 }
    _ = try nightly.round(at: midnight)
    #expect(try board.alarms().map(\.kind) == [.residue])
    #expect(try board.alarms().first?.detail.contains("2 remains") == true)
    scanner.hits.withLock { $0 = 0 }
    nightly.judge(try scanner.scan(at: midnight + 60))
    #expect(try board.alarms().isEmpty)
  }
}
