import Delivery
import Synchronization

/// The body of a search as it arrives: cut into employees, each checked and shown to the plan, none kept.
final class SearchBody: Sendable {
  private let intake: Mutex<SearchIntake>

  init(plan: PollPlan) { intake = Mutex(SearchIntake(plan: plan)) }

  /// Takes a chunk; false once there is no use in more.
  func take(_ chunk: [UInt8]) -> Bool { intake.withLock { $0.take(chunk) } }

  /// The plan, once the whole answer was there; throws `blind` if it cannot be believed.
  func finish() throws(LeaverSourceFailure) -> PollPlan {
    let (plan, advice) = intake.withLock { intake in
      intake.finish()
      return (intake.plan, intake.advice ?? intake.plan.blindness)
    }
    if let advice { throw .blind(advice: advice) }
    return plan
  }

  /// What is wrong with an answer that was stopped because of it, though it had no end yet.
  var reasonToStop: String? { intake.withLock { $0.isGivenUp ? $0.advice : nil } }
}

extension BobClient {
  /// Step 1: shows everybody to a plan, and returns it once the whole answer was there and can be believed.
  func survey(_ plan: PollPlan) async throws(LeaverSourceFailure) -> PollPlan {
    let body = SearchBody(plan: plan)
    do {
      _ = try await perform(.search) { body.take($0) }
    } catch {
      // An answer that was stopped here on purpose is no trouble on the way.
      if case .later = error, let advice = body.reasonToStop { throw .blind(advice: advice) }
      throw error
    }
    return try body.finish()
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
  /// Whether the exchange was stopped because there was no use in more.
  var isGivenUp: Bool { wasted > Self.mostWasted }
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
