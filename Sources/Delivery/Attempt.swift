package import Mail

/// One attempt to hand a case's mail to the relay.
package struct Attempt: Sendable, Hashable {
  /// 1, 2, 3 … within the case.
  package let number: Int
  package let started: Timestamp
  /// When the intent to send the final dot was made durable; nil means the dot was surely not sent.
  package var intent: Timestamp?
  /// When the outcome was recorded; nil means there is none yet.
  package var finished: Timestamp?
  package var result: Result?
  /// By what its reports are told; nil in attempts of versions that read none.
  package var trace: AttemptTrace?

  /// The recorded outcome without its text, which may hold an address and stays sealed.
  package struct Result: Sendable, Hashable {
    package enum Verdict: String, Sendable, Hashable, CaseIterable, Codable {
      case accepted, deferred, refused, unknown
    }
    package var verdict: Verdict
    package var `class`: OutcomeClass?
    package var code: Int?
    package var enhanced: EnhancedStatus?

    package init(verdict: Verdict, class: OutcomeClass? = nil, code: Int? = nil, enhanced: EnhancedStatus? = nil) {
      self.verdict = verdict
      self.class = `class`
      self.code = code
      self.enhanced = enhanced
    }
  }

  package init(
    number: Int, started: Timestamp, intent: Timestamp? = nil, finished: Timestamp? = nil, result: Result? = nil,
    trace: AttemptTrace? = nil
  ) {
    self.number = number
    self.started = started
    self.intent = intent
    self.finished = finished
    self.result = result
    self.trace = trace
  }
}
