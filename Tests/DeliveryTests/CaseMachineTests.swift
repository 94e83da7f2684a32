import Audit
import Delivery
import Foundation
import Mail
import Testing

@Suite("The table: stage × event → stage + entry")
struct CaseMachineTests {
  /// The whole table as text, so that a change of a rule is seen as one.
  @Test("is exactly this")
  func golden() throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/case-machine.txt")
    let expected = try String(contentsOf: path, encoding: .utf8)
    #expect(Self.drawn() == expected)
  }

  @Test("nothing leads out of purged, and only erase out of purging", arguments: CaseEvent.allCases)
  func purgeIsFinal(event: CaseEvent) {
    #expect(CaseMachine.cell(.purged, event) == .no(.gone))
    if event != .erase && event != .purge { #expect(CaseMachine.cell(.purging, event) == .no(.gone)) }
  }

  @Test("hold and cancel are possible at every stage before the purge, but while a session has the case")
  func holdAndCancel() {
    for stage in Stage.allCases where ![.sending, .purging, .purged].contains(stage) && !Stage.closed.contains(stage) {
      if stage != .held { #expect(CaseMachine.cell(stage, .hold) == .move(.held, entry: .hold)) }
      #expect(CaseMachine.cell(stage, .cancel) == .move(.cancelled, entry: .cancel))
    }
    #expect(CaseMachine.cell(.sending, .hold) == .no(.inSession))
    #expect(CaseMachine.cell(.sending, .cancel) == .no(.inSession))
  }

  @Test("a purge begins from closed stages only", arguments: Stage.allCases)
  func purgeOnlyWhenClosed(stage: Stage) {
    let allowed = CaseMachine.cell(stage, .purge) == .move(.purging, entry: nil)
    #expect(allowed == (Stage.closed.contains(stage) || stage == .purging))
  }

  @Test("every stage that holds personal data has a way to its purge")
  func everyStageEnds() {
    for start in Stage.allCases where start != .purged {
      var reached: Set<Stage> = [start]
      var frontier = [start]
      while let stage = frontier.popLast() {
        for event in CaseEvent.allCases {
          guard case .move(let next, _) = CaseMachine.cell(stage, event), reached.insert(next).inserted else {
            continue
          }
          frontier.append(next)
        }
      }
      #expect(reached.contains(.purged), "\(start) never ends")
    }
  }

  @Test("a hold remembers where the case goes on; released, it is there again")
  func holdAndRelease() throws {
    let row = Case(id: .random(), stage: .accepted, opened: Sample.now, since: Sample.now)
    let held = try row.held(for: .operator, at: Sample.now + 5)
    #expect(held.after.hold == Hold(reason: .operator, resume: .accepted))
    #expect(held.entries.map(\.event) == [.hold])
    #expect(held.entries.first?.fields["why"] == "operator")
    let released = try held.after.moved(by: .release, at: Sample.now + 9)
    #expect(released.after.stage == .accepted)
    #expect(released.after.hold == nil)
    #expect(released.after.since == Sample.now + 9)
    #expect(released.entries.map(\.event) == [.release])
  }

  @Test("a refused event changes nothing and says why")
  func refusal() {
    let row = Case(id: .random(), stage: .purged, opened: Sample.now, since: Sample.now)
    #expect(throws: CaseMachine.Refusal.gone) { try row.held(for: .operator, at: Sample.now) }
  }

  private static func drawn() -> String {
    let width = 15
    func pad(_ text: String) -> String { text + String(repeating: " ", count: max(1, width - text.count)) }
    var lines: [String] = []
    for stage in Stage.allCases {
      lines.append(stage.rawValue)
      for event in CaseEvent.allCases {
        let cell =
          switch CaseMachine.cell(stage, event) {
          case .move(let next, let entry): "→ \(next.rawValue)\(entry.map { " [\($0.rawValue)]" } ?? "")"
          case .note: "kept"
          case .later: "kept, counts when the case goes on"
          case .resume: "→ where it was [release]"
          case .no(let refusal): "- \(refusal)"
          }
        lines.append("  \(pad(event.rawValue))\(cell)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
