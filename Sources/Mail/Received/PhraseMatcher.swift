/// Finds many phrases at once in one pass over a text, however many there are (Aho and Corasick, 1975).
///
/// Phrases and text are in small ASCII letters with single blanks, as `PlainWords` makes them. A phrase is found wherever
/// it stands; one that begins or ends with a blank stands at a word's edge there.
struct PhraseMatcher: Sendable {
  /// What the phrases are signs of: a set of up to 64.
  typealias Signs = UInt64

  /// Where a pass stands.
  struct Position: Sendable {
    fileprivate var state = 0
  }

  private let classes: [UInt8]
  private let width: Int
  private let next: [UInt16]
  private let signs: [Signs]

  /// - Parameter phrases: each with the one sign it gives, 0…63. All of them together have fewer than 65,535 octets.
  init(_ phrases: [(phrase: String, sign: Int)]) {
    var classes = [UInt8](repeating: 0, count: 256)
    var width = 1
    for byte in Set(phrases.flatMap(\.phrase.utf8)) {
      classes[Int(byte)] = UInt8(width)
      width += 1
    }
    var next = [UInt16](repeating: 0, count: width)
    var signs: [Signs] = [0]
    for (phrase, sign) in phrases {
      var state = 0
      for byte in phrase.utf8 {
        let place = state * width + Int(classes[Int(byte)])
        if next[place] == 0 {
          next[place] = UInt16(signs.count)
          signs.append(0)
          next.append(contentsOf: repeatElement(0, count: width))
        }
        state = Int(next[place])
      }
      signs[state] |= 1 << UInt64(sign)
    }
    Self.close(&next, &signs, width: width)
    (self.classes, self.width, self.next, self.signs) = (classes, width, next, signs)
  }

  /// The signs of all phrases that end within `words`; `position` carries a phrase on from one piece to the next.
  func signs(in words: some Collection<UInt8>, from position: inout Position) -> Signs {
    var found: Signs = 0
    var state = position.state
    next.withUnsafeBufferPointer { next in
      for byte in words {
        state = Int(next[state * width + Int(classes[Int(byte)])])
        found |= signs[state]
      }
    }
    position.state = state
    return found
  }

  func signs(in words: some Collection<UInt8>) -> Signs {
    var position = Position()
    return signs(in: words, from: &position)
  }

  /// Leads every missing edge to where the longest end of what was read begins a phrase.
  private static func close(_ next: inout [UInt16], _ signs: inout [Signs], width: Int) {
    var fallback = [Int](repeating: 0, count: signs.count)
    var queue = (0..<width).map { Int(next[$0]) }.filter { $0 != 0 }
    var index = 0
    while index < queue.count {
      let state = queue[index]
      index += 1
      signs[state] |= signs[fallback[state]]
      for symbol in 0..<width {
        let place = state * width + symbol
        let other = next[fallback[state] * width + symbol]
        if next[place] == 0 {
          next[place] = other
        } else {
          fallback[Int(next[place])] = Int(other)
          queue.append(Int(next[place]))
        }
      }
    }
  }
}
