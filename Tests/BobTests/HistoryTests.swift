import Testing

@Suite("Random histories of years")
struct HistoryTests {
  @Test(
    "Every real leaver gets exactly one reference per departure, and nobody else gets any",
    arguments: [UInt64](1...5), [0, 5])
  func history(seed: UInt64, leadDays: Int) async throws {
    let history = try RandomHistory(seed: seed, leadDays: leadDays)
    history.beginAll()
    try await history.live(days: 730)
    #expect(history.strays == 0)
    #expect(history.unfair == [])
    for episode in history.episodes where !episode.isBaseline {
      let place = Comment(rawValue: "\(episode)\n\(history.story(of: episode))")
      #expect(episode.cases <= 1, place)
      if episode.wasSeenGone { #expect(episode.cases == 1, place) }
      if !episode.wasPolled { #expect(episode.cases == 0, place) }
    }
    // Of those gone at the baseline only whoever was hired again counts.
    #expect(history.episodes.filter(\.isBaseline).allSatisfy { $0.cases <= 1 })
    // What was to be tried has been tried.
    #expect(history.episodes.count { $0.wasSeenGone } > 20)
    #expect(history.successes > 900 && history.failures > 50)
  }
}
