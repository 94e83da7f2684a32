package import Delivery
package import Mail

/// Several sessions with the relay, each on a thread of its own; a mail takes a free one or waits for it.
package actor SMTPPool: Transport {
  private let sessions: [SMTPTransport]
  private var free: [SMTPTransport]
  private var limit: SessionLimit
  private var waiting: [(number: Int, turn: CheckedContinuation<SMTPTransport?, Never>)] = []
  private var counter = 0

  /// How many sessions there are at most.
  package nonisolated let width: Int

  package init(_ relay: Relay, sessions count: Int, pipelining: Bool = true) {
    width = max(1, count)
    sessions = (0..<width).map { _ in SMTPTransport(relay, pipelining: pipelining) }
    // The last is taken first: a few mails keep to the same session.
    free = sessions.reversed()
    limit = SessionLimit(width)
  }

  package func send(
    _ envelope: Envelope, message: [UInt8], intent: @escaping @Sendable () throws -> Void
  ) async throws(TransportFailure) -> Outcome {
    guard let session = await take() else { throw .cancelled }
    defer { give(session) }
    do throws(TransportFailure) {
      let outcome = try await session.send(envelope, message: message, intent: intent)
      limit.note(outcome)
      return outcome
    } catch {
      if case .route(let trouble) = error { limit.note(trouble) }
      throw error
    }
  }

  /// Takes leave of the relay; the next mail opens a new session.
  package func close() async {
    for session in sessions { await session.close() }
  }

  /// How many sessions may be in use now.
  package var present: Int { limit.present }

  private var inUse: Int { width - free.count }

  /// A free session; nil if the task was cancelled while it waited.
  private func take() async -> SMTPTransport? {
    if inUse < limit.present, waiting.isEmpty, let session = free.popLast() { return session }
    counter += 1
    let number = counter
    return await withTaskCancellationHandler {
      await withCheckedContinuation { turn in
        if Task.isCancelled { turn.resume(returning: nil) } else { waiting.append((number, turn)) }
      }
    } onCancel: {
      Task { await self.forget(number) }
    }
  }

  private func give(_ session: SMTPTransport) {
    free.append(session)
    while inUse < limit.present, !waiting.isEmpty, let next = free.popLast() {
      waiting.removeFirst().turn.resume(returning: next)
    }
  }

  private func forget(_ number: Int) {
    guard let index = waiting.firstIndex(where: { $0.number == number }) else { return }
    waiting.remove(at: index).turn.resume(returning: nil)
  }
}
