import Mail

/// A kind of reply whose text, or whose maker's own status, says more than its codes.
///
/// Only the fixed words of servers are looked at: addresses are cut out first, since whoever chose an address must not
/// choose the class, and the rest is read up to `textLimit`. The table is `ReplyQuirk.table`; its first match counts.
struct ReplyQuirk: Sendable {
  /// Which enhanced codes a row is about.
  enum Status: Sendable {
    case any
    /// None, or one that says nothing (X.0.Y).
    case vague
    /// X.subject.detail for one of these details; the class of the status follows the code.
    case of(Int, ClosedRange<Int>)
  }

  let codes: ClosedRange<Int>
  let status: Status
  /// In small letters, single blanks; one of them must be there. Empty: the codes alone decide.
  let words: [String]
  let `class`: OutcomeClass
  /// True if a refusal of this kind passes by itself.
  let passes: Bool

  init(
    _ codes: ClosedRange<Int>, _ status: Status = .any, _ words: [String] = [], is class: OutcomeClass,
    passes: Bool = false
  ) {
    self.codes = codes
    self.status = status
    self.words = words
    self.class = `class`
    self.passes = passes
  }

  /// Most octets of a reply that are read.
  static let textLimit = 1024

  /// The first row that fits a reply.
  static func first(for reply: Reply) -> ReplyQuirk? {
    let rows = table.filter { $0.codes.contains(reply.code) && $0.fits(reply.enhanced) }
    guard !rows.isEmpty else { return nil }
    let text = words(of: reply)
    return rows.first { $0.words.isEmpty || $0.words.contains { text.holds(Array($0.utf8)) } }
  }

  private func fits(_ enhanced: EnhancedStatus?) -> Bool {
    switch status {
    case .any: true
    case .vague: enhanced.map { $0.subject == 0 } ?? true
    case .of(let subject, let details):
      enhanced.map { $0.subject == subject && details.contains($0.detail) } ?? false
    }
  }

  /// The text of all lines in small ASCII letters, with single blanks, without what stands in angle brackets and without
  /// words that hold an `@`.
  private static func words(of reply: Reply) -> [UInt8] {
    var text: [UInt8] = []
    var inBrackets = false
    for byte in reply.lines.joined(separator: " ").utf8.prefix(textLimit) {
      switch byte {
      case UInt8(ascii: "<"): inBrackets = true
      case UInt8(ascii: ">"): inBrackets = false
      case _ where inBrackets: continue
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): text.append(byte + 32)
      default: text.append(byte)
      }
    }
    return Array(
      text.split { $0 <= UInt8(ascii: " ") }.filter { !$0.contains(UInt8(ascii: "@")) }
        .joined(separator: [UInt8(ascii: " ")]))
  }
}

extension [UInt8] {
  /// True if `part`, which is not empty, stands somewhere in these bytes.
  fileprivate func holds(_ part: [UInt8]) -> Bool {
    guard count >= part.count, let first = part.first else { return false }
    return (0...(count - part.count)).contains { start in
      self[start] == first && self[start..<(start + part.count)].elementsEqual(part)
    }
  }
}
