package import Delivery
import Mail

/// How many sessions may be in use: fewer when the relay says that it is too busy, more again while it takes everything.
/// A value, so that it can be tested without a relay.
package struct SessionLimit: Sendable, Hashable {
  /// `smtp.sessions`.
  package let most: Int
  /// Now; at least 1.
  package private(set) var present: Int
  private var taken = 0

  /// So many mails must be taken in a row before one session more is tried.
  package static let patience = 20

  package init(_ most: Int) {
    self.most = max(1, most)
    present = self.most
  }

  /// A mail was taken.
  package mutating func passed() {
    guard present < most else { return }
    taken += 1
    guard taken >= Self.patience else { return }
    taken = 0
    present += 1
  }

  /// The relay asked for less: half as many.
  package mutating func slowed() {
    taken = 0
    present = max(1, present / 2)
  }

  /// Takes the outcome of a mail into account.
  package mutating func note(_ outcome: Outcome) {
    switch outcome {
    case .accepted: passed()
    case .deferred(.reply(_, let reply)) where reply.code == 421 || OutcomeClass(reply) == .rateLimited: slowed()
    case .deferred, .refused, .unknown: break
    }
  }

  /// Takes trouble of the route into account: only what the relay says of its load.
  package mutating func note(_ trouble: RouteTrouble) {
    if trouble.kind == .busy { slowed() }
  }
}
