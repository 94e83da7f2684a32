import Bob
import Delivery
import Sandbox
import Testing

@Suite("What comes of each way in which Bob behaves")
struct ScenarioTests {
  @Test("A story, its cases and its requests", arguments: Scenario.all)
  func story(scenario: Scenario) async throws {
    let stage = try await ScenarioStage(scenario)
    for poll in scenario.polls {
      let outcome = try await stage.poll(poll)
      let place = Comment(rawValue: "\(scenario.name), line \(poll.line)")
      #expect(outcome.opens == poll.opens, place)
      #expect(outcome.becomes == poll.becomes, place)
      #expect(outcome.remarks == poll.remarks, place)
      #expect(outcome.asks == poll.asks, place)
      #expect(outcome.failure?.kind == poll.fails, place)
      if let says = poll.says { #expect(outcome.failure?.advice.contains(says) == true, place) }
      if let wait = poll.wait { #expect(outcome.failure?.wait == wait, place) }
    }
    let recorder = stage.bob.recorder
    #expect(recorder.outsideReads == [])
    #expect(recorder.personalFieldsRequestedForNonLeavers == 0)
    #expect(stage.bob.worstRunOfRefusals <= 2)
    await stage.end()
  }

  @Test("There is a story for every behaviour")
  func complete() {
    let numbers = Set(Scenario.all.compactMap { Int($0.name.prefix(2)) })
    #expect(Set(1...25).subtracting(numbers) == [])
    #expect(Scenario.all.count >= 40)
  }
}

extension LeaverSourceFailure {
  fileprivate var kind: String {
    switch self {
    case .refused: "refused"
    case .blind: "blind"
    case .later: "later"
    case .gone: "gone"
    }
  }

  fileprivate var wait: Int64? {
    if case .later(let seconds, _) = self { seconds } else { nil }
  }
}
