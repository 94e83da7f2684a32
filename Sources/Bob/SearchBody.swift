import Synchronization

/// The body of a search as it arrives: cut into employees, each checked and shown to the plan, none kept.
final class SearchBody: Sendable {
  private struct State {
    var stream = EmployeeStream()
    var plan: PollPlan
    var advice: String?
    /// Bytes let pass after a fault, so that the exchange ends by itself and its status is learnt.
    var wasted = 0
  }

  private let state: Mutex<State>
  private static let mostWasted = 1 << 20

  init(plan: PollPlan) { state = Mutex(State(plan: plan)) }

  /// Takes a chunk; false once there is no use in more.
  func take(_ chunk: [UInt8]) -> Bool {
    state.withLock { state in
      guard state.advice == nil else {
        state.wasted += chunk.count
        return state.wasted <= Self.mostWasted
      }
      Self.feed(chunk, &state)
      return true
    }
  }

  /// The plan, once the whole answer was there; throws the advice if it cannot be believed.
  func finish() throws(Disbelief) -> PollPlan {
    let (plan, advice) = state.withLock { state in
      if state.advice == nil {
        do throws(JSONFault) { try state.stream.finish() } catch { state.advice = BobAdvice.fault(error) }
      }
      return (state.plan, state.advice ?? state.plan.blindness)
    }
    if let advice { throw Disbelief(advice: advice) }
    return plan
  }

  /// Why an answer is not believed.
  struct Disbelief: Error {
    var advice: String
  }

  private static func feed(_ chunk: [UInt8], _ state: inout State) {
    var plan = state.plan
    var advice: String?
    do {
      try state.stream.feed(chunk) { record throws(JSONFault) in
        guard advice == nil else { return }
        let employee = try Employee(json: copy record)
        if !Glimpse.isShown(in: employee) {
          advice = BobAdvice.noLifecycle
        } else if let glimpse = Glimpse(employee) {
          plan.see(glimpse)
        } else {
          advice = BobAdvice.badRecord
        }
      }
    } catch {
      advice = advice ?? BobAdvice.fault(error)
    }
    state.plan = plan
    state.advice = advice
  }
}
