import Foundation
import Synchronization

/// Lets a loop sleep until its time has come or somebody rings.
final class Wake: Sendable {
  private let bells: AsyncStream<Void>
  private let rope: AsyncStream<Void>.Continuation

  init() { (bells, rope) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

  func ring() { rope.yield() }

  /// Returns after so many seconds, at a ring, or when the task is cancelled.
  func wait(atMost seconds: Int64) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { try? await Task.sleep(for: .seconds(seconds)) }
      group.addTask { [bells] in
        for await _ in bells { return }
      }
      await group.next()
      group.cancelAll()
    }
  }
}
