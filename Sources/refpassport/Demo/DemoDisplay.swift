import Delivery
import Synchronization

/// Shows the cases moving: one line that is redrawn on a terminal, a line a change elsewhere.
final class DemoDisplay: Sendable {
  private let isShown: Bool
  private let total: Int
  private let last = Mutex("")

  init(isShown: Bool, total: Int) {
    self.isShown = isShown
    self.total = total
  }

  func say(_ line: String) {
    if isShown { Terminal.say(line) }
  }

  func show(_ cases: [Case]) {
    guard isShown, !cases.isEmpty else { return }
    let counts = Dictionary(grouping: cases, by: \.stage).mapValues(\.count)
    let stages = Stage.allCases.compactMap { stage in counts[stage].map { "\(stage.rawValue) \($0)" } }
    let done = counts[.purged, default: 0]
    let width = 24
    let filled = total == 0 ? 0 : min(width, done * width / total)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    let line = "\(bar)  \(stages.joined(separator: ", "))"
    let isNew = last.withLock { last in
      defer { last = line }
      return last != line
    }
    guard isNew else { return }
    if Terminal.isInteractive { Terminal.redraw(line) } else { Terminal.say(line) }
  }

  func end() {
    if isShown && Terminal.isInteractive { Terminal.redraw("") }
  }
}
