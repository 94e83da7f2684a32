import Foundation
import Synchronization

/// A relay on loopback that keeps every mail it takes and goes wrong on demand.
///
/// For `demo`, for `sandbox smtp` and for tests. It passes nothing on.
package final class SMTPSink: Sendable {
  struct State {
    var mails: [SMTPSinkMail] = []
    var commands: [SMTPSinkCommand] = []
    var faults: [SMTPFault] = []
    var sessions = 0
  }

  let options: SMTPSinkOptions
  /// Nil if all is in clear.
  package let identity: SMTPSinkIdentity?
  let state = Mutex(State())
  private let listener = LoopbackListener()

  /// Makes a stand-in; it listens after `start`.
  package init(_ options: SMTPSinkOptions = SMTPSinkOptions(), faults: [SMTPFault] = []) throws {
    self.options = options
    identity = options.security == .clear ? nil : try SMTPSinkIdentity(names: options.names)
    if let certificate = options.clientCertificate { try identity?.demand(certificate) }
    if options.isOld { identity?.growOld() }
    state.withLock { $0.faults = faults }
  }

  /// Starts to serve on 127.0.0.1 and returns the port; 0 asks for a free one.
  @discardableResult
  package func start(port: Int = 0) throws -> Int {
    try listener.start(port: port, receiveBuffer: options.receiveBuffer) { [self] stream in
      let number = state.withLock { state in
        state.sessions += 1
        return state.sessions
      }
      var conversation = SMTPSinkConversation(self, stream, number: number) { [listener] in listener.isStopped
      }
      conversation.run()
    }
  }

  /// Ends serving, and every session with it.
  package func stop() async { await listener.stop() }

  /// The mails taken so far, in order.
  package func mails() -> [SMTPSinkMail] { state.withLock { $0.mails } }

  /// Every line said so far, in order, logins left out.
  package func commands() -> [SMTPSinkCommand] { state.withLock { $0.commands } }

  /// The number of connections made so far.
  package var sessions: Int { state.withLock { $0.sessions } }

  /// Replaces the script.
  package func script(_ faults: [SMTPFault]) { state.withLock { $0.faults = faults } }

  /// Waits until `count` mails were taken, or `limit` has passed; returns what is there.
  package func mails(atLeast count: Int, within limit: Duration) async -> [SMTPSinkMail] {
    let end = ContinuousClock().now + limit
    while mails().count < count && ContinuousClock().now < end && !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(5))
    }
    return mails()
  }

  /// The first fault of the script that is due, counted.
  func fault(at point: SMTPFault.Point, recipient: String?) -> SMTPFault? {
    state.withLock { state in
      let due = state.faults.firstIndex { fault in
        guard fault.point == point, fault.times != 0 else { return false }
        guard let fits = fault.recipient else { return true }
        return recipient.map(fits) ?? false
      }
      guard let due else { return nil }
      if let times = state.faults[due].times { state.faults[due].times = times - 1 }
      return state.faults[due]
    }
  }
}
