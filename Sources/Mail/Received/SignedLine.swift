/// A line of a report and what its words are signs of.
struct SignedLine: Sendable {
  let text: ArraySlice<UInt8>
  let signs: PhraseMatcher.Signs
  let mentions: [AddressMention]

  /// The rest of a longer line is left away, in octets.
  static let longest = 2000

  init(_ line: ArraySlice<UInt8>) {
    text = line.prefix(Self.longest)
    signs = ReportSign.matcher.signs(in: PlainWords(text).octets)
    mentions = AddressMention.all(in: text)
  }

  var isBlank: Bool { text.allSatisfy { $0 <= 0x20 } }

  /// True if it gives a reason or a code.
  var saysWhy: Bool {
    if ReportSign.reason(signs) != nil { return true }
    let diagnosis = Diagnosis(text)
    return diagnosis.code != nil || diagnosis.status != nil
  }
}

extension [SignedLine] {
  /// What is said of an address on line `first`: that line and those after it, up to an empty line behind a reason, or to
  /// a line that begins with another address.
  ///
  /// - Parameter spellings: of the address, in lower case.
  func block(at first: Int, about spellings: [String]) -> [UInt8] {
    var text: [UInt8] = []
    var saysWhy = false
    for line in self[first...].prefix(16) {
      if line.isBlank, saysWhy { break }
      if !text.isEmpty, let other = line.mentions.first, other.rank == 4,
        !spellings.contains(other.address.lowercased())
      {
        break
      }
      saysWhy = saysWhy || line.saysWhy
      text += line.text
      text.append(0x20)
    }
    return text
  }
}
