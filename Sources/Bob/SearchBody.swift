import Synchronization

/// The body of a search as it arrives: cut into employees, each checked and shown to the plan, none kept.
final class SearchBody: Sendable {
  private let intake: Mutex<SearchIntake>

  init(plan: PollPlan) { intake = Mutex(SearchIntake(plan: plan)) }

  /// Takes a chunk; false once there is no use in more.
  func take(_ chunk: [UInt8]) -> Bool { intake.withLock { $0.take(chunk) } }

  /// The plan, once the whole answer was there; throws the advice if it cannot be believed.
  func finish() throws(Disbelief) -> PollPlan {
    let (plan, advice) = intake.withLock { intake in
      intake.finish()
      return (intake.plan, intake.advice ?? intake.plan.blindness)
    }
    if let advice { throw Disbelief(advice: advice) }
    return plan
  }

  /// Why an answer is not believed.
  struct Disbelief: Error {
    var advice: String
  }
}

/// What a search's body has come to so far: the plan, or what is wrong with the answer.
struct SearchIntake: Sendable {
  private(set) var plan: PollPlan
  /// What is wrong; nothing more is taken in once it is set.
  private(set) var advice: String?
  private var stream = EmployeeStream()
  /// Bytes let pass after a fault, so that the exchange ends by itself and its status is learnt.
  private var wasted = 0
  private static let mostWasted = 1 << 20
  /// Records with and without lifecycle data.
  private var shown = 0
  private var hidden = 0

  init(plan: PollPlan) { self.plan = plan }

  /// Takes a chunk; false once there is no use in more.
  mutating func take(_ chunk: [UInt8]) -> Bool {
    guard advice == nil else {
      wasted += chunk.count
      return wasted <= Self.mostWasted
    }
    // The stream steps out of the way of the closure that changes the rest.
    var stream = EmployeeStream()
    swap(&stream, &self.stream)
    do throws(JSONFault) {
      try stream.feed(chunk) { record throws(JSONFault) in try see(record) }
    } catch {
      advice = advice ?? BobAdvice.fault(error)
    }
    swap(&stream, &self.stream)
    return true
  }

  /// Ends the answer.
  mutating func finish() {
    guard advice == nil else { return }
    do throws(JSONFault) { try stream.finish() } catch { advice = BobAdvice.fault(error) }
    if advice == nil, hidden > 0, shown == 0 { advice = BobAdvice.noLifecycle }
  }

  private mutating func see(_ record: borrowing [UInt8]) throws(JSONFault) {
    guard advice == nil else { return }
    let employee = try Employee(json: copy record)
    guard employee.shows(.id) else {
      advice = BobAdvice.hidden(.id)
      return
    }
    guard Glimpse.isShown(in: employee) else {
      // Neither status nor date: of one person that may be, of all it is a right that is missing.
      if employee.isFlat { return hidden += 1 }
      advice = BobAdvice.noLifecycle
      return
    }
    guard let glimpse = Glimpse(employee) else {
      advice = BobAdvice.badRecord
      return
    }
    shown += 1
    plan.see(glimpse)
    if plan.people > PollPlan.mostPeople { advice = BobAdvice.tooMuch }
  }
}
