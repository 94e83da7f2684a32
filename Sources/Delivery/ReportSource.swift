/// One message that came to the bounce address; it lives in memory only.
package struct ReceivedMessage: Sendable {
  /// Longer messages are not read, in octets: a report returns headers, not the mail.
  package static let longest = 1 << 20

  /// As it was stored: lines end with LF or CRLF.
  package let octets: [UInt8]
  /// The envelope recipient if the way in tells it; else the fields of the message do (Delivered-To, X-Original-To …).
  package let recipient: String?

  package init(octets: [UInt8], recipient: String? = nil) {
    self.octets = octets
    self.recipient = recipient
  }
}

/// What becomes of a message that was taken.
package enum Disposition: Sendable, Hashable, CaseIterable {
  /// It was one of ours and has done its work: it goes.
  case remove
  /// It is somebody else's, and stays for whoever else reads the mailbox; it is not taken again.
  case leave
}

/// Where reports arrive: a mailbox. Implemented by `Bounces`.
package protocol ReportSource: Sendable {
  /// Hands over every message that waits, oldest first, one at a time.
  ///
  /// A message leaves the source only after `take` has returned: what it proves is durable by then. After a crash it may be
  /// handed over once more. One that cannot be handed over (longer than `ReceivedMessage.longest`, not to be read) is set
  /// aside, and the rest goes on. When `take` throws, the message stays where it is, and nothing more is taken.
  func collect(
    _ take: @Sendable (ReceivedMessage) async throws -> Disposition
  ) async throws(ReportSourceFailure) -> Collected
}

/// What one look into a source came to.
package struct Collected: Sendable, Hashable {
  /// Messages that one look reaches, unless a source is told otherwise; the rest is for the next.
  package static let most = 5000

  package var taken = 0
  /// Messages that were set aside: a person should look at them.
  package var setAside = 0
  /// False if messages wait that this look did not reach: then it proves no silence.
  package var isComplete = true

  package init(taken: Int = 0, setAside: Int = 0, isComplete: Bool = true) {
    self.taken = taken
    self.setAside = setAside
    self.isComplete = isComplete
  }
}

/// Why a source could not be read to its end.
package enum ReportSourceFailure: Error, Sendable {
  /// The mailbox cannot be reached or refuses the login; what to do, in one sentence without anything personal.
  case unreadable(String)
  /// `take` threw: our own store is in trouble.
  case notTaken(any Error)
}
