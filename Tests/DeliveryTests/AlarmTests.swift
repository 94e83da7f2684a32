import Delivery
import Logging
import Mail
import Synchronization
import Testing

@Suite("Alarms: rung once, taken down once, also when the disk itself is the trouble")
struct AlarmTests {
  let store = MemoryStore()
  let lines = LogLines()
  var bell: AlarmBell { AlarmBell(store, logger: lines.logger) }

  @Test("an alarm is logged when it begins and when it ends, not in between")
  func once() throws {
    let bell = bell
    for second in 0..<5 { bell.ring(.route, "down", at: Sample.now + Int64(second)) }
    #expect(try store.alarms().map(\.since) == [Sample.now])
    bell.silence(.route, at: Sample.now + 60)
    bell.silence(.route, at: Sample.now + 61)
    #expect(lines.all == ["alarm", "alarm over"])
    #expect(try store.alarms().isEmpty)
  }

  @Test("on a disk that takes nothing it is logged once all the same, and ops are told when the disk is well")
  func fullDisk() throws {
    let bell = bell
    store.state.withLock { $0.failing = true }
    for second in 0..<5 { bell.ring(.store, "full", at: Sample.now + Int64(second)) }
    #expect(lines.all == ["alarm"])
    store.state.withLock { $0.failing = false }
    bell.silence(.store, at: Sample.now + 60)
    #expect(lines.all == ["alarm", "alarm over"])
    let notice = try #require(try store.dueNotices(at: Sample.now + 60).first)
    #expect(notice.draft.kind == .allClear && notice.draft.item.detail.contains("full"))
  }

  @Test("an alarm that a restart found on the board is taken down in silence, but told to ops")
  func restarted() throws {
    bell.ring(.clock, "jump", at: Sample.now)
    let second = AlarmBell(store, logger: lines.logger)
    second.silence(.clock, at: Sample.now + 5)
    #expect(try store.alarms().isEmpty)
    #expect(lines.all == ["alarm", "alarm over"])
  }
}

/// The lines of a log, in order.
final class LogLines: Sendable {
  private let kept = Mutex<[(message: String, metadata: String)]>([])

  /// The messages.
  var all: [String] { kept.withLock { $0.map(\.message) } }
  /// The messages with what was said beside them.
  var whole: [String] { kept.withLock { $0.map { "\($0.message) \($0.metadata)" } } }

  var logger: Logger { Logger(label: "test", factory: { _ in Handler(lines: self) }) }

  private func add(_ event: LogEvent) {
    kept.withLock { $0.append((event.message.description, "\(event.metadata ?? [:])")) }
  }

  private struct Handler: LogHandler {
    let lines: LogLines
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }
    func log(event: LogEvent) { lines.add(event) }
  }
}
