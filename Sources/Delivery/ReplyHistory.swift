package import Mail

/// What the relay has said of one case, attempt by attempt; the texts may hold an address, so it exists only sealed.
package struct ReplyHistory: Codable, Sendable, Hashable {
  /// One reply, with the step of the session it answered.
  package struct Item: Codable, Sendable, Hashable {
    package var attempt: Int
    package var at: Timestamp
    package var phase: Phase
    package var code: Int
    /// Such as `5.1.1`.
    package var status: String?
    package var text: String
  }

  package private(set) var items: [Item] = []

  /// More are not kept: the oldest go.
  private static let most = 64
  /// A longer text is cut, in characters.
  private static let longest = 1024

  package init() {}

  /// Adds what an attempt brought, if the relay spoke at all.
  package mutating func add(_ outcome: Outcome, attempt: Int, at now: Timestamp) {
    guard let reply = outcome.reply else { return }
    items.append(
      Item(
        attempt: attempt, at: now, phase: outcome.phase ?? .dot, code: reply.code,
        status: reply.enhanced?.description, text: String(reply.lines.joined(separator: "\n").prefix(Self.longest))))
    if items.count > Self.most { items.removeFirst(items.count - Self.most) }
  }
}

extension ReplyHistory: CustomStringConvertible, CustomReflectable {
  package var description: String { "<\(items.count) replies>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

extension ReplyHistory.Item: CustomStringConvertible, CustomReflectable {
  package var description: String { "<reply \(code)>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
