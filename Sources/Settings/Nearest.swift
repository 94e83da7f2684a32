/// Finds the word somebody meant when they mistyped it.
///
/// The distance counts characters added and characters left out; a word farther away than a third of both lengths together
/// is no suggestion.
func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
  let typed = Array(word.lowercased())
  let ranked = candidates.map { (word: $0, distance: Array($0.lowercased()).difference(from: typed).count) }
  guard let best = ranked.min(by: { ($0.distance, $0.word) < ($1.distance, $1.word) }) else { return nil }
  return best.distance * 3 <= typed.count + best.word.count ? best.word : nil
}
