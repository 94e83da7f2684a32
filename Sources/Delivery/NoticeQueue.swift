package import Mail

/// A notice that waits to be mailed.
package struct QueuedNotice: Sendable, Hashable {
  /// The queue's own number.
  package var number: Int64
  package var draft: NoticeDraft
  package var queued: Timestamp
  /// The random half of the Message-ID of the mail it is part of, 16 bytes; nil until one is made. Notices of one mail
  /// share it, and it never changes, so that a mail sent twice can be told from two mails.
  package var mail: [UInt8]?
  package var attempts: Int

  package init(number: Int64, draft: NoticeDraft, queued: Timestamp, mail: [UInt8]? = nil, attempts: Int = 0) {
    self.number = number
    self.draft = draft
    self.queued = queued
    self.mail = mail
    self.attempts = attempts
  }
}

/// The durable queue of notices. Implemented by `Store`; holds nothing personal.
package protocol NoticeQueue: Sendable {
  /// Queues notices that belong to no case step.
  func queue(_ drafts: [NoticeDraft], at now: Timestamp) throws
  /// The notices whose time has come, oldest first.
  func dueNotices(at now: Timestamp) throws -> [QueuedNotice]
  /// Makes notices one mail.
  func bundle(_ numbers: [Int64], as mail: [UInt8]) throws
  /// Charges an attempt and sets the time of the next.
  func postpone(_ numbers: [Int64], until: Timestamp) throws
  /// Takes notices off the queue: they were taken by the relay, or can never be.
  func remove(_ numbers: [Int64]) throws
}
