import Bob
import Delivery
import Foundation
import Logging
import Mail
import SMTP
import ServiceLifecycle
import Settings
import Store
import UnixSignals

/// The appliance as a service: a pass whenever something is due, acts of people in between, until it is told to stop.
struct Daemon: Service {
  private let wiring: Wiring
  private let wake = Wake()
  /// Seconds between two looks at what is due; Bob is polled by `bob.poll_every`.
  private static let tick: Int64 = 15
  /// Seconds between two looks into the bounce mailbox: it may be a login each time.
  private static let lookEvery: Int64 = 60

  init(_ wiring: Wiring) { self.wiring = wiring }

  /// Runs until SIGTERM or SIGINT; the pass under way ends first, and the relay gets its QUIT.
  func runUntilStopped() async throws {
    let group = ServiceGroup(
      configuration: .init(services: [self], gracefulShutdownSignals: [.sigterm, .sigint], logger: Log.standard))
    try await group.run()
    await wiring.transport.close()
  }

  func run() async throws {
    let door = try ControlSocket(dataDirectory: wiring.configuration.dataDirectory) { [wiring, wake] act, actor in
      defer { wake.ring() }
      do {
        return try await ActExecution(wiring: wiring).carryOut(act, by: actor)
      } catch {
        let failure = CommandFailure(error)
        return ActAnswer(failure: .init(exit: failure.exit.rawValue, sentence: failure.sentence))
      }
    }
    defer { door.shut() }
    // Trapped before the appliance says that it has started, and without a file too: untrapped, the signal kills.
    let signals = await UnixSignalsSequence(trapping: .sighup)
    let ledger = try wiring.store.ledgerKey() ?? "-"
    Log.standard.notice("appliance started", metadata: ["ledger": "\(ledger)"])
    await cancelWhenGracefulShutdown {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await policies(signals) }
        await passes()
        group.cancelAll()
      }
    }
  }

  private func passes() async {
    var nextPoll = wiring.clock.now()
    var nextLook = nextPoll
    while !Task.isCancelled {
      let begun = wiring.clock.now()
      // A refused token is left alone, but another one is tried at once.
      let polling = if begun >= nextPoll { true } else { await wiring.watcher.hasFreshToken() }
      let looking = begun >= nextLook
      // A task of its own, whose memory is given back, and so wiped, when the pass is over.
      let report = await withTaskGroup(of: Appliance.Report?.self) { group in
        group.addTask { await pass(polling: polling, looking: looking) }
        return await group.next() ?? nil
      }
      await ProcessHygiene.wipeStacks()
      let now = wiring.clock.now()
      if looking { nextLook = now + Self.lookEvery }
      if polling { nextPoll = now + (report.map(wait) ?? Self.tick) }
      // The relay's rate may let the next mail go sooner than the next look is due.
      let rest = report?.courier.waitsUntil.map { max(1, $0 - now) } ?? Self.tick
      await wake.wait(atMost: .seconds(min(rest, Self.tick)))
    }
  }

  /// One pass; nil if it failed.
  private func pass(polling: Bool, looking: Bool) async -> Appliance.Report? {
    do {
      return try await wiring.appliance.pass(polling: polling, looking: looking)
    } catch is CancellationError {
      return nil
    } catch {
      // The disk may be full or read-only: nothing is lost, and the next look tries again.
      Log.standard.error("pass failed", metadata: ["cause": "\(CommandFailure(error).sentence)"])
      return nil
    }
  }

  private func wait(after report: Appliance.Report) -> Int64 {
    if case .later(let seconds, _) = report.sourceFailure {
      return min(max(seconds, 1), wiring.configuration.bob.pollEvery)
    }
    return wiring.configuration.bob.pollEvery
  }

  /// Follows the retry policy's file, until cancelled: read again on SIGHUP, and whenever it has changed.
  private func policies(_ signals: UnixSignalsSequence) async {
    let follower = PolicyFollower(file: wiring.configuration.retryPolicyFile)
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for await _ in signals { await follow(follower, always: true) }
      }
      group.addTask {
        while !Task.isCancelled {
          await follow(follower, always: false)
          do { try await Task.sleep(for: .seconds(Self.tick)) } catch { return }
        }
      }
    }
  }

  private func follow(_ follower: PolicyFollower, always: Bool) async {
    do {
      guard let policy = try await follower.reading(always: always, by: wiring.configuration) else { return }
      await wiring.appliance.follow(policy)
      wake.ring()
      Log.standard.notice("retry policy read anew")
    } catch {
      // One line an event, though a file may have many faults.
      let cause = CommandFailure(error).sentence.replacing("\n", with: "; ")
      Log.standard.error("retry policy refused; the old one stays", metadata: ["cause": "\(cause)"])
    }
  }
}

/// Notices that the file of the retry policy is another than the one last read.
private actor PolicyFollower {
  private let file: String?
  private var seen: Data?

  /// - Parameter file: nil if the standard is in force, which never changes.
  init(file: String?) {
    self.file = file
    seen = file.flatMap { FileManager.default.contents(atPath: $0) }
  }

  /// The policy in the file; nil if nothing has changed. A file that is refused is reported once.
  func reading(always: Bool, by configuration: Settings.Configuration) throws -> RetryPolicy? {
    let bytes = file.flatMap { FileManager.default.contents(atPath: $0) }
    guard always || bytes != seen else { return nil }
    seen = bytes
    return try configuration.retryPolicy()
  }
}
