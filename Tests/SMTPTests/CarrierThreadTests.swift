import Curl
import Foundation
import Glibc
import Testing

/// An actor whose calls block, and keep nobody else waiting.
private actor Blocker {
  private let thread = CarrierThread()
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  func threadNumber() -> UInt { pthread_self() }

  /// Blocks its thread until it is released.
  func block(on gate: DispatchSemaphore) { gate.wait() }
}

@Suite struct CarrierThreadTests {
  @Test func oneThreadCarriesAll() async {
    let blocker = Blocker()
    var seen: Set<UInt> = []
    for _ in 0..<20 {
      seen.insert(await blocker.threadNumber())
      await Task.yield()
    }
    #expect(seen.count == 1)
    #expect(!seen.contains(pthread_self()))
  }

  /// More actors block than the pool has threads, and the pool still works: else this test would never end.
  @Test func blockedThreadsAreNotThePools() async {
    let gate = DispatchSemaphore(value: 0)
    let count = ProcessInfo.processInfo.activeProcessorCount * 4
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<count {
        let blocker = Blocker()
        group.addTask { await blocker.block(on: gate) }
      }
      group.addTask { for _ in 0..<count { gate.signal() } }
    }
  }

  /// Threads are given back: far more actors than the process may have threads at once would else fail.
  @Test func threadsEndWithTheirActors() async throws {
    for _ in 0..<2000 { _ = await Blocker().threadNumber() }
    // Others run beside this test, so the number is no exact one.
    var running = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
    for _ in 0..<500 where running > 500 {
      try await Task.sleep(for: .milliseconds(10))
      running = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
    }
    #expect(running <= 500)
  }
}
